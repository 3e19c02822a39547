"""`assistant perimeter`: draft a policy, check it, fit it, and ask why it decides as it does."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from assistant.bootstrap import load_perimeter, open_assistant
from assistant.bootstrap.drafting import draft_perimeter
from assistant.bootstrap.thorough_fitting import MINUTES
from assistant.cli.callers import GUEST, caller_named
from assistant.cli.perimeter_check import CheckOptions, check_cases, limits_given
from assistant.cli.perimeter_explain import explained, print_explained
from assistant.cli.terminal import counting, err, log_to_file, out, run, shown
from assistant.errors import ConfigurationError
from assistant.perimeter.policy import Policy
from assistant.perimeter.report.cases import read_cases, read_golden, read_history
from assistant.perimeter.report.measuring import Mistake
from assistant.settings import load_settings

perimeter = typer.Typer(no_args_is_help=True, help="The policy of what is answered.")

Share = Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Exit 1 above this share, from 0 to 1.")]


@perimeter.command()
def init(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("perimeter.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Draft a policy from the documents that are indexed, for people to edit."""
    if path.exists() and not force:
        raise ConfigurationError(f"{path} is there already. Name another file, or replace it with --force.")
    _folder_of(path)

    async def work() -> None:
        with counting("Reading the documents") as progress:
            text = await draft_perimeter(load_settings(), progress=progress)
        _write(path, text)

    run(work())
    policy = load_perimeter(load_settings(perimeter=path))
    err.print(f"{shown(str(path))} drafts {_said(policy)} Read it once, then:", highlight=False, markup=False)
    err.print("  assistant perimeter check\n  assistant perimeter fit", highlight=False)


@perimeter.command()
def check(
    path: Annotated[Path | None, typer.Argument(help="A policy file. Default: the one in force.")] = None,
    cases: Annotated[Path | None, typer.Option(help="A CSV with text,expected and groups,history,id,kind.")] = None,
    golden: Annotated[Path | None, typer.Option(help="A folder of golden cases (*.jsonl).")] = None,
    report: Annotated[Path | None, typer.Option(help="Write one self-contained HTML page here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    max_false_answers: Share = None,
    max_false_refusals: Share = None,
    max_needless_handoffs: Share = None,
    strict: Annotated[bool, typer.Option(help="Hold the upper end of the interval to the limits.")] = False,
) -> None:
    """Say whether a policy file can be used; with cases, how it decides on them.

    Each limit is held to the share that was counted, or with --strict to the upper end of its 95 % interval, which
    asks for enough cases: none wrong of 200 is 1.9 % at worst. Without --max-false-answers the policy's own limit
    counts. Exit 1 when a limit is passed, 2 when the policy or the cases can't be used.
    """
    settings = load_settings(**({"perimeter": path} if path else {}))
    policy = load_perimeter(settings)
    given: dict[Mistake, float | None] = {
        "false_answer": max_false_answers,
        "false_refusal": max_false_refusals,
        "needless_handoff": max_needless_handoffs,
    }
    if cases is None and golden is None:
        if report or as_json or strict or any(limit is not None for limit in given.values()):
            raise ConfigurationError("There are no cases to measure on. Name them with --cases or --golden.")
        out.print(f"{shown(policy.organisation) or 'Default policy'}: {_said(policy)}", highlight=False, markup=False)
        return
    if report is not None:
        _folder_of(report)
    read = [*(read_cases(cases) if cases else ()), *(read_golden(golden) if golden else ())]
    source = " and ".join(each.name for each in (cases, golden) if each)
    chosen = frozenset(mistake for mistake, limit in given.items() if limit is not None)
    options = CheckOptions(limits_given(given, policy, strict=strict), chosen, source, as_json=as_json)

    async def work() -> int:
        async with open_assistant(settings) as assistant:
            log_to_file(assistant.folder)
            page, code = await check_cases(read, assistant, policy, options, release=assistant.release)
        if report is not None:
            _write(report, page)
            err.print(f"The report is in {shown(str(report))}", highlight=False, markup=False)
        return code

    run(work())


@perimeter.command()
def explain(
    question: Annotated[str, typer.Argument(help="A message as a user would write it.")],
    as_user: Annotated[str, typer.Option("--as", help="An account's e-mail, or guest.")] = GUEST,
    history: Annotated[
        Path | None, typer.Option(help="The user's earlier messages, a line each, or JSON lines.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what would be decided on a message, and why. Nothing is answered or stored."""
    if not question.strip():
        raise ConfigurationError("the question is empty")
    before = read_history(history) if history else ()

    async def work() -> None:
        async with open_assistant(load_settings()) as assistant:
            log_to_file(assistant.folder)
            caller = await caller_named(assistant.stores, as_user)
            considered = await assistant.consider(question, caller, history=before)
        if as_json:
            typer.echo(json.dumps(explained(considered), ensure_ascii=False))
        else:
            print_explained(considered)

    run(work())


@perimeter.command()
def fit(
    examples: Annotated[Path | None, typer.Option(help="More examples: a CSV with text,label; label `oos`.")] = None,
    thorough: Annotated[bool, typer.Option("--thorough", help="Tune the encoder too: minutes, not seconds.")] = False,
    minutes: Annotated[float, typer.Option(min=0.1, max=120, help="Of training, with --thorough.")] = MINUTES,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Learn from the policy's examples what is ours, and say how well that went on examples held out."""

    from assistant.bootstrap.fitting import fit_perimeter  # what fitting needs, no other command does

    async def work() -> None:
        with err.status("Fitting ...") as status:
            report = await fit_perimeter(
                load_settings(),
                examples=examples,
                thorough=thorough,
                minutes=minutes,
                say=lambda text: status.update(shown(text)),
            )
        if as_json:
            typer.echo(json.dumps(report.as_dict(), ensure_ascii=False))
        else:
            for line in report.lines():
                out.print(shown(line), highlight=False, markup=False)

    run(work())


def _said(policy: Policy) -> str:
    return f"{len(policy.topics)} topics, {len(policy.sensitive)} sensitive."


def _folder_of(path: Path) -> None:
    """Refuses a file that couldn't be written, before the work is done."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise ConfigurationError(f"{path} can't be written: name a file in a folder that is there.")


def _write(path: Path, text: str) -> None:
    """The whole file or nothing."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(path)
    except OSError as exc:
        beside.unlink(missing_ok=True)
        raise ConfigurationError(f"{path} can't be written ({exc}).") from exc
