"""What each section of a prompt has to offer: pieces with their exact costs, and which of them fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.memory.budget import BudgetPolicy, PromptSection
from assistant.memory.contents import WindowTurn
from assistant.memory.delimiters import beside, defused, enclosed
from assistant.memory.tokens import LONGEST_TOKEN, PER_MESSAGE, count, cut_middle, fits

HEADS: Mapping[PromptSection, str] = {
    "pins": "Word for word:\n",
    "summary": "In short:\n",
    "recalled": "Earlier turns that may matter now:\n",
}
UNSAID = "(nothing)"  # some providers refuse an empty message

# A summary has heads among its lines: these and the lines stand indented. Nothing of the data begins a line.
_BULLETS: Mapping[PromptSection, str] = {"pins": "- ", "summary": " ", "recalled": "- "}
_MISFITS = 8  # items too long for what is left that are passed over before their section is closed
_LEAST_TURN = 64  # tokens; in less than that the newest turn is left out rather than cut


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, a passage or a turn (two texts), and what it costs. `place` is its place among those given."""

    place: int
    texts: tuple[str, ...]
    tokens: int
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class Supply:
    """The pieces of a section that its cap holds, the most wanted first, `of` how many.

    `head` is what the section costs beside its pieces; it is paid once, when any of them is kept.
    """

    section: PromptSection
    of: int
    pieces: Sequence[Piece]
    head: int = 0

    def cost(self, kept: Sequence[Piece]) -> int:
        """Tokens of the section with these of its pieces."""
        return sum(piece.tokens for piece in kept) + self.head if kept else 0

    def within(self, limit: int) -> list[Piece]:
        """The pieces that fit so many tokens, in their own order. Without room for the newest turn it is cut."""
        pieces = _run(self.pieces, limit - self.head, passing_over=_MISFITS if self.section in HEADS else 0)
        if self.section == "window" and self.pieces and not pieces and limit >= _LEAST_TURN:
            pieces = [_shortened(self.pieces[0], limit)]
        return sorted(pieces, key=lambda piece: piece.place)


def items(section: PromptSection, texts: Sequence[str], policy: BudgetPolicy) -> Supply:
    """Items of the background; recalled turns the newest first, since those that don't fit are the oldest."""
    most, head = policy.cap(section), count(HEADS[section])
    places = [place for place, text in enumerate(texts) if text.strip()]
    wanted = reversed(places) if section == "recalled" else places
    pieces = (_item(section, place, most, texts[place]) for place in wanted)
    return Supply(section, len(places), _run(pieces, most - head, passing_over=_MISFITS), head)


def passages(texts: Sequence[str], policy: BudgetPolicy) -> Supply:
    """The evidence, best first. What follows one that doesn't fit stays out too: it is worth less."""
    most = policy.cap("evidence")
    pieces = (_piece(place, most, f"{beside(text)}\n\n") for place, text in enumerate(texts))
    return Supply("evidence", len(texts), _run(pieces, most))


def turns(window: Sequence[WindowTurn], policy: BudgetPolicy) -> Supply:
    """The window's turns, the newest first; that one is cut if the cap doesn't hold it whole."""
    most = policy.cap("window")
    pieces = (_turn(place, most, window[place]) for place in reversed(range(len(window))))
    kept = _run(pieces, most)
    if window and not kept and most >= _LEAST_TURN:
        kept = [_shortened(_turn(len(window) - 1, most, window[-1]), most)]
    return Supply("window", len(window), kept)


def _item(section: PromptSection, place: int, most: int, text: str) -> Piece:
    if len(text) > most * LONGEST_TOKEN:
        return Piece(place, (), most + 1)  # not worth reading
    return _piece(place, most, f"{_BULLETS[section]}{enclosed(text)}\n")


def _turn(place: int, most: int, turn: WindowTurn) -> Piece:
    said = (defused(turn["user"]), defused(turn["assistant"]))
    return _piece(place, most, *(text if text.strip() else UNSAID for text in said), around=2 * PER_MESSAGE)


def _piece(place: int, most: int, *texts: str, around: int = 0) -> Piece:
    """A piece with its exact cost, or some cost above `most` when it is."""
    return Piece(place, texts, sum(count(text) if fits(text, most) else most + 1 for text in texts) + around)


def _shortened(turn: Piece, limit: int) -> Piece:
    """The turn cut to the limit: the user's words keep what the answer leaves, and half of it at least."""
    room = limit - 2 * PER_MESSAGE
    user, answer = turn.texts
    user = cut_middle(user, room - count(answer) if fits(answer, room // 2) else room - room // 2)
    answer = cut_middle(answer, room - count(user))
    return Piece(turn.place, (user, answer), count(user) + count(answer) + 2 * PER_MESSAGE, shortened=True)


def _run(pieces: Iterable[Piece], limit: int, *, passing_over: int = 0) -> list[Piece]:
    """The leading pieces that fit in sum, but for so many that don't."""
    kept: list[Piece] = []
    for piece in pieces:
        if piece.tokens <= limit:
            kept.append(piece)
            limit -= piece.tokens
        elif passing_over:
            passing_over -= 1
        else:
            break
    return kept
