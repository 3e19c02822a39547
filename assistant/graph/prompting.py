"""Prompts are versioned files in prompts/, rendered by one function."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from string import Template

from assistant.values import Hit

NO_ANSWER = "NOT_IN_THE_DOCUMENTS"

# The beginning of a passage's tag, opening or closing, in any case and width, whatever can't be seen strewn into it.
_UNSEEN = "[\\s\\u00ad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff]*+"
_FORGED_TAG = re.compile(f"[<＜﹤](?={_UNSEEN}(?:[/／\\\\]{_UNSEEN})?{_UNSEEN.join('passage')})", re.IGNORECASE)


@cache
def _template(name: str) -> Template:
    return Template((files("assistant.graph") / "prompts" / f"{name}.md").read_text("utf-8"))


def render(name: str, **values: str) -> str:
    """The prompt `prompts/NAME.md` with every `$placeholder` filled. Raises KeyError when one is missing."""
    return _template(name).substitute(values).strip()


_FAILURES = {
    "unsupported": "statements that no passage makes",
    "figure": "figures that the cited passages do not have for it",
    "unit": "figures in another unit than the cited passages",
    "name": "names that stand in no passage",
    "negation": "the opposite of what a passage says",
    "comparison": "the opposite of what a passage says",
    "language": "another language than the user's",
    "citation": "numbers of passages that do not exist",
}


def strict(system: str, failures: Iterable[str]) -> str:
    """The system prompt for the second try, naming by its kind (a finding's) what kept the first from the user."""
    named = dict.fromkeys(_FAILURES[kind] for kind in failures if kind in _FAILURES)
    listed = "; ".join(named) or "something that could not be shown"
    return f"{system}\n\n{render('answer_strict', failures=listed, no_answer=NO_ANSWER)}"


def fingerprint() -> str:
    """A hash over all prompts, part of the release (12 hex digits)."""
    folder = files("assistant.graph") / "prompts"
    texts = sorted(f"{file.name}\n{file.read_text('utf-8')}" for file in folder.iterdir() if file.name.endswith(".md"))
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


def render_passage(number: int, hit: Hit) -> str:
    """One passage as the model reads it: delimited, numbered, marked as data. Forged tags in it are defused."""
    passage = hit.passage
    head = " > ".join(part for part in (passage.title, passage.section) if part)
    text = _FORGED_TAG.sub("‹", passage.text)
    return f'<passage number="{number}" from="{_attribute(head)}">\n{text.strip()}\n</passage>'


def _attribute(text: str) -> str:
    return text.replace('"', "'").replace("<", "(").replace(">", ")").replace("\n", " ")
