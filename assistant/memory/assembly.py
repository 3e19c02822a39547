"""The one door to the prompt: sections in, messages and a ledger out, never above the budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from assistant.memory.contents import SummaryLine, WindowTurn
from assistant.memory.tokens import count, count_message, cut_middle


@dataclass(frozen=True, slots=True)
class BudgetPolicy:
    """Tokens. `reply` is kept free for the answer; `tools` for their schemas; the question has a floor of its own."""

    total: int = 8_000
    reply: int = 1_000
    tools: int = 600
    question_floor: int = 500
    evidence_share: float = 0.6


@dataclass(frozen=True, slots=True)
class Prompt:
    """What goes to the model. `ledger` says, by section, its tokens; `left_out` what did not fit and why.

    `passages` counts how many of the passages given are in it: the first ones.
    """

    messages: tuple[BaseMessage, ...]
    ledger: dict[str, int]
    passages: int
    left_out: tuple[str, ...] = ()


def assemble(
    *,
    system: str,
    question: str,
    passages: Sequence[str],
    window: Sequence[WindowTurn],
    summary: Sequence[SummaryLine],
    recalled: Sequence[WindowTurn],
    policy: BudgetPolicy,
) -> Prompt:
    """Compose the prompt: system whole and first, the question present, the rest by rank as it fits.

    `passages` are rendered already, best first. Rank: system, question, the best of the evidence, the newest turns,
    the summary, recalled turns. A question too long for the budget is cut in the middle with a visible mark.
    Raises ValueError when the system prompt alone leaves no room for the question.
    """
    room = policy.total - policy.reply - policy.tools - count_message(system) - count_message("")
    if room < min(policy.question_floor, count_message(question)):
        raise ValueError(f"a budget of {policy.total} tokens leaves no room for a question after the system prompt")
    left_out: list[str] = []
    asked = cut_middle(question, room - 1)
    if asked != question:
        left_out.append("question: cut in the middle")
    room -= count(asked) + 1

    evidence, room = _fit(passages, room, int(room * policy.evidence_share), "evidence", left_out)
    turns, room = _newest(window, room, left_out)
    lines, room = _fit([line["text"] for line in reversed(summary)], room, room, "summary", left_out)
    past = [f"The user said: {turn['user']} You said: {turn['assistant']}" for turn in recalled]
    again, room = _fit(past, room, room, "recalled", left_out)

    background = _background(list(reversed(lines)), again)
    last = _last(evidence, asked)
    messages: list[BaseMessage] = [SystemMessage(system + background)]
    for turn in turns:
        messages += [HumanMessage(turn["user"]), AIMessage(turn["assistant"])]
    messages.append(HumanMessage(last))
    ledger = {
        "system": count_message(system),
        "summary": sum(map(count, lines)),
        "recalled": sum(map(count, again)),
        "window": sum(count_message(t["user"]) + count_message(t["assistant"]) for t in turns),
        "evidence": sum(map(count, evidence)),
        "question": count_message(asked),
    }
    return Prompt(tuple(messages), ledger, len(evidence), tuple(left_out))


def room_left(texts: Sequence[str], policy: BudgetPolicy) -> int:
    """Tokens that one more message may have beside these, 0 and up."""
    used = sum(map(count_message, texts))
    return max(0, policy.total - policy.reply - policy.tools - used - count_message(""))


_SUMMARY_HEAD = "\n\nEarlier in this conversation:\n"
_RECALLED_HEAD = "\n\nEarlier turns that may matter now:\n"
_QUESTION_HEAD = "\n\nQuestion: "


def _background(lines: Sequence[str], again: Sequence[str]) -> str:
    summary = _SUMMARY_HEAD + "\n".join(f"- {line}" for line in lines) if lines else ""
    recalled = _RECALLED_HEAD + "\n".join(f"- {turn}" for turn in again) if again else ""
    return summary + recalled


def _last(evidence: Sequence[str], asked: str) -> str:
    return "\n\n".join(evidence) + _QUESTION_HEAD + asked if evidence else asked


_JOINT = 12  # tokens that heads, bullets and blank lines around a piece may take


def _fit(pieces: Sequence[str], room: int, cap: int, name: str, left_out: list[str]) -> tuple[list[str], int]:
    """The longest run of leading pieces within `cap` and `room`; what is left of the room."""
    kept: list[str] = []
    for piece in pieces:
        cost = count(piece) + _JOINT
        if cost > min(cap, room):
            left_out.append(f"{name}: {len(pieces) - len(kept)} of {len(pieces)} did not fit")
            break
        kept.append(piece)
        cap -= cost
        room -= cost
    return kept, room


def _newest(turns: Sequence[WindowTurn], room: int, left_out: list[str]) -> tuple[list[WindowTurn], int]:
    kept: list[WindowTurn] = []
    for turn in reversed(turns):
        cost = count_message(turn["user"]) + count_message(turn["assistant"])
        if cost > room:
            left_out.append(f"window: {len(turns) - len(kept)} of {len(turns)} turns did not fit")
            break
        kept.insert(0, turn)
        room -= cost
    return kept, room
