"""What checking an answer costs: ten times the text takes about ten times as long, whatever is written in it."""

from __future__ import annotations

from time import process_time

import pytest

from assistant.perimeter.output.guard import GuardPolicy, check

POLICY = GuardPolicy(
    sources={
        1: "You can return a lamp within 30 days. Lamps with cut cables cannot be returned.",
        2: "Delivery of your order takes 4 working days and costs 6 euros.",
    },
    question="How many days do I have to return a lamp?",
    prompt="You are the assistant of Acme. Answer from the passages only, and cite each by its number. " * 4,
    canaries=("canary-4711-lamp",),
    languages=frozenset({"en", "de"}),
    grounded=True,
)
FEW, MANY = 800, 8_000
TIMES = 20.0
"""How many times as long ten times the text may take; what is quadratic takes a hundred times as long."""


def cost(text: str) -> float:
    """The CPU seconds of checking a text."""
    before = process_time()
    check(text, POLICY)
    return process_time() - before


@pytest.mark.parametrize(
    "hostile",
    ["\ufdfa", "\uff21", "\u0130", "a\n", "- a lamp\n", "|a|b\n", "[a]: b\n", "![a](", "](a\n", "[a](b (", "[", "<a ",
     "<b>", "`<b>` ", "`a", "&lt;", "\\(", "http://a.b ", "[1, 2] ", "a@b", "aA", "1", "1,111 ", "a. ",
     "You can return. ", "Lamps with cut cables cannot be returned [1]. ", "lamps with cut cables cannot be returned, ",
     "lamp, cable, ",
     "you can return a lamp within 30 days and ", "at least 30 days ", "is not ", "lamp return cable ", "alfa ", "41 ",
     "dreißig Tage und nicht 30 Wochen ", "Der ThermoPro ist für Sie da. "],
)  # fmt: skip
def test_ten_times_the_text_takes_about_ten_times_as_long(hostile: str) -> None:
    check(hostile, POLICY)
    few, many = (hostile * (size // len(hostile)) for size in (FEW, MANY))
    limit = TIMES * max(min(cost(few), cost(few)), 1e-3)
    assert any(cost(many) <= limit for _ in range(3))
