"""Prompts are versioned files in prompts/, rendered by one function."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from string import Template

from assistant.values import Hit

NO_ANSWER = "NOT_IN_THE_DOCUMENTS"


@cache
def _template(name: str) -> Template:
    return Template((files("assistant.graph") / "prompts" / f"{name}.md").read_text("utf-8"))


def render(name: str, **values: str) -> str:
    """The prompt `prompts/NAME.md` with every `$placeholder` filled. Raises KeyError when one is missing."""
    return _template(name).substitute(values).strip()


def fingerprint() -> str:
    """A hash over all prompts, part of the release (12 hex digits)."""
    folder = files("assistant.graph") / "prompts"
    texts = sorted(f"{file.name}\n{file.read_text('utf-8')}" for file in folder.iterdir() if file.name.endswith(".md"))
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


def render_passage(number: int, hit: Hit) -> str:
    """One passage as the model reads it: delimited, numbered, marked as data. A forged closing tag is defused."""
    passage = hit.passage
    head = " > ".join(part for part in (passage.title, passage.section) if part)
    text = passage.text.replace("</passage", "<\\/passage")
    return f'<passage number="{number}" from="{_attribute(head)}">\n{text.strip()}\n</passage>'


def _attribute(text: str) -> str:
    return text.replace('"', "'").replace("<", "(").replace(">", ")").replace("\n", " ")
