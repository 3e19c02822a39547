from assistant.memory.contents import WindowTurn
from assistant.memory.recall import RecallPolicy, recall

TURNS = [
    WindowTurn(
        at="", turn="a", user="My hub blinks red, what now?", assistant="Restart the hub.", documents={}, titles=[]
    ),
    WindowTurn(
        at="", turn="b", user="How do I return a thermostat?", assistant="Within 30 days.", documents={}, titles=[]
    ),
    WindowTurn(
        at="",
        turn="c",
        user="What does delivery cost?",
        assistant="It is free above 50 pounds.",
        documents={},
        titles=[],
    ),
]


def test_the_turn_the_question_is_about_is_found() -> None:
    found = recall("Was the red blinking of the hub something to worry about?", TURNS, RecallPolicy(limit=1))
    assert [turn["turn"] for turn in found] == ["a"]


def test_nothing_is_recalled_when_no_turn_shares_the_terms() -> None:
    assert recall("Can I pay with cryptocurrency?", TURNS, RecallPolicy()) == []


def test_recalled_turns_keep_their_order() -> None:
    found = recall("return thermostat delivery cost", TURNS, RecallPolicy(limit=2))
    assert [turn["turn"] for turn in found] == ["b", "c"]
