"""The one door to the prompt: sections in, messages and a ledger out, never above the budget.

The system prompt comes first, byte for byte the same from turn to turn, and the window's turns follow it, so that a
provider can reuse what it has read. What changes with every turn and is data (background, passages) stands in the last
message, before the question: there it has the authority of a user's words and no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from assistant.memory.budget import BudgetPolicy, PromptSection, allocate
from assistant.memory.contents import WindowTurn
from assistant.memory.delimiters import BACKGROUND_END, BACKGROUND_START, beside, defused, enclosed
from assistant.memory.ledger import LedgerRow, by_section, left_out
from assistant.memory.tokens import PER_MESSAGE, PER_REPLY, count, count_message, count_messages, cut_middle, fits

QUESTION_HEAD = "Question: "
UNSAID = "(nothing)"  # some providers refuse an empty message

_HEADS: Mapping[PromptSection, str] = {
    "pins": "Word for word:\n",
    "summary": "In short:\n",
    "recalled": "Earlier turns that may matter now:\n",
}
# A summary has heads among its lines: those and the lines stand indented. Nothing of the data begins a line.
_BULLETS: Mapping[PromptSection, str] = {"pins": "- ", "summary": " ", "recalled": "- "}
_CUT = "cut in the middle"
_LEAST_TURN = 64  # tokens; in less than that the newest turn is left out rather than cut


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

    @property
    def left_out(self) -> tuple[str, ...]:
        """What is not in it and why."""
        return left_out(self.ledger)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line, a passage or a turn (two texts), and what it costs. `place` is its place among those given."""

    place: int
    texts: tuple[str, ...]
    tokens: int
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class _Supply:
    """The pieces of a section that fit its cap, the most wanted first. `head` is paid once, if any piece is kept."""

    section: PromptSection
    of: int
    pieces: Sequence[_Piece]
    head: int = 0

    @property
    def want(self) -> int:
        return _tokens(self.pieces, self.head)


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

    `passages` (rendered) and `pins` come best first, `summary` lines the ones to keep first, `window` and `recalled`
    oldest first: of those the newest stay. `ratio` is what the provider counts for one token of ours. A question too
    long for its share is cut in the middle with a visible mark, and so is the newest turn.
    Raises ValueError when system prompt, tools and reply leave no room for a question.
    """
    budget = policy.counted(ratio)
    asked = defused(question)
    supplies = (
        _lines("pins", pins, budget),
        _passages(passages, budget),
        _turns(window, budget),
        _lines("summary", summary, budget),
        _lines("recalled", recalled, budget),
    )
    lost = 0
    while True:
        prompt = _composed(system, asked, supplies, tools_tokens=tools_tokens, budget=budget, lost=lost)
        over = sum(prompt.by_section.values()) - budget.room
        if over <= 0:
            return prompt
        lost += over  # joined texts may cost a token more than their sum; then they get less


def _composed(
    system: str, asked: str, supplies: Sequence[_Supply], *, tools_tokens: int, budget: BudgetPolicy, lost: int
) -> Prompt:
    """The prompt with `lost` tokens less than the budget has."""
    frame = PER_REPLY + _framing(supplies)
    wants: dict[PromptSection, int] = {supply.section: supply.want for supply in supplies}
    wants["system"] = count_message(system) + frame + lost
    wants["tools"] = tools_tokens
    head = count(QUESTION_HEAD) + PER_MESSAGE
    wants["question"] = head + (count(asked) if fits(asked, budget.room) else budget.room)
    given = allocate(budget, wants)

    said = cut_middle(asked, given["question"] - head)
    kept = _chosen(supplies, given, budget)
    messages = _messages(system, kept, said)
    rows = [
        LedgerRow("system", count_message(system), count_message(system), 1, 1),
        LedgerRow("tools", tools_tokens, tools_tokens),
        LedgerRow("question", head + count(said), given["question"], 1, 1, _CUT if said != asked else ""),
        *(_row(supply, kept[supply.section], given[supply.section]) for supply in supplies),
    ]
    used = count_messages(messages) + tools_tokens
    rows.append(LedgerRow("format", used - sum(row.tokens for row in rows), frame))
    return Prompt(messages, tuple(rows), len(kept["evidence"]), said != asked)


def _chosen(
    supplies: Sequence[_Supply], given: Mapping[PromptSection, int], budget: BudgetPolicy
) -> dict[PromptSection, list[_Piece]]:
    """The pieces that fit, by rank: what one section can't fill with whole pieces goes to those after it."""
    spare = 0
    kept: dict[PromptSection, list[_Piece]] = {}
    for supply in sorted(supplies, key=lambda one: budget.shares[one.section].rank):
        section = supply.section
        limit = min(budget.cap(section), given[section] + spare) - supply.head
        pieces = _run(supply.pieces, limit)
        if section == "window" and not pieces and supply.pieces and limit >= _LEAST_TURN:
            pieces = [_shortened(supply.pieces[0], limit)]
        spare += given[section] - _tokens(pieces, supply.head)
        kept[section] = sorted(pieces, key=lambda piece: piece.place)
    return kept


