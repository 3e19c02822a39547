"""From paths to documents: what is there, in which version, and its text."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from assistant.errors import DocumentError
from assistant.knowledge.audience import FILE_NAME, AudienceRules, find_rules
from assistant.knowledge.chunking import CHUNKING_VERSION
from assistant.knowledge.conversion import Converter
from assistant.knowledge.texts import Text, decoded, read_markdown, read_plain, with_remarks, without_surrogates
from assistant.values import Document

CONVERSION_VERSION = "1"

_KINDS = {
    **dict.fromkeys((".md", ".markdown", ".mdown"), "markdown"),
    **dict.fromkeys((".txt", ".text"), "plain"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    ".pdf": "pdf",
    ".docx": "docx",
}
_JSONL = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")
_MAGIC = {"pdf": b"%PDF-", "docx": b"PK\x03\x04"}
READABLE = "Markdown, HTML, text, PDF, DOCX and JSONL"


@dataclass(frozen=True, slots=True)
class ReadPolicy:
    """Bounds on what is read."""

    max_bytes: int = 50_000_000
    max_unpacked_bytes: int = 2_000_000_000
    parse_timeout_s: float = 60.0
    parse_memory_mb: int = 1_500


@dataclass(frozen=True, slots=True)
class Found:
    """A document that can be read. `audience` is what holds unless the document itself says otherwise.

    `row` is set for a document that is one line of a JSONL file.
    """

    id: str
    path: Path
    source: str
    version: str
    audience: frozenset[str]
    row: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A file or line that isn't taken in, and why."""

    name: str
    why: str


def resolved(path: Path) -> Path:
    """The root a path stands for. Raises DocumentError when there is nothing there."""
    root = path.expanduser().resolve()
    if not root.exists():
        raise DocumentError(f"There is no file or folder {path}.")
    return root


def scan(
    root: Path, *, audience: frozenset[str], embedder: str, policy: ReadPolicy | None = None
) -> Iterator[Found | Refused]:
    """Every document under a resolved root, in a stable order; hidden files are passed over. Blocking.

    A document's id is its path relative to `root`, with `#_id` behind it for a line of a JSONL file. Versions depend
    on the bytes, not on the parsed text, so that what hasn't changed needs no parsing.
    """
    policy = policy or ReadPolicy()
    rules = find_rules(root)
    folder = root if root.is_dir() else root.parent
    for path in _files(root):
        name = path.relative_to(folder).as_posix()
        if not name.isprintable() or name != name.encode("utf-8", "replace").decode("utf-8"):
            yield Refused(ascii(name), "its name has characters that can't be shown: rename it")
            continue
        if isinstance(why := _unreadable(path, folder, policy), str):
            yield Refused(name, why)
            continue
        groups = _groups(path, folder, rules, audience)
        salt = "\0".join((CHUNKING_VERSION, CONVERSION_VERSION, embedder, *sorted(groups)))
        if path.name.lower().endswith(_JSONL):
            yield from _rows(path, name, str(root), groups, salt, policy)
        else:
            yield Found(name, path, str(root), _hash(salt, path.read_bytes()), groups)


async def read(found: Found, converter: Converter) -> Document:
    """The document itself. Raises DocumentError when it can't be read, saying why."""
    if found.row is not None:
        return _from_row(found, found.row)
    kind = _KINDS[found.path.suffix.lower()]
    if kind in ("markdown", "plain"):
        content = decoded(_bytes(found.path))
        text = read_markdown(content) if kind == "markdown" else read_plain(content)
    else:
        _check_magic(found.path, kind)
        converted = await converter.convert(found.path, kind)
        text = with_remarks(Text(converted.text, converted.title, converted.url, converted.updated))
    if not text.body.strip():
        raise DocumentError("there is no text in it" + (" (a scan without text?)" if kind == "pdf" else ""))
    return Document(
        id=found.id,
        title=text.title or text.heading() or found.path.stem.replace("-", " ").replace("_", " ").strip().capitalize(),
        text=without_surrogates(text.body),
        audience=found.audience if text.audience is None else text.audience,
        version=found.version,
        source=found.source,
        url=text.url,
        updated=text.updated,
        superseded_by=text.superseded_by,
    )


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        linked = [name for name in folders if not name.startswith(".") and (here / name).is_symlink()]
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in linked)
        yield from (here / name for name in sorted(linked) if not (here / name).resolve().is_relative_to(root))
        yield from (here / name for name in sorted(files) if not name.startswith(".") and name != FILE_NAME)


