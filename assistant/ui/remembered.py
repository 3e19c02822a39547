"""What is remembered, as plain data for the page's own scripts, which turn every word of it into text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from assistant.memory.view import MemoryItem, MemoryView
from assistant.ui.transcript import timestamp
from assistant.values import Record


def view_json(view: MemoryView, records: Mapping[str, Record], titles: Mapping[str, str]) -> dict[str, Any]:
    """The view as the browser gets it: turns as the ids of their messages, only documents that may be read.

    `records` is keyed by trace id, `titles` by document id.
    """
    begins = records.get(view.window_begins)
    return {
        "tokens": view.tokens,
        "budget": view.budget,
        "sections": dict(view.sections),
        "folded": view.folded,
        "begins": None if begins is None else _place(begins),
        "recall_across": view.recalls_across,
        "items": [_item(item, records, titles) for item in view.items],
    }


def _item(item: MemoryItem, records: Mapping[str, Record], titles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "section": item.section,
        "label": item.label,
        "text": item.text,
        "said_by": item.said_by,
        "superseded": item.superseded,
        "turns": [_place(records[each]) for each in item.turns if each in records],
        "documents": [
            {"title": titles[each], "link": f"/documents/{quote(each, safe='/')}"}
            for each in item.documents
            if each in titles
        ],
    }


def _place(record: Record) -> dict[str, Any]:
    """Where a turn stands in the transcript."""
    return {"question": record.message_id, "answer": record.answer_id, "at": timestamp(record.created_at)}