def _messages(system: str, kept: Mapping[PromptSection, Sequence[_Piece]], said: str) -> tuple[BaseMessage, ...]:
    messages: list[BaseMessage] = [SystemMessage(system)]
    for piece in kept["window"]:
        messages += [HumanMessage(piece.texts[0]), AIMessage(piece.texts[1])]
    background = "".join(head + _joined(kept[section]) for section, head in _HEADS.items() if kept[section])
    data = (BACKGROUND_START + background + BACKGROUND_END if background else "") + _joined(kept["evidence"])
    return (*messages, HumanMessage(data + QUESTION_HEAD + said if data else said))


def _joined(pieces: Sequence[_Piece]) -> str:
    return "".join(text for piece in pieces for text in piece.texts)


def _framing(supplies: Sequence[_Supply]) -> int:
    background = any(supply.pieces for supply in supplies if supply.section in _HEADS)
    return count(BACKGROUND_START) + count(BACKGROUND_END) if background else 0


def _row(supply: _Supply, kept: Sequence[_Piece], allotted: int) -> LedgerRow:
    out = supply.of - len(kept)
    why = f"{out} of {supply.of}{' turns' if supply.section == 'window' else ''} did not fit" if out else ""
    if any(piece.shortened for piece in kept):
        why += f"{'; ' if why else ''}the newest turn: {_CUT}"
    return LedgerRow(supply.section, _tokens(kept, supply.head), allotted, len(kept), supply.of, why)


def _lines(section: PromptSection, texts: Sequence[str], budget: BudgetPolicy) -> _Supply:
    """Items of the background; recalled turns the newest first, since those that don't fit are the oldest."""
    most, head = budget.cap(section), count(_HEADS[section])
    places = [place for place, text in enumerate(texts) if text.strip()]
    wanted = reversed(places) if section == "recalled" else places
    pieces = (_piece(place, most, f"{_BULLETS[section]}{enclosed(texts[place])}\n") for place in wanted)
    return _Supply(section, len(places), _run(pieces, most - head), head)


def _passages(texts: Sequence[str], budget: BudgetPolicy) -> _Supply:
    most = budget.cap("evidence")
    pieces = (_piece(place, most, f"{beside(text)}\n\n") for place, text in enumerate(texts))
    return _Supply("evidence", len(texts), _run(pieces, most))


def _turns(turns: Sequence[WindowTurn], budget: BudgetPolicy) -> _Supply:
    """The newest turns that the cap holds, the newest first; that one is cut if the cap doesn't hold it alone."""
    most = budget.cap("window")
    pieces = (_turn(place, most, turns[place]) for place in reversed(range(len(turns))))
    kept = _run(pieces, most)
    if turns and not kept and most >= _LEAST_TURN:
        kept = [_shortened(_turn(len(turns) - 1, most, turns[-1]), most)]
    return _Supply("window", len(turns), kept)


def _turn(place: int, most: int, turn: WindowTurn) -> _Piece:
    said = (defused(turn["user"]), defused(turn["assistant"]))
    return _piece(place, most - 2 * PER_MESSAGE, *(text if text.strip() else UNSAID for text in said))


def _piece(place: int, most: int, *texts: str) -> _Piece:
    """A piece with its exact cost, or one above `most` when it wouldn't fit that anyway."""
    around = 2 * PER_MESSAGE if len(texts) > 1 else 0
    tokens = sum(count(text) if fits(text, most) else most + 1 for text in texts)
    return _Piece(place, texts, tokens + around)


def _shortened(piece: _Piece, limit: int) -> _Piece:
    """A turn cut to the limit: the answer keeps what the question leaves, and half of it at least."""
    room = limit - 2 * PER_MESSAGE
    user, assistant = piece.texts
    half = room // 2
    user = cut_middle(user, room - (count(assistant) if fits(assistant, half) else half))
    assistant = cut_middle(assistant, room - count(user))
    return _Piece(piece.place, (user, assistant), count(user) + count(assistant) + 2 * PER_MESSAGE, shortened=True)


def _run(pieces: Iterable[_Piece], limit: int) -> list[_Piece]:
    """The leading pieces that fit in sum."""
    kept: list[_Piece] = []
    for piece in pieces:
        if piece.tokens > limit:
            break
        kept.append(piece)
        limit -= piece.tokens
    return kept


def _tokens(pieces: Sequence[_Piece], head: int) -> int:
    return sum(piece.tokens for piece in pieces) + head if pieces else 0
