"""How a turn looks in the chat: the same steps and elements whether it streams now or comes out of the records."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from assistant.values import Citation, Record, Thread

Step = dict[str, Any]
Element = dict[str, Any]

AUTHOR = "Assistant"
PERSON_COMMAND = "Talk to a person"
ASK_FOR_PERSON = "I'd like to talk to a person."
WORKING = "Working on it"
WORKED = "What I did"
STOPPED = "Stopped before it was finished."
FAILED = "Something went wrong on our side, and this question wasn't answered. Please try again."

_RUN = "run-"
_MARK = re.compile(r"\[(\d{1,3})\](?![(\[])")
_STAGES = {
    "screen": "Checked the message",
    "understand": "Understood the question",
    "recall": "Looked back at the conversation",
    "retrieve": "Searched the documents",
    "judge": "Decided what to do",
    "assemble": "Gathered what is needed",
    "generate": "Wrote the answer",
    "act": "Used tools",
    "quote": "Chose what to quote",
    "check": "Checked the answer",
}


def timestamp(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with a Z, as the browser expects it."""
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def answer_of_run(step_id: str) -> str:
    """The answer a thumb belongs to: Chainlit hangs thumbs on the run, we on the answer."""
    return step_id.removeprefix(_RUN)


def reference(trace_id: str) -> str:
    """The reference number users are shown for a turn: eight hexadecimal digits."""
    return trace_id.replace("-", "")[:8].upper()


def failure_text(trace_id: str) -> str:
    """The fixed sentence for a turn that failed."""
    return f"{FAILED} Reference: **{reference(trace_id)}**" if trace_id else FAILED


def answer_text(record: Record) -> str:
    """The answer as Markdown: its marks linked to their sources, what happened to it said below."""
    known = {citation.index: citation for citation in record.citations}

    def link(match: re.Match[str]) -> str:
        citation = known.get(int(match.group(1)))
        return match.group(0) if citation is None else f"[{citation.index}]({document_link(citation)})"

    text = _MARK.sub(link, record.answer)
    note = _note(record)
    return "\n\n".join(part for part in (text, f"*{note}*" if note else "") if part) or failure_text(record.trace_id)


def document_link(citation: Citation) -> str:
    """Where our own page shows the cited document with the quote marked."""
    span = f"?start={citation.start}&end={citation.end}#quote" if citation.end > citation.start else ""
    return f"/documents/{quote(citation.document_id, safe='/')}{span}"


def wants_person(record: Record) -> bool:
    """Whether to offer a person below this answer."""
    undecided = record.verdict is None or record.verdict.decision == "answer"
    return not record.ticket and (record.status == "failed" or not undecided)


def turn_steps(record: Record) -> list[Step]:
    """A stored turn as Chainlit's steps: question, run, what was done, answer."""
    running = record.status == "running"
    steps = [question_step(record)] if record.question else []
    steps.append(run_step(record, ended=not running))
    if record.stages:
        steps.append(work_step(record, ended=not running))
        steps += [stage_step(record, number, stage) for number, stage in enumerate(record.stages)]
    if not running:
        steps.append(answer_step(record, answer_text(record), error=record.status == "failed"))
    return steps


def question_step(record: Record) -> Step:
    """What the user wrote."""
    return _step(record, record.message_id, "user_message", "User", parent=None) | {"output": record.question}


def run_step(record: Record, *, ended: bool) -> Step:
    """The frame of a turn; carries the thumb."""
    parent = record.message_id if record.question else None
    step = _step(record, _RUN + record.answer_id, "run", "on_message", parent=parent, ended=ended)
    if record.feedback is not None:
        step["feedback"] = {
            "id": record.answer_id,
            "forId": step["id"],
            "value": record.feedback,
            "comment": record.feedback_comment or None,
        }
    return step


def work_step(record: Record, *, ended: bool) -> Step:
    """The folded line above the answer; the stages hang below it."""
    name = WORKED if ended else WORKING
    return _step(record, f"work-{record.answer_id}", "tool", name, parent=_RUN + record.answer_id, ended=ended)


def stage_step(record: Record, number: int, stage: Mapping[str, Any]) -> Step:
    """One line about one stage: what, how it went, how long it took in ms."""
    name = str(stage.get("name", ""))
    parts = [_STAGES.get(name, name.replace("_", " ").capitalize()), str(stage.get("detail", ""))]
    if (ms := float(stage.get("ms", 0.0))) >= 1:
        parts.append(f"{ms:,.0f} ms" if ms < 10_000 else f"{ms / 1000:,.1f} s")
    line = " · ".join(part for part in parts if part)
    return _step(record, f"stage-{record.answer_id}-{number}", "tool", line, parent=f"work-{record.answer_id}")


def answer_step(record: Record, text: str, *, streaming: bool = False, error: bool = False) -> Step:
    """The answer's message."""
    step = _step(record, record.answer_id, "assistant_message", AUTHOR, parent=_RUN + record.answer_id)
    return step | {"output": text, "streaming": streaming, "isError": error}


def source_elements(record: Record, readable: Collection[str]) -> list[Element]:
    """The list under the answer. Documents that may no longer be read lose their names."""
    if not record.citations or record.status == "running":
        return []
    sources = [_source(citation, readable) for citation in record.citations]
    props = {"turn": record.trace_id, "sources": sources}
    return [_element(record, f"sources-{record.answer_id}", "Sources", props)]


def choice_elements(record: Record) -> list[Element]:
    """The ways a question may have been meant, to pick from."""
    if record.verdict is None or not record.verdict.choices or record.verdict.decision != "clarify":
        return []
    props = {"choices": list(record.verdict.choices)}
    return [_element(record, f"choices-{record.answer_id}", "Choices", props)]


def thread_row(thread: Thread) -> dict[str, Any]:
    """A conversation as the sidebar lists it; the browser sorts and groups by `createdAt`."""
    return {
        "id": thread.id,
        "createdAt": timestamp(thread.updated_at),
        "name": thread.name,
        "userId": thread.user_id,
        "userIdentifier": thread.user_id,
        "tags": [],
        "metadata": {},
        "steps": [],
        "elements": [],
    }


def _note(record: Record) -> str:
    if record.notice:
        return "" if record.notice in record.answer else record.notice
    return STOPPED if record.status == "interrupted" else ""


def _source(citation: Citation, readable: Collection[str]) -> dict[str, Any]:
    if citation.document_id not in readable:
        return {"index": citation.index, "title": "", "section": "", "link": ""}
    section = "" if citation.section == citation.title else citation.section
    return {
        "index": citation.index,
        "title": citation.title,
        "section": section,
        "link": document_link(citation),
    }


def _element(record: Record, element_id: str, name: str, props: Mapping[str, Any]) -> Element:
    return {
        "id": element_id,
        "threadId": record.thread_id,
        "forId": record.answer_id,
        "type": "custom",
        "name": name,
        "display": "inline",
        "mime": "application/json",
        "props": dict(props),
    }


def _step(record: Record, step_id: str, kind: str, name: str, *, parent: str | None, ended: bool = True) -> Step:
    created = timestamp(record.created_at)
    return {
        "id": step_id,
        "threadId": record.thread_id,
        "parentId": parent,
        "type": kind,
        "name": name,
        "input": "",
        "output": "",
        "createdAt": created,
        "start": created,
        "end": (timestamp(record.finished_at) or created) if ended else None,
        "streaming": False,
        "isError": False,
        "metadata": {},
        "tags": [],
    }
