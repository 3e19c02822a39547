"""The one door to the prompt: sections in, messages and a ledger out, never above the budget.

The system prompt comes first, byte for byte the same from turn to turn, and the window's turns follow it, so that a
provider can reuse what it has read. What changes with every turn and is data (background, passages) stands in the last
message, before the question: there it has the authority of a user's words and no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from assistant.memory import pieces
from assistant.memory.budget import BudgetPolicy, PromptSection, allocate
from assistant.memory.contents import WindowTurn
from assistant.memory.delimiters import BACKGROUND_END, BACKGROUND_START, defused
from assistant.memory.ledger import LedgerRow, by_section, left_out
from assistant.memory.pieces import HEADS, Piece, Supply
from assistant.memory.tokens import (
    CUT_MARK,
    PER_MESSAGE,
    PER_REPLY,
    count,
    count_message,
    count_messages,
    cut_middle,
    fits,
)

QUESTION_HEAD = "Question: "

_CUT = "cut in the middle"
_Kept = Mapping[PromptSection, Sequence[Piece]]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What goes to the model. `passages` counts how many of the passages given are in it: the first ones."""

    messages: tuple[BaseMessage, ...]
    ledger: tuple[LedgerRow, ...]
    passages: int
    question_cut: bool

    @property
    def by_section(self) -> dict[str, int]:
        """Tokens of each section as we count them; their sum is that of the messages and the tools."""
        return by_section(self.ledger)

    def row(self, section: PromptSection) -> LedgerRow:
        """What a section took."""
        return next(row for row in self.ledger if row.section == section)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What is not in it and why."""
        return left_out(self.ledger)


def assemble(
    *,
    system: str,
    question: str,
    passages: Sequence[str],
    window: Sequence[WindowTurn],
    summary: Sequence[str],
    pins: Sequence[str],
    recalled: Sequence[str],
    tools_tokens: int,
    policy: BudgetPolicy,
    ratio: float = 1.0,
) -> Prompt:
    """Compose the prompt: system whole and first, the question last, the rest as the policy shares the room out.

    `passages` (rendered) and `pins` come best first, `summary` with what to keep first, `window` and `recalled` oldest
    first: of those the newest stay. `ratio` is what the provider counts for one token of ours. A question too long for
    its share is cut in the middle with a visible mark, and so is the newest turn.
    Raises ValueError when system prompt, tools and reply leave no room for a question.
    """
    budget = policy.counted(ratio)
    supplies = (
        pieces.items("pins", pins, budget),
        pieces.passages(passages, budget),
        pieces.turns(window, budget),
        pieces.items("summary", summary, budget),
        pieces.items("recalled", recalled, budget),
    )
    asked, lost = defused(question), 0
    while True:
        prompt = _composed(system, asked, supplies, tools_tokens=tools_tokens, budget=budget, lost=lost)
        over = sum(prompt.by_section.values()) - budget.room
        if over <= 0:
            return prompt
        lost += over  # joined texts can cost more than their sum: then there is so much less to share out


def _composed(
    system: str, asked: str, supplies: Sequence[Supply], *, tools_tokens: int, budget: BudgetPolicy, lost: int
) -> Prompt:
    """The prompt when `lost` tokens of the budget are not there."""
    own, around, head = count_message(system), _around(supplies), count(QUESTION_HEAD) + PER_MESSAGE
    wants: dict[PromptSection, int] = {supply.section: supply.cost(supply.pieces) for supply in supplies}
    wants["question"] = head + (count(asked) if fits(asked, budget.room) else budget.room)
    given = allocate(budget, {**wants, "system": own + around + lost, "tools": tools_tokens})

    said = cut_middle(asked, given["question"] - head)
    if said != asked and CUT_MARK not in said:
        raise ValueError(f"a budget of {budget.total} tokens leaves no room for a question: raise it")
    kept = _kept(supplies, given, budget)
    messages = _messages(system, kept, said)
    rows = [
        LedgerRow("system", own, own, 1, 1),
        LedgerRow("tools", tools_tokens, tools_tokens),
        LedgerRow("question", head + count(said), given["question"], 1, 1, _CUT if said != asked else ""),
        *(_row(supply, kept[supply.section], given[supply.section]) for supply in supplies),
    ]
    joints = count_messages(messages) + tools_tokens - sum(row.tokens for row in rows)
    rows.append(LedgerRow("format", joints, around))
    return Prompt(messages, tuple(rows), len(kept["evidence"]), said != asked)


def _around(supplies: Sequence[Supply]) -> int:
    background = any(supply.pieces for supply in supplies if supply.section in HEADS)
    return PER_REPLY + (count(BACKGROUND_START) + count(BACKGROUND_END) if background else 0)


def _kept(supplies: Sequence[Supply], given: Mapping[PromptSection, int], budget: BudgetPolicy) -> _Kept:
    """The pieces that fit: what one section can't fill with whole pieces goes to those of a lower rank."""
    spare, kept = 0, dict[PromptSection, Sequence[Piece]]()
    for supply in sorted(supplies, key=lambda one: budget.shares[one.section].rank):
        allotted = given[supply.section]
        kept[supply.section] = supply.within(min(budget.cap(supply.section), allotted + spare))
        spare += allotted - supply.cost(kept[supply.section])
    return kept


def _messages(system: str, kept: _Kept, said: str) -> tuple[BaseMessage, ...]:
    messages: list[BaseMessage] = [SystemMessage(system)]
    for piece in kept["window"]:
        messages += [HumanMessage(piece.texts[0]), AIMessage(piece.texts[1])]
    background = "".join(head + _joined(kept[section]) for section, head in HEADS.items() if kept[section])
    data = (BACKGROUND_START + background + BACKGROUND_END if background else "") + _joined(kept["evidence"])
    return (*messages, HumanMessage(data + QUESTION_HEAD + said if data else said))


def _joined(kept: Sequence[Piece]) -> str:
    return "".join(text for piece in kept for text in piece.texts)


def _row(supply: Supply, kept: Sequence[Piece], allotted: int) -> LedgerRow:
    out = supply.of - len(kept)
    why = f"{out} of {supply.of}{' turns' if supply.section == 'window' else ''} did not fit" if out else ""
    if any(piece.shortened for piece in kept):
        why += f"{'; ' if why else ''}the newest turn: {_CUT}"
    return LedgerRow(supply.section, supply.cost(kept), allotted, len(kept), supply.of, why)
