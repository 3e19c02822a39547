"""What a model's tool calls reach in a turn: search under the caller's rights, a ticket for this conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.graph.ages import in_date
from assistant.graph.context import TurnContext
from assistant.graph.prompting import render_passage
from assistant.graph.state import State
from assistant.handoff.packet import make_packet
from assistant.handoff.ticket import new_ticket
from assistant.knowledge.retrieval import retrieve
from assistant.tools.tool import ToolContext
from assistant.values import Evidence, Ticket, Verdict


async def own_ticket(context: TurnContext, number: str) -> Ticket | None:
    """The ticket of that number, or the conversation's newest; None when it is absent or another's."""
    tickets = context.can.stores.tickets
    ticket = await tickets.get(number) if number else await tickets.of_thread(context.turn.thread_id)
    return ticket if ticket is not None and ticket.user_id == context.turn.caller.id else None


class TurnTools:
    """The reach of one turn's calls. New passages join `evidence` and its numbers; `ticket` is what was opened."""

    def __init__(self, state: State, context: TurnContext) -> None:
        self._state = state
        self._context = context
        self.evidence = state.get("evidence") or Evidence(state.get("question", ""))
        self.ticket: Ticket | None = state.get("ticket")

    @property
    def context(self) -> ToolContext:
        """What a tool is given. The caller comes from the turn."""
        return ToolContext(
            caller=self._context.turn.caller,
            thread_id=self._context.turn.thread_id,
            search=self._search,
            request_person=self._request_person,
            tickets=self._context.can.stores.tickets,
        )

    async def _search(self, query: str) -> Sequence[str]:
        can = self._context.can
        (vector,) = await can.embedder.encode([query])
        groups = self._context.turn.caller.groups
        every = await retrieve(query, vector, groups, index=can.index, policy=can.policies.retrieval)
        found = in_date(every, can)
        known = {hit.passage.id for hit in self.evidence.kept}
        fresh = tuple(hit for hit in found.kept if hit.passage.id not in known)
        self.evidence = replace(self.evidence, kept=(*self.evidence.kept, *fresh))
        wanted = {hit.passage.id for hit in found.kept}
        return [render_passage(n, hit) for n, hit in enumerate(self.evidence.kept, 1) if hit.passage.id in wanted]

    async def _request_person(self, note: str) -> str:
        can, turn = self._context.can, self._context.turn
        verdict = Verdict("handoff", "model-asked", note, ticket_reason="low_confidence")
        packet = make_packet(
            question=turn.text,
            verdict=verdict,
            evidence=self.evidence,
            turns=self._state.get("window", []),
            summary=self._state.get("summary", []),
            groups=sorted(turn.caller.groups),
        )
        wanted = new_ticket(
            thread_id=turn.thread_id,
            caller=turn.caller,
            verdict=verdict,
            question=turn.text,
            packet=packet,
            now=can.clock(),
        )
        self.ticket = await can.stores.tickets.open(wanted)
        return self.ticket.number
