"""A draft of the policy file from the documents that are indexed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import numpy as np

from assistant.adapters.data_folder import make_data_folder
from assistant.adapters.embedder import open_embedder
from assistant.adapters.sql_catalogue import documents_in_force
from assistant.bootstrap.parts import open_sql
from assistant.errors import ConfigurationError
from assistant.knowledge.chunking import split
from assistant.perimeter.drafting.file import draft_text
from assistant.perimeter.drafting.questions import sentences_of
from assistant.perimeter.drafting.topics import DraftDocument
from assistant.ports import Embedder
from assistant.settings import Settings
from assistant.values import Document, Passage

_MOST_DOCUMENTS = 1_500
_PASSAGES_READ = 30
_PASSAGES_EMBEDDED = 4
_AT_ONCE = 64

Progress = Callable[[int, int], None]


async def draft_perimeter(settings: Settings, *, progress: Progress = lambda _done, _total: None) -> str:
    """The text of a policy file; `progress` is told passages embedded and their number.

    Raises:
        ConfigurationError: nothing is indexed yet.
    """
    async with open_sql(settings, make_data_folder(settings.data_dir)) as stores:
        documents = await documents_in_force(stores.database, limit=_MOST_DOCUMENTS)
        counted = await stores.documents.count()
    if not documents:
        raise ConfigurationError(
            "Nothing is indexed yet, so there is nothing to draft from. Run `assistant ingest` first."
        )
    passages = await asyncio.to_thread(lambda: [split(document)[:_PASSAGES_READ] for document in documents])
    async with open_embedder(settings.embedder) as embedder:
        vectors = await _vectors(passages, embedder, progress)
    read = [_read(*each) for each in zip(documents, passages, vectors, strict=True)]
    return await asyncio.to_thread(draft_text, read, documents_in_all=counted["documents"])


async def _vectors(
    passages: Sequence[Sequence[Passage]], embedder: Embedder, progress: Progress
) -> list[tuple[float, ...]]:
    """The mean of each document's first passages."""
    texts = [passage.indexed_text for each in passages for passage in each[:_PASSAGES_EMBEDDED]]
    found: list[Sequence[float]] = []
    for at in range(0, len(texts), _AT_ONCE):
        found += await embedder.encode(texts[at : at + _AT_ONCE])
        progress(len(found), len(texts))
    rows = iter(found)
    means = []
    for each in passages:
        own = [next(rows) for _ in each[:_PASSAGES_EMBEDDED]] or [[0.0] * embedder.dimensions]
        means.append(tuple(np.mean(np.asarray(own, dtype=np.float64), axis=0).tolist()))
    return means


def _read(document: Document, passages: Sequence[Passage], vector: tuple[float, ...]) -> DraftDocument:
    headings = dict.fromkeys(passage.section.split(" > ")[-1] for passage in passages if passage.section)
    sentences = [sentence for passage in passages for sentence in sentences_of(passage.text)]
    return DraftDocument(
        document.id, document.title, tuple(headings), tuple(sentences), vector, audience=document.audience
    )
