"""A drafted policy as the text of a file that people edit: comments first, every text quoted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from assistant.perimeter.drafting.questions import plain
from assistant.perimeter.drafting.topics import DraftDocument, DraftTopic, draft_policy
from assistant.perimeter.policy import Policy
from assistant.perimeter.policy_file import parse_policy
from assistant.perimeter.wording import fold, phrase_pattern, words

_HEAD = """\
# What the assistant may talk about - and what it may not.
#
# This is a draft, made by rules from {taken} of your {documents} documents. It
# works as it is, and it is only as good as a draft: please read it once. Most of
# all, look at the examples: replace those that nobody would ask by what your
# users really write - short, cross, with typing errors; 6 to 12 for each topic.
#
#   answer   look it up in the documents and quote them with the source
#   approve  a person in the queue named here sees the question first
#   refuse   say politely that this is not our job, and what there is instead
#   handoff  pass the conversation to a person, in the queue named here
#
# Afterwards:  assistant perimeter check              is the file in order?
#              assistant perimeter fit                learn from the examples
#              assistant perimeter explain "…"        why it decides as it does

version: 1
organisation: {organisation}{organisation_note}
about: {about}
languages: [{languages}]
contact: {contact}{contact_note}

# What a mistake costs. Any unit will do: only the proportions count. With 10 and
# 2, it answers when it is right at least five times out of six.
costs:
  wrong_answer: 10
  needless_refusal: 2
  needless_handoff: 4

# Of a hundred questions that are none of our business, how many may at most be
# taken for ours: 0.05 is five.
max_false_answers: 0.05

# Personal data that is blacked out of a message before anything else sees it.
personal_data:
  mask: [credit_card, iban, ssn]

topics:
  # ------------------------------------------------------------------ answer
"""
_ALONE = "version: 1\ntopics:\n  - {name: any, examples: [anything]}\n"  # a policy answers something
_UNFILLED = "  # nothing found in the documents: fill it in"


def draft_text(documents: Sequence[DraftDocument], *, documents_in_all: int = 0) -> str:
    """The file for these documents; it loads as it is.

    Raises:
        PolicyError: never for any documents; the text is parsed before it is given out.
    """
    draft = draft_policy(documents, refused=_refused(), taken=frozenset(topic.name for topic in _standing().topics))
    public = [topic for topic in draft.topics if not topic.groups]
    head = _HEAD.format(
        taken=draft.documents,
        documents=documents_in_all or draft.documents,
        organisation=_quoted(draft.organisation),
        organisation_note="  # a guess" if draft.organisation else _UNFILLED,
        about=_quoted(_about(public)),
        languages=", ".join(draft.languages),
        contact=_quoted(draft.contact),
        contact_note="" if draft.contact else _UNFILLED,
    )
    topics = "\n".join("\n".join(_topic(topic)) for topic in draft.topics)
    text = f"{head}{topics}{_standard()}{_starters(public)}"
    parse_policy(text, name="the draft")
    return text


def _topic(topic: DraftTopic) -> Iterator[str]:
    listed = ", ".join(map(plain, topic.documents[:8]))
    more = f" and {len(topic.documents) - 8} more" if len(topic.documents) > 8 else ""
    yield f"  # From {listed}{more}"
    if topic.groups:
        who = ", ".join(map(plain, sorted(topic.groups)))
        yield f"  # Only {who} may see these documents; others are told nothing of them."
    yield f"  - name: {_quoted(topic.name)}"
    yield f"    description: {_quoted(topic.description)}"
    yield "    action: answer"
    yield "    examples:"
    yield from (f"      - {_quoted(example)}" for example in topic.examples)
    yield ""


def _about(topics: Sequence[DraftTopic]) -> str:
    names = [topic.name.replace("-", " ") for topic in topics[:8]]
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
    return f"{listed[:1].upper()}{listed[1:]}." if listed else "What our documents say."


def _starters(topics: Sequence[DraftTopic]) -> str:
    """Suggestions on the empty chat, from what everybody may see."""
    lines = ["", "# Suggestions shown when a conversation is opened.", "starters:"]
    for topic in topics[:4]:
        label = topic.name.replace("-", " ").capitalize()
        lines += [f"  - label: {_quoted(label)}", f"    message: {_quoted(topic.examples[0])}"]
    return "\n".join(lines) + "\n" if topics else ""


@cache
def _standard() -> str:
    return files(__package__).joinpath("standard.yaml").read_text("utf-8")


@cache
def _standing() -> Policy:
    """The standard topics, as a policy of their own."""
    return parse_policy(_ALONE + _standard())


def _refused() -> Callable[[str], bool]:
    """Whether an example would contradict the standard topics: one of theirs, or one with a sensitive phrase."""
    standard = _standing()
    taken = {" ".join(words(example)) for topic in standard.topics for example in topic.examples}
    sensitive = phrase_pattern(tuple(phrase for topic in standard.sensitive for phrase in topic.phrases))
    return lambda text: " ".join(words(text)) in taken or bool(sensitive.search(fold(text)))


def _quoted(text: str) -> str:
    return json.dumps(plain(text), ensure_ascii=False)
