"""What is read, what is refused, and who may read it."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.errors import ConfigurationError, DocumentError
from assistant.knowledge.conversion import Converter
from assistant.knowledge.pdf_layout import Layout, tidied
from assistant.knowledge.sources import Found, ReadPolicy, Refused, read, resolved, scan
from assistant.values import Document

PUBLIC = frozenset({"public"})


@pytest.fixture
async def converter() -> AsyncIterator[Converter]:
    async with Converter(timeout_s=20, memory_mb=1_500) as opened:
        yield opened


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def scanned(
    root: Path, policy: ReadPolicy | None = None, embedder: str = "e"
) -> tuple[dict[str, Found], dict[str, str]]:
    entries = list(scan(root, audience=PUBLIC, embedder=embedder, policy=policy))
    found = {entry.id: entry for entry in entries if isinstance(entry, Found)}
    return found, {entry.name: entry.why for entry in entries if isinstance(entry, Refused)}


async def read_all(root: Path, converter: Converter) -> dict[str, Document]:
    return {id_: await read(found, converter) for id_, found in scanned(root)[0].items()}


async def test_ids_are_paths_relative_to_the_root(tmp_path: Path, converter: Converter) -> None:
    write(tmp_path, "returns/uk.md", "# UK returns\n\nThirty days.")
    write(tmp_path, "about.txt", "ABOUT US\n\nWe make hubs.")
    documents = await read_all(tmp_path, converter)
    assert list(documents) == ["about.txt", "returns/uk.md"]
    assert documents["returns/uk.md"].title == "UK returns"
    assert documents["about.txt"].title == "About us"
    assert {document.source for document in documents.values()} == {str(tmp_path)}


async def test_front_matter_says_title_address_date_audience_and_successor(
    tmp_path: Path, converter: Converter
) -> None:
    front = (
        "---\ntitle: Old\nurl: https://a.example\nupdated: 2026-01-02\naudience: [staff]\nsuperseded_by: new.md\n---\n"
    )
    write(tmp_path, "old.md", front + "Body.\n")
    (document,) = (await read_all(tmp_path, converter)).values()
    assert (document.title, document.url, document.updated) == ("Old", "https://a.example", "2026-01-02")
    assert (document.audience, document.superseded_by) == (frozenset({"staff"}), "new.md")
    assert document.text == "Body.\n"


async def test_remarks_in_a_plain_text_say_address_and_date(tmp_path: Path, converter: Converter) -> None:
    write(tmp_path, "gift.txt", "GIFT CARDS\n\nLast updated: 12 May 2026\nWeb page: https://a.example/gift\n\nA code.")
    (document,) = (await read_all(tmp_path, converter)).values()
    assert (document.url, document.updated) == ("https://a.example/gift", "12 May 2026")


async def test_a_jsonl_file_is_a_document_a_line(tmp_path: Path, converter: Converter) -> None:
    rows = [
        {"_id": "ibm_4-0-0", "title": "T", "text": "Hello.", "url": "https://b.example"},
        {"_id": "empty", "text": "\n"},
    ]
    lines = "\n".join([*map(json.dumps, rows), "{", json.dumps(rows[0]), '{"_id": "s", "text": "lone \\ud800 half"}'])
    path = write(tmp_path, "corpus.jsonl.gz", gzip.compress(lines.encode()))
    found, refused = scanned(path)
    documents = await read_all(path, converter)
    assert list(documents) == ["corpus.jsonl.gz#ibm_4-0-0", "corpus.jsonl.gz#s"]
    assert documents["corpus.jsonl.gz#ibm_4-0-0"].url == "https://b.example"
    assert "\ufffd" in documents["corpus.jsonl.gz#s"].text
    assert set(refused) == {"corpus.jsonl.gz#empty", "corpus.jsonl.gz#line 3", "corpus.jsonl.gz#ibm_4-0-0"}
    assert found["corpus.jsonl.gz#s"].row is not None


def test_a_broken_archive_and_one_that_swells_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "broken.jsonl.gz", b"not gzip")
    write(tmp_path, "cut.jsonl.gz", gzip.compress(b'{"text": "a"}\n' * 5_000)[:-20])
    write(tmp_path, "bomb.jsonl.gz", gzip.compress(b" " * 200_000))
    _, refused = scanned(tmp_path, ReadPolicy(max_bytes=100_000))
    assert set(refused) == {"broken.jsonl.gz", "cut.jsonl.gz", "bomb.jsonl.gz"}
    assert "more than is allowed" in refused["bomb.jsonl.gz"]


def test_what_we_do_not_read_is_refused_with_the_reason(tmp_path: Path) -> None:
    outside = write(tmp_path, "outside/secret.md", "secret")
    root = tmp_path / "root"
    write(root, "photo.png", b"\x89PNG")
    write(root, "empty.md", "")
    write(root, "big.txt", "x" * 2_000)
    write(root, "noname", "x")
    write(root, ".hidden.md", "x")
    write(root, ".git/config.md", "x")
    (root / "link.md").symlink_to(outside)
    (root / "linked").symlink_to(outside.parent)
    os.mkfifo(root / "pipe.md")
    found, refused = scanned(root, ReadPolicy(max_bytes=1_000))
    assert found == {}
    assert set(refused) == {"photo.png", "empty.md", "big.txt", "noname", "link.md", "linked", "pipe.md"}
    assert "not .png" in refused["photo.png"]
    assert "outside" in refused["link.md"]
    assert "outside" in refused["linked"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("latin.md", "caf\xe9".encode("latin-1"), "not UTF-8"),
        ("nul.txt", b"a\0b", "NUL"),
        ("blank.md", " \n\n", "no text"),
        ("front.md", "---\ntitle: [\n---\nBody", "front matter"),
        ("group.md", "---\naudience: 7\n---\nBody", "audience"),
        ("fake.pdf", "hello", "not a PDF"),
        ("broken.pdf", b"%PDF-1.4\n" + b"\x00garbage" * 50, "parsed|no text"),
        ("fake.docx", b"PK\x03\x04garbage", "parsed"),
        ("blank.html", "<html><body><script>x()</script></body></html>", "no text"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, converter: Converter, name: str, content: str | bytes, why: str
) -> None:
    write(tmp_path, name, content)
    found, _ = scanned(tmp_path)
    with pytest.raises(DocumentError, match=why):
        await read(found[name], converter)


async def test_html_keeps_lists_and_tables_and_leaves_navigation_out(tmp_path: Path, converter: Converter) -> None:
    html = (
        "<html><head><title>Parcels</title><link rel='canonical' href='https://c.example/p'>"
        "<meta name='updated' content='2026-06-22'></head><body><nav>Home</nav><main><h1>Parcels</h1><h2>Late</h2>"
        "<ol><li>Wait</li><li>Write</li></ol><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>"
        "</main><footer>Imprint</footer></body></html>"
    )
    write(tmp_path, "parcels.html", html)
    (document,) = (await read_all(tmp_path, converter)).values()
    assert (document.title, document.url, document.updated) == ("Parcels", "https://c.example/p", "2026-06-22")
    assert "## Late" in document.text
    assert "1. Wait\n2. Write" in document.text
    assert "| 1 | 2 |" in document.text
    assert "Home" not in document.text
    assert "Imprint" not in document.text


async def test_a_converter_that_dies_or_hangs_is_replaced(tmp_path: Path) -> None:
    good = write(tmp_path, "good.html", "<p>Hello there.</p>")
    bomb = write(tmp_path, "bomb.html", "<b>" + "<i>x" * 300_000)
    async with Converter(timeout_s=0.5, memory_mb=1_500) as converter:
        assert (await converter.convert(good, "html")).text == "Hello there."
        with pytest.raises(DocumentError):
            await converter.convert(bomb, "html")
        assert (await converter.convert(good, "html")).text == "Hello there."


async def test_memory_is_bounded(tmp_path: Path) -> None:
    bomb = write(tmp_path, "bomb.html", "<p>" + "word " * 6_000_000)
    async with Converter(timeout_s=60, memory_mb=60) as converter:
        with pytest.raises(DocumentError, match=r"memory|brought the converter down"):
            await converter.convert(bomb, "html")


def test_rules_give_the_audience_first_match_wins_and_the_rest_is_for_staff(tmp_path: Path) -> None:
    rules = "rules:\n  - {match: 'staff/**', audience: [staff]}\n  - {match: '**/*.md', audience: [public, member]}\n"
    write(tmp_path, "audience.yaml", rules)
    for name in ("staff/deep/a.md", "b.md", "deep/c.md", "d.txt"):
        write(tmp_path, name, "Text")
    audiences = {id_: found.audience for id_, found in scanned(tmp_path)[0].items()}
    assert audiences == {
        "staff/deep/a.md": frozenset({"staff"}),
        "b.md": frozenset({"public", "member"}),
        "deep/c.md": frozenset({"public", "member"}),
        "d.txt": frozenset({"staff"}),
    }


def test_rules_hold_for_a_file_or_folder_given_on_its_own(tmp_path: Path) -> None:
    write(tmp_path, "audience.yaml", "rules:\n  - {match: 'staff/**', audience: [staff]}\n")
    path = write(tmp_path, "staff/a.md", "Text")
    assert scanned(path)[0]["a.md"].audience == frozenset({"staff"})
    assert scanned(path.parent)[0]["a.md"].audience == frozenset({"staff"})


@pytest.mark.parametrize(
    "content", ["rules: {}", "rule: []", "rules:\n - {match: a}", "rules:\n - {match: a, audience: []}", "["]
)
def test_rules_that_cannot_be_read_stop_everything(tmp_path: Path, content: str) -> None:
    write(tmp_path, "audience.yaml", content)
    write(tmp_path, "a.md", "Text")
    with pytest.raises(ConfigurationError, match=r"audience\.yaml"):
        scanned(tmp_path)


def test_a_version_changes_with_text_audience_and_embedder_only(tmp_path: Path) -> None:
    path = write(tmp_path, "a.md", "Text")
    version = scanned(tmp_path)[0]["a.md"].version
    os.utime(path, (1, 1))
    assert scanned(tmp_path)[0]["a.md"].version == version
    assert len(version) == 16
    assert scanned(tmp_path, embedder="other")[0]["a.md"].version != version
    write(tmp_path, "audience.yaml", "rules:\n  - {match: '**', audience: [staff]}\n")
    assert scanned(tmp_path)[0]["a.md"].version != version


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="absent"):
        resolved(tmp_path / "absent")


def test_the_lines_of_a_pdf_become_paragraphs_and_lists_keep_theirs() -> None:
    text = (
        "The warranty covers faults of mate-\nrial and workmanship for two years from the day\nof delivery.\n\n"
        "You need:\n1. the order number\n2. a photo\n\n| a | b |\n| 1 | 2 |\n\x0cNext page."
    )
    assert tidied(text) == (
        "The warranty covers faults of material and workmanship for two years from the day of delivery.\n\n"
        "You need:\n\n1. the order number\n2. a photo\n\n| a | b |\n| 1 | 2 |\n\nNext page."
    )


def test_headings_of_a_pdf_are_marked_and_running_lines_dropped() -> None:
    layout = Layout({"Terms": 1, "What is covered": 2}, frozenset({"Terms - page #"}))
    text = "Terms\nIn force since April.\nWhat is covered\nFaults in material.\nTerms - page 1\n"
    assert tidied(text, layout) == "# Terms\n\nIn force since April.\n\n## What is covered\n\nFaults in material."
