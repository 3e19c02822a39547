"""What is kept of what was found."""

from __future__ import annotations

from assistant.knowledge.retrieval import RetrievalPolicy, retrieve, select
from assistant.testing.index import MemoryIndex, WordEmbedder
from assistant.values import Hit, Passage

POLICY = RetrievalPolicy(keep=6, per_document=3)


def hit(document: str, number: int = 0, *, dense: float = 0.6, sparse: float = 5.0, replaced_by: str = "") -> Hit:
    passage = Passage(
        id=f"{document}@{number}",
        document_id=document,
        title=f"Title {document.replace('-', ' ')}",
        section="",
        text="text",
        start=0,
        end=4,
        ordinal=number,
        version="v",
        audience=frozenset({"public"}),
        superseded_by=replaced_by,
    )
    return Hit(passage, 1.0, dense=dense, sparse=sparse)


def kept(hits: list[Hit], question: str = "How long is the window?") -> list[str]:
    return [found.passage.id for found in select(question, hits, POLICY).kept]


def test_nothing_is_kept_when_nothing_fits() -> None:
    evidence = select("What is the capital of Peru?", [hit("a", dense=0.08), hit("b", dense=0.2, sparse=0)], POLICY)
    assert evidence.kept == ()
    assert len(evidence.rejected) == 2


def test_a_weak_cosine_is_made_up_for_by_the_words() -> None:
    hits = [hit("a", dense=0.5, sparse=4), hit("b", dense=0.2, sparse=9), hit("c", dense=0.2, sparse=2)]
    assert kept(hits) == ["a@0", "b@0"]


def test_one_document_does_not_crowd_out_the_others() -> None:
    hits = [*(hit("a", n) for n in range(6)), hit("b"), hit("c")]
    assert kept(hits) == ["a@0", "a@1", "a@2", "b@0", "c@0"]


def test_no_more_than_the_limit_is_kept_and_the_rest_is_told() -> None:
    evidence = select("q", [hit(f"d{n}") for n in range(10)], POLICY)
    assert (len(evidence.kept), len(evidence.rejected)) == (6, 4)


def test_a_superseded_document_loses_to_its_successor() -> None:
    hits = [hit("policy-2024", replaced_by="policy"), hit("policy")]
    assert kept(hits) == ["policy@0"]


def test_a_superseded_document_is_kept_when_the_question_is_about_the_past() -> None:
    hits = [hit("policy-2024", replaced_by="policy"), hit("policy")]
    for question in ("What was the old returns policy?", "How long did it used to be?", "the rules of 2024?"):
        assert kept(hits, question) == ["policy-2024@0", "policy@0"]


async def test_no_group_finds_nothing_and_an_empty_index_neither() -> None:
    index, embedder = MemoryIndex(), WordEmbedder()
    (vector,) = await embedder.encode(["question"])
    assert (await retrieve("question", vector, frozenset({"public"}), index=index)).kept == ()
    await index.upsert([hit("a").passage], [vector])
    assert (await retrieve("question", vector, frozenset(), index=index)).kept == ()
    assert len((await retrieve("question", vector, frozenset({"public"}), index=index)).kept) == 1
