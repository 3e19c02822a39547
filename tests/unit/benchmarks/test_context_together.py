"""A summary beside recall: the conversation behind its window, and whose words are in the context."""

from __future__ import annotations

import pytest

from assistant.memory.contents import Utterance
from assistant.memory.recall import RecallIndex
from benchmarks.context_recall_questions import Asked, Prepared, between_user_and_assistant
from benchmarks.context_together import fold, together, turns

WORDS = "harbour museum castle bridge garden market station library theatre orchard".split()
SAID = [
    Utterance(f"D{n}:{who}", who, f"On day {n} I saw the {WORDS[n % 10]} near the {WORDS[n // 10]}, it took {n} hours.")
    for n in range(100)
    for who in ("Ann", "Bob", "Bob")
]


def prepared(question: str, answer: str) -> Prepared:
    index = RecallIndex()
    vectors = [[(1.0, 0.0)] for _ in SAID]
    index.extend(SAID, vectors)
    asked = Asked(question, 1, frozenset({"D5:Ann"}), answer, vector=(1.0, 0.0), whole=(0.0, 1.0))
    return Prepared(index, [asked], vectors)


def test_a_turn_goes_from_the_first_speaker_to_the_first_speaker():
    assert [[each.speaker for each in group] for group in turns(SAID)] == [["Ann", "Bob", "Bob"]] * 100


@pytest.mark.parametrize("tokens", [50, 200, 1_000])
def test_a_summary_keeps_within_its_tokens(tokens: int):
    assert 0 < fold(SAID, tokens).tokens <= tokens


def test_whatever_the_summary_takes_the_window_is_the_same():
    windows = [list(fold(SAID, tokens).window) for tokens in (0, 50, 1_000)]
    assert windows[0] == windows[1] == windows[2] == SAID[-len(windows[0]) :]


def test_what_only_recall_finds_counts_for_recall():
    found = together([prepared("What did you see near the harbour on day 5, the market?", "market")], [1_000])["1000"]
    assert found["recall"]["behind_window"] == 1


def test_words_of_the_window_count_only_beside_it():
    found = together([prepared("How long did day 99 take?", "99")], [1_000])["1000"]["summary"]
    assert (found["behind_window"], found["beside_window"]) == (0, 1)


def test_between_user_and_assistant_nobody_has_a_name():
    over = between_user_and_assistant(prepared("What did Ann see?", "harbour"))
    assert {each.speaker for each in over.index.said} == {"user", "assistant"}
    assert over.asked[0].vector == (0.0, 1.0)
