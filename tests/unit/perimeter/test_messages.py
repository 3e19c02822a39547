"""The perimeter's sentences: as they always were in English, whole in every other language."""

from __future__ import annotations

import pytest

from assistant.perimeter import messages
from assistant.perimeter.policy import Policy, Topic
from assistant.phrases import LANGUAGES, say

POLICY = Policy(organisation="Solvane", about="Thermostats and orders.")
LAWYERS = Topic(
    "legal", "refuse", ("sue",), reason="Das ist Sache unserer Juristen", alternatives=("Fragen zu Preisen.",)
)


def everything(policy: Policy, language: str) -> list[str]:
    kinds = ("thanks", "hello", "bye", "how_are_you", "capabilities", "identity", "acknowledge")
    return [
        *(messages.small_talk(kind, policy, language=language) for kind in kinds),
        messages.out_of_scope(policy, language=language),
        messages.unanswered((), policy, language=language),
        messages.unanswered(("A", "B"), policy, language=language),
        messages.unknown_name("S3", language=language),
        messages.injection(policy, language=language),
        messages.refused_topic(LAWYERS, language=language),
        messages.handed_topic(Topic("data", "Data", "handoff"), language=language),
        messages.too_long(9_000, 4_000, language=language),
    ]


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
@pytest.mark.parametrize("policy", [POLICY, Policy()])
def test_everything_is_said_in_the_users_language(policy: Policy, language: str) -> None:
    said, english = everything(policy, language), everything(policy, "en")
    assert all("{" not in sentence and "  " not in sentence for sentence in said)
    assert not set(said) & set(english)


def test_the_english_sentences_read_as_they_did() -> None:
    assert messages.small_talk("hello", POLICY) == "Hello! I'm the assistant of Solvane. What would you like to know?"
    assert messages.small_talk("identity", Policy()) == (
        f"I'm the assistant here: a program, not a person. {say('person_offer')}"
    )
    assert messages.small_talk("capabilities", POLICY) == (
        f"I can help with thermostats and orders. I show where each answer comes from. {say('person_offer')}"
    )
    assert messages.small_talk("acknowledge", POLICY) == "Good. Is there anything else I can help with?"
    assert messages.too_long(9_000, 4_000).startswith("That message has 9,000 characters; I can read up to 4,000.")


def test_what_the_organisation_wrote_stays_as_written() -> None:
    assert messages.refused_topic(LAWYERS, language="fr").startswith("Das ist Sache unserer Juristen. ")
    assert "Fragen zu Preisen." in messages.refused_topic(LAWYERS, language="fr")
