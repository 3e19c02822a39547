"""The operator's one door: serve, ingest, ask, users, tickets, perimeter, doctor.

Exit codes: 0 done, 1 failed, 2 wrong use. Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.table import Table
from rich.text import Text

from assistant import __version__
from assistant.bootstrap import Assistant, Library, examine, open_assistant, open_library
from assistant.cli.callers import GUEST, caller_named
from assistant.cli.desk import tickets, users
from assistant.cli.perimeter import perimeter
from assistant.cli.terminal import cell, complain, counting, err, log_to_file, log_to_stderr, out, run, shown
from assistant.errors import AssistantError, ConfigurationError, InvalidMessageError
from assistant.settings import Settings, load_settings
from assistant.values import PUBLIC, Finished, Record, Stage, Token, Turn

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help="A conversational assistant."
)
app.add_typer(users, name="users")
app.add_typer(tickets, name="tickets")
app.add_typer(perimeter, name="perimeter")


def main() -> None:
    """Run the command line; errors are one line that names the thing and the way out."""
    log_to_stderr()
    try:
        app()
    except (ConfigurationError, InvalidMessageError) as exc:
        complain(exc)
        sys.exit(2)
    except AssistantError as exc:
        complain(exc)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _version(wanted: bool) -> None:
    if wanted:
        out.print(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    del version


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    ingest: Annotated[list[Path] | None, typer.Option(help="Bring these folders or files in first.")] = None,
) -> None:
    """Serve the chat."""
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    run(_serve(load_settings(**given), ingest or []))


async def _serve(settings: Settings, folders: list[Path]) -> None:
    from assistant.ui.serving import listen, serve_until_stopped

    with listen(settings.host, settings.port) as socket, err.status("Starting ...") as status:
        async with open_assistant(settings, say=status.update, sweeps=True) as assistant:
            log_to_file(assistant.folder)
            if folders:
                status.stop()
                await _ingest_with_progress(assistant, folders, frozenset({PUBLIC}))
                status.start()
            status.update("Starting the chat ...")
            await serve_until_stopped(
                assistant,
                socket,
                folder=assistant.folder / "ui",
                allowed_origins=assistant.allowed_origins,
                ready=lambda url: _welcome(assistant, url, status.stop),
            )


def _command() -> str:
    """How this command is called from where it was called."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "assistant" else "assistant"


def _welcome(assistant: Assistant, url: str, stop_status: Any) -> None:
    stop_status()
    err.print(f"\n  [bold]{assistant.policy.organisation or 'The assistant'}[/] is at [bold cyan]{url}[/]")
    if assistant.guests:
        err.print("  Guests start at once. To sign in with more rights, make an account and use “Sign in”:")
    else:
        err.print("  Make an account to sign in with:")
    err.print(f"    {_command()} users add you@example.com --role staff", highlight=False, soft_wrap=True)
    if assistant.origin_note:
        err.print(f"  [dim]{assistant.origin_note}[/]")
    err.print("  Stop with Ctrl+C.\n")


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Folders and files: md, html, txt, pdf, docx, jsonl(.gz).")],
    audience: Annotated[str, typer.Option(help="Groups, comma-separated, for documents that name none.")] = PUBLIC,
    rebuild: Annotated[bool, typer.Option(help="Make the index anew, e.g. after changing the embedder.")] = False,
) -> None:
    """Bring documents in; unchanged ones are skipped, those gone from a folder are removed."""
    groups = frozenset(group.strip() for group in audience.split(",") if group.strip())
    if not groups:
        raise ConfigurationError("--audience names no group; name one, for example --audience public")

    async def work() -> None:
        async with open_library(load_settings(), rebuild=rebuild) as library:
            await _ingest_with_progress(library, paths, groups, rebuild=rebuild)

    run(work())


