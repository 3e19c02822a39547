"""The rolling summary: bounded lines that name their turns and documents.

Without a model the lines are verbatim clauses of the turns, chosen to tell most within the bound. A model's lines are
checked one by one, and what it left out is put beside them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.memory.contents import Pin, Section, Speaker, SummaryLine, WindowTurn
from assistant.memory.pins import lost_pins
from assistant.memory.summary_check import supported
from assistant.memory.summary_clauses import Clause, clauses
from assistant.memory.summary_rendering import split_speaker
from assistant.memory.summary_reply import Said, said
from assistant.memory.summary_sections import idle, refused, section, settled
from assistant.memory.summary_selection import best, select
from assistant.memory.summary_words import stems, tells
from assistant.memory.tokens import clip
from assistant.memory.window import WindowPolicy

_MOST_TURNS = 12  # a line that cites everything rests on nothing in particular
_SPEAKERS: dict[Speaker, str] = {"user": "User", "assistant": "Assistant"}


def summarise(lines: Sequence[SummaryLine], leaving: Sequence[WindowTurn], policy: WindowPolicy) -> list[SummaryLine]:
    """The old lines and the leaving turns' clauses, as many as tell most within the cap; turns folded before add none.

    Of the newest turn, and of what the user came for, a line always stays.
    """
    fresh = unfolded(lines, leaving)
    made = _lines_of_all(fresh, policy, opening=not lines)
    if not made:
        return list(lines)
    pool = [_up_to_date(line, fresh) for line in [*lines, *made]]
    return select(pool, policy.summary_tokens, first=_first(pool, newest=_newest(pool, fresh)))


def summarise_from_model(
    reply: str,
    lines: Sequence[SummaryLine],
    leaving: Sequence[WindowTurn],
    pins: Sequence[Pin],
    policy: WindowPolicy,
) -> list[SummaryLine] | None:
    """A model's summary, as far as it can be trusted, within the cap; None when no line of it can.

    A line stays when it cites turns or old lines and says nothing they don't. Old lines that it doesn't replace stay, a
    turn that it left out gets its best clause, a pin that it lost gets the clause it stands in.
    """
    fresh = unfolded(lines, leaving)
    if not _lines_of_all(fresh, policy, opening=not lines):
        return list(lines)
    sources = _sources(lines, leaving)
    accepted = [(each, line) for each in said(reply) if (line := _checked(each, sources, policy))]
    if not accepted:
        return None
    replaced = {alias for each, _ in accepted for alias in each.cited}
    made = [line for number, line in enumerate(lines, 1) if f"l{number}" not in replaced]
    made += [line for _, line in accepted]
    made += _left_out(made, fresh, policy)
    made += _lost(pins, made, fresh, policy)
    pool = list({line["id"]: line for line in made}.values())
    return select(pool, policy.summary_tokens, first=_first(pool, newest=_newest(pool, fresh)))


def unfolded(lines: Sequence[SummaryLine], leaving: Sequence[WindowTurn]) -> list[WindowTurn]:
    """The turns after the last one the lines know: folds go from the oldest on, so the others were folded before."""
    known = {turn for line in lines for turn in line["turns"]}
    last = max((at for at, turn in enumerate(leaving) if turn["turn"] in known), default=-1)
    return list(leaving[last + 1 :])


def lines_of(turn: WindowTurn, policy: WindowPolicy, *, opening: bool = False) -> list[SummaryLine]:
    """Every clause of a turn that tells something as a line of its own; none for "thanks" and "you're welcome"."""
    unanswered = refused(turn)
    telling = [each for each in clauses(turn) if tells(each.text) and not idle(each)]
    made = (_line(turn, each, section(each, opening=opening, unanswered=unanswered), policy) for each in telling)
    return list({line["id"]: line for line in made}.values())


def line_id(turns: Sequence[str], text: str) -> str:
    """A line's id: the same as long as its words and turns are."""
    return hashlib.blake2s("\n".join([*turns, text]).encode(), digest_size=6).hexdigest()


def _lines_of_all(turns: Sequence[WindowTurn], policy: WindowPolicy, *, opening: bool) -> list[SummaryLine]:
    first = turns[:1] if opening else []
    made = [line for turn in first for line in lines_of(turn, policy, opening=True)]
    return made + [line for turn in turns[len(first) :] for line in lines_of(turn, policy)]


