"""Documents, the passages they are cut into, and what was found of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was read. `version` is the hash of everything that, when changed, asks for new passages."""

    id: str
    title: str
    text: str
    audience: frozenset[str]
    version: str
    source: str
    url: str = ""
    updated: str = ""
    superseded_by: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of a document that can be cited: `text == document.text[start:end]`, in characters.

    `superseded_by` names the document that replaces this one's, "" while it is in force; `updated` is when the document
    says it was last changed, in its own words.
    """

    id: str
    document_id: str
    title: str
    section: str
    text: str
    start: int
    end: int
    ordinal: int
    version: str
    audience: frozenset[str]
    url: str = ""
    superseded_by: str = ""
    updated: str = ""

    @property
    def indexed_text(self) -> str:
        """What is embedded and indexed by BM25: title, section and text, each on its own line."""
        return "\n".join(part for part in (self.title, self.section, self.text) if part)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question.

    `score` is the fused rank score (higher is better, comparable within one query only); `dense` the cosine
    similarity of question and passage (-1 to 1); `sparse` the BM25 score (0 and up).
    """

    passage: Passage
    score: float
    dense: float = 0.0
    sparse: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The passages retrieved for a turn, best first. `rejected` fell below the floor or beyond the limit."""

    question: str
    kept: tuple[Hit, ...] = ()
    rejected: tuple[Hit, ...] = ()