async def _ingest_with_progress(
    library: Library, paths: list[Path], audience: frozenset[str], *, rebuild: bool = False
) -> None:
    with counting("Reading") as progress:
        summary = await library.ingest(paths, audience=audience, progress=progress, rebuild=rebuild)
    table = Table(title="Documents", title_justify="left", show_header=False, box=None)
    for name in ("added", "changed", "unchanged", "removed"):
        table.add_row(name, str(getattr(summary, name)))
    table.add_row("refused", str(len(summary.refused)))
    table.add_row("passages embedded", str(summary.embedded))
    table.add_row("seconds", f"{summary.seconds:.1f}")
    err.print(table)
    for groups, count in sorted(summary.audiences.items(), key=lambda item: -item[1]):
        who = "everyone (public)" if PUBLIC in groups else " and ".join(sorted(groups)) or "nobody"
        err.print(f"  {count} may be seen by {who}", highlight=False, markup=False)
    for name, why in summary.refused:
        err.print(f"  refused {shown(name)}: {shown(why)}", highlight=False, markup=False)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What to ask.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    as_user: Annotated[str, typer.Option("--as", help="An account's e-mail, or guest.")] = GUEST,
    thread: Annotated[str, typer.Option(help="Go on with this conversation.")] = "",
) -> None:
    """Take one turn through the same code as the chat."""
    run(_ask(load_settings(), question, as_json, as_user, thread))


async def _ask(settings: Settings, question: str, as_json: bool, as_user: str, thread: str) -> int:
    async with open_assistant(settings) as assistant:
        log_to_file(assistant.folder)
        caller = await caller_named(assistant.stores, as_user)
        turn = Turn(thread or str(uuid4()), uuid4().hex, question, caller, datetime.now(UTC))
        record: Record | None = None
        async for event in assistant.take(turn):
            if isinstance(event, Token) and not as_json:
                sys.stdout.write(shown(event.text))
                sys.stdout.flush()
            if isinstance(event, Stage):
                logging.getLogger(__name__).info("%s: %s (%.0f ms)", event.name, event.detail, event.ms)
            if isinstance(event, Finished):
                record = event.record
        if record is None:
            raise AssistantError("the turn ended without a record")
    if as_json:
        sys.stdout.write(json.dumps(as_data(record), ensure_ascii=False) + "\n")
    else:
        _print_sources(record)
    return 1 if record.status == "failed" else 0


def answer_text(record: Record) -> str:
    """The answer with the choices that the chat shows as buttons."""
    asked = record.verdict is not None and record.verdict.decision == "clarify"
    choices = record.verdict.choices if record.verdict is not None and asked else ()
    return "\n".join([record.answer, *(f"- {choice}" for choice in choices)])


def as_data(record: Record) -> dict[str, Any]:
    """A turn as `assistant ask --json` prints it."""
    verdict = record.verdict
    stages = {str(stage["name"]): stage["ms"] for stage in record.stages}
    return {
        "answer": answer_text(record),
        "verdict": {
            "decision": verdict.decision if verdict else "refuse",
            "rule": verdict.rule if verdict else record.status,
            "reason": verdict.reason if verdict else "the turn did not reach a verdict",
            "scores": dict(verdict.scores) if verdict else {},
        },
        "citations": [
            {"document": c.document_id, "section": c.section, "quote": c.quote, "url": c.url} for c in record.citations
        ],
        "timings_ms": {**stages, **record.timings_ms},
        "tokens": {
            "prompt": record.usage.prompt,
            "completion": record.usage.completion,
            "by_section": dict(record.usage.by_section),
        },
        "thread_id": record.thread_id,
        "trace_id": record.trace_id,
        "ticket": record.ticket or None,
    }


def _print_sources(record: Record) -> None:
    out.print(answer_text(record)[len(record.answer) :], highlight=False, markup=False)
    if record.notice:
        err.print(Text(f"\n{shown(record.notice)}", style="dim"))
    listed: dict[int, str] = {}
    for citation in record.citations:
        listed.setdefault(citation.index, " › ".join(part for part in (citation.title, citation.section) if part))
    for index, where in sorted(listed.items()):
        out.print(f"  [{index}] {where}", highlight=False, markup=False)
    err.print(f"[dim]conversation {record.thread_id} · trace {record.trace_id}[/]")


@app.command()
def doctor() -> None:
    """Say where each part runs, its version, and whether it is well; exit 1 if one is not."""

    async def work() -> int:
        parts = await examine(load_settings())
        table = Table("part", "", "where", "version", "")
        for part in parts:
            mark = Text("well", "green") if part.well else Text("unwell", "bold red")
            table.add_row(part.name, mark, cell(part.where), cell(part.version), cell(part.detail))
        out.print(table)
        return 0 if all(part.well for part in parts) else 1

    run(work())
