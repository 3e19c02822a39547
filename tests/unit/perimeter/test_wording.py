"""Phrases that stop everything else: found as people say them, and not where nobody is in danger."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from assistant.perimeter.policy_file import load_policy
from assistant.perimeter.wording import fold, phrase_pattern

ROOT = Path(__file__).parents[3]
DEMO = phrase_pattern(tuple(p for topic in load_policy(ROOT / "perimeter.yaml").sensitive for p in topic.phrases))


@pytest.mark.parametrize(
    ("phrase", "message", "hit"),
    [
        ("smell gas", "I smell a bit of gas", True),
        ("smell gas", "I smell one two three four gas", False),
        ("smell gas", "the gas has a smell", False),
        ("smell gas", "It has a smell. Gas bills are high", False),
        ("smell gas", "Is that a smell? Gas!", False),
        ("smell gas", "smell, well: gas", True),
        ("smell* gas", "smelling of gas here", True),
        ("smell gas", "smelling of gas here", False),
        ("on-fire", "it is on fire", True),
        ("on-fire", "it is on-fire", True),
        ("on-fire", "switch on the fire", False),
        ("self-harm", "self harm", True),
        ("self-harm", "self fitted, will it harm", False),
        ("don't want to live", "I don’t really want to live any more", True),
        ("décharge électrique", "une decharge electrique", True),
        ("décharge électrique", "une décharge électrique", True),
    ],
)
def test_the_words_of_a_phrase_may_stand_a_little_apart_unless_they_are_tied(phrase: str, message: str, hit: bool):
    assert bool(phrase_pattern((phrase,)).search(fold(message))) is hit


@pytest.mark.parametrize(
    "message",
    [
        "the house smells strongly of gas", "I smell some gas", "gas is leaking", "smelling of gas here",
        "The alarm for CO is going off", "My CO-alarm beeps", "How do I return it? It gave me a jolt.",
        "my hub just exploded", "there's smoke from the hub", "it gave me an electrical shock",
        "I'm gonna kill my self, nobody cares",
        "i dont want to live", "how do i return an order, ich rieche Gas", "es riecht hier nach Gas", "huele a gas",
        "ca sent le gaz chez moi", "une odeur de gaz", "ich will mich umbringen", "quiero morir",
    ],
)  # fmt: skip
def test_an_emergency_is_understood_in_the_demo_however_it_is_told(message: str):
    assert DEMO.search(fold(message))


@pytest.mark.parametrize(
    "message",
    [
        "is the gas boiler compatible", "does it lower my gas bill", "which gas supplier is cheapest",
        "does the gas boiler work with the leak sensor", "leaking valve on a gas boiler, which washer",
        "can I switch on the gas fire with it", "is the smoke alarm from you compatible with the hub",
        "The new valve smells. Is the gas boiler compatible?", "self installed, will it harm my warranty",
        "live chat please", "set an alarm when my boiler is cold", "what is in the fire safety leaflet",
    ],
)  # fmt: skip
def test_a_question_that_only_shares_words_with_an_emergency_raises_no_alarm(message: str):
    assert not DEMO.search(fold(message))


def test_no_golden_question_but_those_for_people_raises_an_alarm():
    files = sorted((ROOT / "golden").glob("*.jsonl"))
    cases = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    others = [case["question"] for case in cases if case["expect"]["decision"] != "handoff"]
    assert len(others) > 100
    assert [question for question in others if DEMO.search(fold(question))] == []


@pytest.mark.parametrize("piece", ["smell ", "smell-", "smell ,,,,,,,,", "he he is is is watching watching ", "x", "-"])
def test_a_long_message_is_searched_in_a_time_that_grows_with_its_length(piece: str):
    text = piece * (200_000 // len(piece))
    began = time.process_time()
    DEMO.search(text)
    assert time.process_time() - began < 5.0
