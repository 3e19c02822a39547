"""Accounts and tickets: what an operator does while the chat is running."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from assistant.bootstrap import open_accounts
from assistant.cli.terminal import cell, out, run
from assistant.errors import NotFoundError
from assistant.settings import load_settings
from assistant.values import groups_of

users = typer.Typer(no_args_is_help=True, help="Accounts and their roles.")
tickets = typer.Typer(no_args_is_help=True, help="Conversations that wait for a person.")


class RoleName(StrEnum):
    """The roles an account can have."""

    member = "member"
    staff = "staff"
    developer = "developer"
    operator = "operator"


@users.command("add")
def users_add(
    email: str,
    role: Annotated[RoleName, typer.Option(help="What it may do.")] = RoleName.member,
    group: Annotated[list[str] | None, typer.Option(help="A further group, may be repeated.")] = None,
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="NEW_USER_PASSWORD")
    ] = "",
) -> None:
    """Make an account."""

    async def work() -> None:
        async with open_accounts(load_settings()) as stores:
            user = await stores.users.add(email, password, role.value, frozenset(group or ()))
            out.print(f"{user.email} is a {user.role}.")

    run(work())


@users.command("list")
def users_list() -> None:
    """All accounts."""

    async def work() -> None:
        async with open_accounts(load_settings()) as stores:
            table = Table("e-mail", "role", "groups", "active")
            for user in await stores.users.all():
                groups = ", ".join(sorted(groups_of(user.role, user.groups)))
                table.add_row(cell(user.email), user.role, cell(groups), "yes" if user.active else "no")
            out.print(table)

    run(work())


@users.command("change")
def users_change(
    email: str,
    role: Annotated[RoleName | None, typer.Option(help="The new role.")] = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive", help="Whether it may sign in.")] = None,
) -> None:
    """Change an account's role, or close and open it; it holds within seconds, for open chats too."""

    async def work() -> None:
        async with open_accounts(load_settings()) as stores:
            user = await stores.users.change(email, role=role.value if role else None, active=active)
            out.print(f"{user.email} is {'an active' if user.active else 'an inactive'} {user.role}.")

    run(work())


@tickets.command("list")
def tickets_list() -> None:
    """The newest tickets."""

    async def work() -> None:
        async with open_accounts(load_settings()) as stores:
            table = Table("number", "state", "queue", "reason", "priority", "opened", "summary")
            for t in await stores.tickets.listed():
                opened = t.opened_at.strftime("%Y-%m-%d %H:%M")
                table.add_row(t.number, t.state, cell(t.queue), t.reason, str(t.priority), opened, cell(t.summary))
            out.print(table)

    run(work())


@tickets.command("show")
def tickets_show(number: str) -> None:
    """A ticket with its packet and the conversation so far."""

    async def work() -> None:
        async with open_accounts(load_settings()) as stores:
            ticket = await stores.tickets.get(number.upper())
            if ticket is None:
                raise NotFoundError(f"there is no ticket {number}; `assistant tickets list` shows them")
            out.print_json(json.dumps(dict(ticket.packet), default=str))
            for record in await stores.records.of_thread(ticket.thread_id):
                out.print(f"\n[bold]user[/] {record.created_at:%Y-%m-%d %H:%M}", highlight=False)
                out.print(cell(record.question))
                out.print("[bold]assistant[/]")
                out.print(cell(record.answer))

    run(work())
