"""Evidence of several questions as one."""

from __future__ import annotations

from assistant.knowledge.merging import merge
from assistant.values import Evidence, Hit, Passage


def hit(name: str) -> Hit:
    passage = Passage(name, f"{name}.md", name, "", name, 0, len(name), 0, "v1", frozenset({"public"}))
    return Hit(passage, 1.0)


def names(hits: tuple[Hit, ...]) -> list[str]:
    return [each.passage.id for each in hits]


def test_the_evidence_of_one_question_is_left_as_it_is() -> None:
    only = Evidence("a?", (hit("a"),), (hit("b"),))
    assert merge("a?", [only], keep=1) is only


def test_questions_take_turns_and_a_passage_counts_once() -> None:
    merged = merge("a? b?", [Evidence("a?", (hit("a"), hit("b"))), Evidence("b?", (hit("b"), hit("c")))], keep=10)
    assert names(merged.kept) == ["a", "b", "c"]
    assert merged.question == "a? b?"


def test_what_goes_beyond_the_limit_is_rejected_and_nothing_is_both() -> None:
    found = [Evidence("a?", (hit("a"), hit("b")), (hit("d"),)), Evidence("b?", (hit("c"), hit("d")), (hit("a"),))]
    merged = merge("a? b?", found, keep=2)
    assert names(merged.kept) == ["a", "c"]
    assert sorted(names(merged.rejected)) == ["b", "d"]