def _up_to_date(line: SummaryLine, fresh: Sequence[WindowTurn]) -> SummaryLine:
    """The line, no longer open when one of the turns after its own settled it."""
    if line["section"] != "open":
        return line
    own = max((at for at, turn in enumerate(fresh) if turn["turn"] in line["turns"]), default=-1)
    return SummaryLine({**line, "section": "purpose"}) if settled(line, fresh[own + 1 :]) else line


@dataclass(frozen=True, slots=True)
class _Source:
    """What an alias of the prompt stands for; `undocumented` is the part of its text that rests on no document."""

    text: str
    undocumented: str
    turns: tuple[str, ...]
    documents: dict[str, str]


def _sources(lines: Sequence[SummaryLine], leaving: Sequence[WindowTurn]) -> dict[str, _Source]:
    old = {f"l{number}": _old_source(line) for number, line in enumerate(lines, 1)}
    new = {
        f"t{n}": _Source(f"{turn['user']}\n{turn['assistant']}", turn["user"], (turn["turn"],), turn["documents"])
        for n, turn in enumerate(leaving, 1)
    }
    return {**old, **new}


def _old_source(line: SummaryLine) -> _Source:
    free = "" if line["documents"] else line["text"]
    return _Source(line["text"], free, tuple(line["turns"]), line["documents"])


def _checked(each: Said, sources: Mapping[str, _Source], policy: WindowPolicy) -> SummaryLine | None:
    cited = [sources[alias] for alias in each.cited if alias in sources]
    turns = list(dict.fromkeys(turn for source in cited for turn in source.turns))
    speaker, bare = split_speaker(each.text)
    if not turns or len(turns) > _MOST_TURNS or not supported(bare, "\n".join(source.text for source in cited)):
        return None
    clipped = clip(bare, policy.longest_line)
    text = f"{speaker}: {clipped}" if speaker else clipped
    return SummaryLine(
        id=line_id(turns, text),
        section=each.section,
        text=text,
        turns=turns,
        documents=_documents(bare, cited, sources.values()),
    )


def _documents(text: str, cited: Sequence[_Source], read: Iterable[_Source]) -> dict[str, str]:
    """None when every telling word was said without a document by what is cited; else those of what is cited.

    A line that cites none of those it can have its words from rests on all that were read.
    """
    if stems(text) <= stems("\n".join(source.undocumented for source in cited)):
        return {}
    theirs = {key: version for source in cited for key, version in source.documents.items()}
    return theirs or {key: version for source in read for key, version in source.documents.items()}


def _left_out(made: Sequence[SummaryLine], fresh: Sequence[WindowTurn], policy: WindowPolicy) -> list[SummaryLine]:
    """The best clause of each turn that no line names."""
    named = {turn for line in made for turn in line["turns"]}
    return [best(mine) for turn in fresh if turn["turn"] not in named and (mine := lines_of(turn, policy))]


def _lost(
    pins: Sequence[Pin], made: Sequence[SummaryLine], fresh: Sequence[WindowTurn], policy: WindowPolicy
) -> list[SummaryLine]:
    """The clauses of the leaving turns that hold what a pin says and no line does."""
    lost = lost_pins(pins, "\n".join(line["text"] for line in made))
    clauses_of = {turn["turn"]: lines_of(turn, policy) for turn in fresh}
    holding = (
        next((line for line in clauses_of.get(pin["turn"], []) if pin["text"] in line["text"]), None) for pin in lost
    )
    return [line for line in holding if line]


def _newest(pool: Sequence[SummaryLine], fresh: Sequence[WindowTurn]) -> str:
    """The newest of the leaving turns that a line names."""
    named = {turn for line in pool for turn in line["turns"]}
    return next((turn["turn"] for turn in reversed(fresh) if turn["turn"] in named), "")


def _line(turn: WindowTurn, clause: Clause, where: Section, policy: WindowPolicy) -> SummaryLine:
    text = f"{_SPEAKERS[clause.speaker]}: {clip(clause.text, policy.longest_line)}"
    documents = dict(turn["documents"]) if clause.speaker == "assistant" else {}
    return SummaryLine(
        id=line_id([turn["turn"]], text), section=where, text=text, turns=[turn["turn"]], documents=documents
    )


def _first(pool: Sequence[SummaryLine], *, newest: str) -> list[int]:
    """What goes before all others: a line of the newest turn, and the first that says what the user came for."""
    of_newest = next((at for at, line in enumerate(pool) if newest in line["turns"]), None)
    purpose = next((at for at, line in enumerate(pool) if line["section"] == "purpose"), None)
    return list(dict.fromkeys(at for at in (of_newest, purpose) if at is not None))
