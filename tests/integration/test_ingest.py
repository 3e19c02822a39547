"""Folders in, twice and thrice: only what changed is worked on, and a crash is made good."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.adapters.qdrant_edge import open_edge_index
from assistant.errors import DocumentError, UnavailableError
from assistant.knowledge.ingest import IngestPolicy, Summary, ingest
from assistant.knowledge.sources import ReadPolicy
from assistant.ports import Documents, IndexQuery, PassageIndex, Vector
from assistant.testing.index import MemoryIndex, WordEmbedder
from assistant.testing.stores import memory_stores
from assistant.values import Passage

PUBLIC = frozenset({"public"})


class Library:
    """An index, a manifest and an embedder to ingest into."""

    def __init__(self, index: PassageIndex) -> None:
        self.index = index
        self.documents: Documents = memory_stores().documents
        self.embedder = WordEmbedder()
        self.seen: list[tuple[int, int, str]] = []

    async def take(self, *paths: Path, rebuild: bool = False, policy: IngestPolicy | None = None) -> Summary:
        return await ingest(
            paths,
            documents=self.documents,
            index=self.index,
            embedder=self.embedder,
            rebuild=rebuild,
            policy=policy,
            progress=lambda done, total, what: self.seen.append((done, total, what)),
        )

    async def found(self, text: str, groups: frozenset[str] = PUBLIC) -> list[str]:
        (vector,) = await WordEmbedder().encode([text])
        return [hit.passage.document_id for hit in await self.index.search(IndexQuery(text, vector, groups))]


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    async with open_edge_index(tmp_path / "index", embedder="words", dimensions=64) as index:
        yield Library(index)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "knowledge"
    (root / "returns").mkdir(parents=True)
    (root / "returns" / "uk.md").write_text("# UK returns\n\nThirty days to return a thermostat.")
    (root / "hub.md").write_text("# Hub\n\nThe hub blinks blue while it updates.")
    (root / "parcel.html").write_text("<h1>Parcels</h1><p>Wait two days for a late parcel.</p>")
    return root


def counts(summary: Summary) -> tuple[int, int, int, int]:
    return (summary.added, summary.changed, summary.unchanged, summary.removed)


async def test_everything_is_new_the_first_time_and_nothing_the_second(library: Library, folder: Path) -> None:
    first = await library.take(folder)
    assert counts(first) == (3, 0, 0, 0)
    assert first.passages == first.embedded == 3
    second = await library.take(folder)
    assert counts(second) == (0, 0, 3, 0)
    assert second.embedded == 0
    assert library.embedder.encoded == 3
    assert (await library.found("late parcel"))[0] == "parcel.html"
    assert await library.documents.count() == {"documents": 3, "passages": 3}


async def test_a_changed_document_loses_its_old_passages(library: Library, folder: Path) -> None:
    (folder / "hub.md").write_text("# Hub\n\n" + "\n\n".join(f"## Part {n}\n\nColour {n}." for n in range(4)))
    await library.take(folder)
    assert (await library.found("colour hub")).count("hub.md") == 4
    (folder / "hub.md").write_text("# Hub\n\nThe hub glows red.")
    assert counts(await library.take(folder)) == (0, 1, 2, 0)
    assert (await library.found("colour hub")).count("hub.md") == 1


async def test_a_document_that_is_gone_is_removed_and_other_sources_stay(
    library: Library, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.md"
    other.write_text("Another source.")
    await library.take(folder, other)
    (folder / "hub.md").unlink()
    assert counts(await library.take(folder)) == (0, 0, 2, 1)
    assert set(await library.found("hub")) == {"returns/uk.md", "parcel.html", "other.md"}
    assert await library.documents.get("hub.md", PUBLIC) is None


async def test_a_document_that_broke_is_refused_and_its_old_text_is_gone(library: Library, folder: Path) -> None:
    await library.take(folder)
    (folder / "hub.md").write_bytes(b"\xff\xfe\xff")
    summary = await library.take(folder)
    assert [name for name, _ in summary.refused] == ["hub.md"]
    assert "hub.md" not in await library.found("hub blinks blue")


async def test_the_audience_reaches_the_index(library: Library, folder: Path) -> None:
    (folder / "audience.yaml").write_text(
        "rules:\n  - {match: 'returns/**', audience: [staff]}\n  - {match: '**', audience: [public]}\n"
    )
    await library.take(folder)
    assert "returns/uk.md" not in await library.found("thirty days thermostat")
    assert "returns/uk.md" in await library.found("thirty days thermostat", frozenset({"staff"}))


async def test_a_folder_with_nothing_to_read_is_named(library: Library, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(DocumentError, match="nothing"):
        await library.take(tmp_path / "nothing")


async def test_two_sources_with_a_document_of_one_name_do_not_overwrite_each_other(
    library: Library, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "hub.md").write_text("Another hub.")
    summary = await library.take(folder, tmp_path / "more")
    assert [name for name, _ in summary.refused] == ["hub.md"]
    assert summary.added == 3


class CutShort(MemoryIndex):
    """Fails at the n-th commit, as a process that is killed would."""

    def __init__(self, fails_at: int) -> None:
        super().__init__()
        self.fails_at = fails_at

    async def commit(self) -> None:
        await super().commit()
        if self.commits == self.fails_at:
            raise UnavailableError("index", "gone")


async def test_a_run_that_was_cut_short_is_made_good_by_the_next(folder: Path) -> None:
    library = Library(CutShort(fails_at=2))
    small = IngestPolicy(block_passages=1)
    with pytest.raises(UnavailableError):
        await library.take(folder, policy=small)
    (folder / "parcel.html").write_text("<p>Changed in between.</p>")
    summary = await library.take(folder, policy=small)
    assert counts(summary) == (2, 0, 1, 0)
    whole = Library(MemoryIndex())
    await whole.take(folder)
    assert isinstance(library.index, MemoryIndex)
    assert isinstance(whole.index, MemoryIndex)
    assert library.index.passages.keys() == whole.index.passages.keys()


async def test_a_rebuild_embeds_everything_and_commits_once(folder: Path) -> None:
    library = Library(MemoryIndex())
    await library.take(folder)
    assert isinstance(library.index, MemoryIndex)
    library.index.commits = 0
    summary = await library.take(folder, rebuild=True, policy=IngestPolicy(block_passages=1))
    assert counts(summary) == (0, 3, 0, 0)
    assert library.index.commits == 1


async def test_progress_ends_with_all_documents_done(library: Library, folder: Path) -> None:
    await library.take(folder)
    assert library.seen[-1] == (3, 3, "Embedding")
    assert [done for done, _, _ in library.seen] == sorted(done for done, _, _ in library.seen)


async def test_a_file_too_big_is_refused_and_the_rest_is_taken(library: Library, folder: Path) -> None:
    (folder / "big.md").write_text("x" * 5_000)
    policy = replace(IngestPolicy(), reading=ReadPolicy(max_bytes=4_000))
    summary = await library.take(folder, policy=policy)
    assert summary.added == 3
    assert summary.refused[0][0] == "big.md"


class Recording(MemoryIndex):
    """Notes the order of what is done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    async def upsert(self, passages: Sequence[Passage], vectors: Sequence[Vector]) -> None:
        self.done.append("upsert")
        await super().upsert(passages, vectors)

    async def remove(self, document_ids: Iterable[str]) -> None:
        self.done.append("remove")
        await super().remove(document_ids)


async def test_a_changed_document_is_embedded_before_its_old_passages_go(folder: Path) -> None:
    index = Recording()
    await Library(index).take(folder)
    assert index.done == ["remove", "upsert"]
