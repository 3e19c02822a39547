"""The summarising model that is wrong in every line."""

from __future__ import annotations

import random

import pytest

from assistant.memory.contents import WindowTurn
from benchmarks.context_contradictions import contradictions
from benchmarks.context_lies import lies

SAID = (
    "I can't open the portal with my password.",
    "The parcel with number 48213 arrived on Friday.",
    "The technician is coming to the office tomorrow.",
    "We don't keep the packaging of the router.",
)


@pytest.mark.parametrize("said", SAID)
def test_a_lie_cites_its_turn_and_contradicts_it(said: str):
    turn = WindowTurn(turn="a", at="", user=said, assistant="", documents={}, titles=[])
    (line,) = lies([turn], random.Random(1)).splitlines()
    text = line.removeprefix("- [facts] User: ").removesuffix(" {t1}")
    assert line.endswith("{t1}")
    assert contradictions(text, [said])
