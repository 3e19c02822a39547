"""What each stage says it did, in one line for the user's steps and for the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assistant.graph.state import State
from assistant.memory.ledger import by_section


@dataclass(frozen=True, slots=True)
class StageInfo:
    """How a node shows: its kind of observation, its title, and a line about what it did (state before, update)."""

    kind: str
    title: str
    line: Callable[[State, State], str]


def _understood(state: State, update: State) -> str:
    question = update["question"]
    return "Taken as it is" if question == state["screened"].text else f"Read as: {question}"


def _recalled(_: State, update: State) -> str:
    found = len(update["recalled"])
    return f"{found} earlier turn{'' if found == 1 else 's'} recalled" if found else "Nothing from earlier needed"


def _retrieved(_: State, update: State) -> str:
    evidence = update["evidence"]
    titles = list(dict.fromkeys(hit.passage.title or hit.passage.document_id for hit in evidence.kept))
    if not titles:
        return "No passage fits"
    found = len(evidence.kept) + len(evidence.rejected)
    return f"{len(evidence.kept)} of {found} passages kept, from: {'; '.join(titles)}"


def _judged(_: State, update: State) -> str:
    verdict = update["verdict"]
    return f"{verdict.decision.capitalize()} ({verdict.rule}): {verdict.reason}"


def _screened(_: State, update: State) -> str:
    findings = update["screened"].findings
    return "Nothing conspicuous" if not findings else f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"


def _assembled(_: State, update: State) -> str:
    return ", ".join(f"{name} {tokens}" for name, tokens in by_section(update["ledger"]).items() if tokens) + " tokens"


def _acted(state: State, update: State) -> str:
    fresh = update["called"][len(state.get("called", [])) :]
    return "; ".join(f"{call['name']}{'' if call['ok'] else ' (refused or failed)'}" for call in fresh)


def _quoted(_: State, update: State) -> str:
    draft = update["draft"]
    if draft is None:
        return "No sentence answers"
    cited = len({citation.passage_id for citation in draft.citations})
    return f"Quoted from {cited} passage{'' if cited == 1 else 's'}"


def _generated(_: State, update: State) -> str:
    return "Asked for tools" if update["calls"] else "Written by the language model"


def _ticket(_: State, update: State) -> str:
    ticket = update["ticket"]
    return f"Ticket {ticket.number}" if ticket else "No ticket"


def _checked(_: State, update: State) -> str:
    verdict = update.get("verdict")
    return f"{verdict.decision.capitalize()} ({verdict.rule})" if verdict else update.get("notice") or "Passed"


def _silent(_: State, __: State) -> str:
    return ""


STAGES: Mapping[str, StageInfo] = {
    "screen": StageInfo("guardrail", "Check the message", _screened),
    "restore": StageInfo("retriever", "Bring memory up to date", _silent),
    "understand": StageInfo("embedding", "Understand the question", _understood),
    "recall": StageInfo("retriever", "Recall the conversation", _recalled),
    "retrieve": StageInfo("retriever", "Search the documents", _retrieved),
    "judge": StageInfo("evaluator", "Decide", _judged),
    "assemble": StageInfo("chain", "Put the prompt together", _assembled),
    "generate": StageInfo("chain", "Write the answer", _generated),
    "act": StageInfo("tool", "Use tools", _acted),
    "doubt": StageInfo("evaluator", "Decide anew", _judged),
    "look_up": StageInfo("tool", "Look up the ticket", _silent),
    "quote": StageInfo("chain", "Choose the quotes", _quoted),
    "check": StageInfo("guardrail", "Check the answer", _checked),
    "clarify": StageInfo("chain", "Ask back", _silent),
    "refuse": StageInfo("chain", "Decline", _silent),
    "hand_off": StageInfo("chain", "Open a ticket", _ticket),
    "deliver": StageInfo("chain", "Deliver", _silent),
    "record": StageInfo("chain", "Record", _silent),
    "fold": StageInfo("chain", "Fold the memory", _silent),
}
SHOWN = frozenset(
    {"screen", "understand", "recall", "retrieve", "judge", "assemble", "generate", "act", "doubt", "quote", "check"}
)