def _unreadable(path: Path, folder: Path, policy: ReadPolicy) -> str | None:
    if path.is_symlink() and not path.resolve().is_relative_to(folder):
        return "it is a link that leads outside the folder"
    if not path.is_file():
        return "it is not a regular file"
    if not path.name.lower().endswith(_JSONL) and path.suffix.lower() not in _KINDS:
        return f"we read {READABLE}, not {path.suffix or 'files without a suffix'}"
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as exc:
        return exc.strerror or str(exc)
    if size > policy.max_bytes:
        return f"it has {size / 1e6:,.0f} MB, more than {policy.max_bytes / 1e6:,.0f} MB"
    return None if size else "it is empty"


def _groups(path: Path, folder: Path, rules: AudienceRules | None, given: frozenset[str]) -> frozenset[str]:
    if rules is None:
        return given
    target = path.resolve()
    inside = target if path.is_symlink() and target.is_relative_to(rules.folder) else path
    return rules.of(inside if inside.is_relative_to(rules.folder) else folder)


def _rows(
    path: Path, name: str, source: str, groups: frozenset[str], salt: str, policy: ReadPolicy
) -> Iterator[Found | Refused]:
    seen: set[str] = set()
    try:
        for number, line in enumerate(_lines(path, policy), start=1):
            if not line.strip():
                continue
            row, why = _row(line)
            key = str(row.get("_id", f"line {number}"))
            if why:
                yield Refused(f"{name}#{key}", why)
            elif key in seen:
                yield Refused(f"{name}#{key}", f"line {number} repeats this _id")
            else:
                seen.add(key)
                yield Found(f"{name}#{key}", path, source, _hash(salt, line), groups, row)
    except (OSError, EOFError, zlib.error) as exc:
        yield Refused(name, f"it can't be unpacked ({exc})")
    except DocumentError as exc:
        yield Refused(name, str(exc))


def _lines(path: Path, policy: ReadPolicy) -> Iterator[bytes]:
    """Lines, each and all bounded, so that a small archive can't fill the memory."""
    left = policy.max_unpacked_bytes
    with path.open("rb") as raw:
        stream: IO[bytes] = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if path.suffix.lower() == ".gz" else raw
        while line := stream.readline(policy.max_bytes):
            left -= len(line)
            if left < 0 or len(line) >= policy.max_bytes:
                raise DocumentError("it unpacks to more than is allowed")
            yield line


def _row(line: bytes) -> tuple[dict[str, Any], str]:
    """The object of a line, and why it can't be taken in ("" when it can)."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as exc:
        return {}, f"it is not JSON ({exc})"
    if not isinstance(row, dict):
        return {}, "it is not an object"
    if not isinstance(row.get("text"), str):
        return row, "it has no `text`"
    return row, "" if row["text"].strip() else "it is empty"


def _from_row(found: Found, row: Mapping[str, Any]) -> Document:
    text = without_surrogates(row["text"]).replace("\0", "")
    if not text.strip():
        raise DocumentError("it is empty")
    return Document(
        id=without_surrogates(found.id).replace("\0", ""),
        title=without_surrogates(str(row.get("title") or "")).strip(),
        text=text,
        audience=found.audience,
        version=found.version,
        source=found.source,
        url=without_surrogates(str(row.get("url") or "")),
        updated=str(row.get("updated") or ""),
        superseded_by=str(row.get("superseded_by") or ""),
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise DocumentError(exc.strerror or str(exc)) from exc


def _check_magic(path: Path, kind: str) -> None:
    magic = _MAGIC.get(kind)
    try:
        with path.open("rb") as file:
            if magic is not None and magic not in file.read(1024):
                raise DocumentError(f"it is not a {kind.upper()} file, whatever its name says")
    except OSError as exc:
        raise DocumentError(exc.strerror or str(exc)) from exc


def _hash(salt: str, content: bytes) -> str:
    return hashlib.sha256(salt.encode() + b"\0" + content).hexdigest()[:16]
