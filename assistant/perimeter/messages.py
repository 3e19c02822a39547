"""Every sentence the perimeter says to users, in their language: warm, short, and true.

What the organisation wrote itself (a topic's reason and alternatives, a sensitive topic's message) stays as written.
"""

from __future__ import annotations

from assistant.perimeter.output.addresses import Mender
from assistant.perimeter.policy import Policy, Topic
from assistant.phrases import closest, listed, not_served, say

EMPTY = say("empty")
INJECTION = say("injection")

_SMALL_TALK = ("thanks", "hello", "bye", "how_are_you", "identity")


def too_long(length: int, limit: int, *, language: str = "en") -> str:
    """A message over the limit, in characters."""
    return say("too_long", language, length=length, limit=limit)


def language_not_served(code: str, served: tuple[str, ...]) -> str:
    """An honest sentence in the user's language where we have one, else in English."""
    return not_served(code, served)


def can_help_with(policy: Policy, *, language: str = "en") -> str:
    """What it can help with, from the answer topics, else from what the policy says it is about."""
    english = closest(language) == "en"  # elsewhere the subject is a list after a colon, as the organisation wrote it
    if policy.about:
        first = policy.about[:1].lower() if english else policy.about[:1]
        return say("help_about", language, subject=f"{first}{policy.about[1:].rstrip('. ')}")
    names = [topic_label(topic.name) for topic in policy.answered()]
    if names:
        return say("help_about", language, subject=listed([n.lower() if english else n for n in names], language))
    return say("help_documents", language)


def small_talk(kind: str, policy: Policy, *, language: str = "en") -> str:
    """The fixed reply to a message that is small talk only."""
    if kind == "capabilities":
        said = (can_help_with(policy, language=language), say(kind, language), say("person_offer", language))
        return " ".join(said)
    name = policy.organisation
    assistant = say("assistant_of", language, organisation=name) if name else say("assistant_here", language)
    reply = say(kind if kind in _SMALL_TALK else "acknowledged", language, assistant=assistant)
    return f"{reply} {say('person_offer', language)}" if kind == "identity" else reply


def refused_topic(topic: Topic, *, language: str = "en") -> str:
    """Why a topic is refused, and what there is instead."""
    instead = [each.rstrip(". ") for each in topic.alternatives]
    offer = say("instead", language, topics=listed(instead, language)) if instead else say("person_offer", language)
    return f"{_sentence(topic.reason)} {offer}".lstrip()


def handed_topic(topic: Topic, *, language: str = "en") -> str:
    """Why a topic goes to people."""
    return _sentence(topic.reason.rstrip() or say("handoff_topic", language))


def out_of_scope(policy: Policy, *, language: str = "en") -> str:
    """Nothing here covers the question."""
    helps = can_help_with(policy, language=language)
    return f"{say('out_of_scope', language)} {helps} {say('person_offer', language)}"


def unanswered(choices: tuple[str, ...], policy: Policy, *, language: str = "en") -> str:
    """The documents were found but no sentence of theirs answers."""
    said = f"{say('unanswered', language)} {say('person_offer', language)}"
    return f"{said} {say('nearest', language) if choices else can_help_with(policy, language=language)}"


def unknown_name(name: str, *, language: str = "en") -> str:
    """The question names something that no document mentions."""
    return f"{say('unknown_name', language, name=name)} {say('person_offer', language)}"


def injection(policy: Policy, *, language: str = "en") -> str:
    """A message that tries to change how the assistant works."""
    return f"{say('injection', language)} {can_help_with(policy, language=language)}"


def topic_label(name: str) -> str:
    """A topic's name as users read it."""
    return name.replace("_", " ").replace("-", " ").strip().capitalize()


def document_title(text: str) -> str:
    """A document's or a section's title as users read it: in one line, with nothing that loads or leads anywhere."""
    try:
        return " ".join(Mender(frozenset(), []).mend(text).split())
    except ValueError:
        return ""


def _sentence(text: str) -> str:
    text = text.rstrip()
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
