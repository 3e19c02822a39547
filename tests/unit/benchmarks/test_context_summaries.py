"""The plain summaries that ours is compared with."""

from __future__ import annotations

import random

import pytest

from assistant.memory.tokens import count
from benchmarks.context_summaries import BASELINES, Rolling

TALK = [f"We saw the {thing} in Lisbon. It was really very nice!" for thing in "bridge museum castle harbour".split()]


def rolled(name: str, limit: int) -> str:
    rolling = Rolling(BASELINES[name], limit, random.Random(1))
    for text in TALK * 3:
        rolling.fold([text])
    return rolling.text


@pytest.mark.parametrize("name", BASELINES)
@pytest.mark.parametrize("limit", [12, 30, 60])
def test_a_plain_summary_keeps_within_its_tokens(name: str, limit: int):
    assert 0 < count(rolled(name, limit)) <= limit


@pytest.mark.parametrize("name", BASELINES)
def test_a_plain_summary_says_nothing_of_its_own(name: str):
    assert all(line.removeprefix("- ") in " ".join(TALK) for line in rolled(name, 40).splitlines())


def test_coverage_takes_nothing_twice():
    lines = rolled("word coverage", 100).splitlines()
    assert len(lines) == len(set(lines)) == 5
