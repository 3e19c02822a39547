"""Contradictions in a policy file: each entry fits its key, but two of them can't both be meant."""

from __future__ import annotations

from assistant.perimeter.policy import Policy
from assistant.perimeter.policy_table import Table, line_of
from assistant.perimeter.wording import fold, phrase_pattern, words

ANSWERED = frozenset({"answer", "approve"})


def refuse_contradictions(policy: Policy, topics: list[Table], sensitive: list[Table], file: Table) -> None:
    """Raises PolicyError at the line of the second of two entries that contradict each other.

    `topics` and `sensitive` are the tables that the policy's were read from, in the same order.
    """
    _one_home([topic.name for topic in policy.topics], topics, "examples")
    _one_home([topic.name for topic in policy.sensitive], sensitive, "phrases")
    _no_sensitive_phrase_in_an_answered_example(policy, topics, sensitive)
    if policy.topics and not any(topic.action in ANSWERED for topic in policy.topics):
        problem = "hold none that is answered: nothing would ever be. Give one `action: answer`, or remove them all."
        raise file.error("topics", problem)
    _thresholds_in_order(policy, file)


def _one_home(names: list[str], tables: list[Table], key: str) -> None:
    """No entry of the lists under `key` stands under two names."""
    seen: dict[str, tuple[str, int]] = {}
    for name, table in zip(names, tables, strict=True):
        for text, node in table.placed(key):
            other, line = seen.setdefault(" ".join(words(text)), (name, line_of(node)))
            if other != name:
                raise table.error(
                    key, f"hold {text!r}, as {other!r} does (line {line}). Keep it in one place.", at=node
                )


def _no_sensitive_phrase_in_an_answered_example(policy: Policy, topics: list[Table], sensitive: list[Table]) -> None:
    answered = [
        (topic.name, text, line_of(node))
        for topic, table in zip(policy.topics, topics, strict=True)
        for text, node in (table.placed("examples") if topic.action == "answer" else ())
    ]
    for table in sensitive:
        for phrase, node in table.placed("phrases"):
            pattern = phrase_pattern((phrase,))
            found = next((entry for entry in answered if pattern.search(fold(entry[1]))), None)
            if found is not None:
                name, text, line = found
                problem = (
                    f"hold {phrase!r}, so that {text!r} (line {line}), an example of {name!r}, would go to people and "
                    "not be answered. Make the phrase longer, or move the example."
                )
                raise table.error("phrases", problem, at=node)


def _thresholds_in_order(policy: Policy, file: Table) -> None:
    limits = policy.thresholds
    for low, high in (("support_floor", "support_answer"), ("near_topic", "topic")):
        if getattr(limits, low) > getattr(limits, high):
            raise file.error("thresholds", f"{low} is above {high}. Make the floor the lower one.")
