import pytest

from assistant.memory.summary_check import supported

TURN = (
    "Hi, I ordered 2 lamps for 40 EUR, order 4711-AB, on 3 March 2026. Anna Weber paid by card.\n"
    "Order 4711-AB was shipped on Monday. The lamp isn't covered by the warranty, but the shade is covered for 2 years."
    " Opened boxes are non-refundable. Please reply before 5 May; express delivery is available, it costs 9.90 EUR."
)


@pytest.mark.parametrize(
    "line",
    [
        "Ordered 2 lamps for 40 EUR (4711-AB) on 3 March 2026",
        "Anna Weber paid by card",
        "Order 4711-AB shipped Monday",
        "The lamp is not covered by the warranty",
        "Lamp not covered by warranty; the shade is covered for 2 years",
        "Opened boxes are non-refundable",
        "Express delivery is available for 9.90 EUR",
        "Reply before 5 May",
        "User wants the lamp's warranty looked at",
    ],
)
def test_a_line_that_says_what_its_turn_says_stands(line: str) -> None:
    assert supported(line, TURN)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Ordered 3 lamps for 40 EUR", "a number nobody said"),
        ("Order 4711 shipped Monday", "an identifier cut short"),
        ("Order 4711-AC shipped Monday", "an identifier changed"),
        ("Ordered 40 lamps for 2 EUR", "numbers that changed places"),
        ("Order shipped on Tuesday", "another name"),
        ("Peter Weber paid by card", "another name"),
        ("The lamp is covered by the warranty", "a negation lost"),
        ("The shade is not covered", "a negation added"),
        ("Order 4711-AB was never shipped", "a negation added"),
        ("Opened boxes are refundable", "a prefix lost"),
        ("Express delivery is unavailable", "a prefix added"),
        ("Reply after 5 May", "an opposite"),
        ("Customer threatened to sue over poisoned wine", "nothing of it was said"),
        ("...", "no word"),
    ],
)
def test_a_line_that_says_something_else_falls(line: str, why: str) -> None:
    assert not supported(line, TURN), why
