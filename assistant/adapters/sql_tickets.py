"""Tickets in SQL."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from assistant.adapters.sql_engine import Database
from assistant.adapters.sql_errors import PART
from assistant.adapters.sql_schema import FIRST_TICKET, OPEN_STATES, counters, tickets
from assistant.errors import UnavailableError
from assistant.values import Ticket, TicketState

_ATTEMPTS = 3
_NUMBER = re.compile(r"[Tt]-([1-9][0-9]{0,17})")


class SqlTickets:
    """Implements `ports.Tickets`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, ticket: Ticket) -> Ticket:
        for _ in range(_ATTEMPTS):
            stored = await self._present(ticket) or await self._store(ticket)
            if stored is not None:
                return stored
        raise UnavailableError(PART, f"tickets of thread {ticket.thread_id} open and close too fast; try again")

    async def get(self, number: str) -> Ticket | None:
        spelled = _NUMBER.fullmatch(number.strip())
        if spelled is None:
            return None
        return await self._first(sa.select(tickets).where(tickets.c.number == int(spelled[1])))

    async def of_thread(self, thread_id: str) -> Ticket | None:
        return await self._first(
            sa.select(tickets).where(tickets.c.thread_id == thread_id).order_by(tickets.c.number.desc()).limit(1)
        )

    async def listed(self, *, state: TicketState | None = None, limit: int = 100) -> list[Ticket]:
        """Newest first."""
        statement = sa.select(tickets).order_by(tickets.c.number.desc()).limit(limit)
        if state is not None:
            statement = statement.where(tickets.c.state == state)
        async with self._database.read() as connection:
            return [_ticket(row) for row in (await connection.execute(statement)).mappings()]

    async def _first(self, statement: sa.Select[Any]) -> Ticket | None:
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).mappings().first()
        return None if row is None else _ticket(row)

    async def _present(self, ticket: Ticket) -> Ticket | None:
        """The ticket itself, stored before, or the open one of its thread."""
        open_of_thread = sa.and_(tickets.c.thread_id == ticket.thread_id, tickets.c.state.in_(OPEN_STATES))
        known = sa.select(tickets).where(sa.or_(tickets.c.id == ticket.id, open_of_thread))
        return await self._first(known.order_by(tickets.c.number.desc()))

    async def _store(self, ticket: Ticket) -> Ticket | None:
        """Insert under the next number; None when another one was faster (a number is lost then, none is doubled)."""
        async with self._database.write() as connection:
            # The counter's row is locked until the commit, so numbers rise in the order of commits.
            number = (await connection.execute(self._next_number())).scalar_one()
            statement = self._database.insert(tickets).values(_row(ticket, number)).on_conflict_do_nothing()
            row = (await connection.execute(statement.returning(*tickets.c))).mappings().one_or_none()
        return None if row is None else _ticket(row)

    def _next_number(self) -> sa.Executable:
        insert = self._database.insert(counters).values(name="tickets", value=FIRST_TICKET)
        raised = insert.on_conflict_do_update(index_elements=[counters.c.name], set_={"value": counters.c.value + 1})
        return raised.returning(counters.c.value)


def _row(ticket: Ticket, number: int) -> dict[str, Any]:
    return {column.name: getattr(ticket, column.name) for column in tickets.c} | {"number": number}


def _ticket(row: Any) -> Ticket:
    return Ticket(**{**row, "number": f"T-{row['number']}"})
