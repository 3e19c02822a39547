"""Origins, languages, buckets: the chat's small decisions."""

from __future__ import annotations

import pytest

from assistant.ui.limits import Buckets
from assistant.ui.origins import choose_language, is_allowed_origin


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("", True),
        ("https://chat.example", True),
        ("http://chat.example", True),
        ("https://CHAT.example", True),
        ("https://partner.example", True),
        ("https://chat.example:8443", False),
        ("https://chat.example.evil.example", False),
        ("https://evil.example", False),
        ("null", False),
        ("file://chat.example", False),
        ("https://user@chat.example", False),
    ],
)
def test_our_own_origin_and_the_allowed_ones_may_pass(origin: str, allowed: bool) -> None:
    assert is_allowed_origin(origin, "chat.example", {"https://partner.example"}) is allowed


def test_an_origin_without_a_host_to_compare_is_refused() -> None:
    assert not is_allowed_origin("https://", "")


@pytest.mark.parametrize(
    ("header", "language"),
    [("de-DE,de;q=0.9", "de"), ("fr", "en"), ("", "en"), ("fr,de", "de"), ("EN-us", "en"), (";;,,", "en")],
)
def test_the_first_language_we_speak_is_chosen(header: str, language: str) -> None:
    assert choose_language(header, ("en", "de")) == language


def test_a_bucket_lets_its_burst_through_and_then_its_rate() -> None:
    clock = [0.0]
    buckets = Buckets(burst=3, per_minute=60, now=lambda: clock[0])
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    assert buckets.take("b")
    clock[0] = 1.0
    assert [buckets.take("a"), buckets.take("a")] == [True, False]


def test_a_bucket_never_fills_beyond_its_burst() -> None:
    clock = [0.0]
    buckets = Buckets(burst=2, per_minute=60, now=lambda: clock[0])
    buckets.take("a")
    clock[0] = 10_000.0
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]
