"""Pieces of an answer on their way to the user."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PIECE = re.compile(r"\S+\s*|\s+")


def pieces(text: str) -> Iterator[str]:
    """A text word by word, white space kept: what a quoted answer streams as."""
    return (match.group() for match in _PIECE.finditer(text))


class Opening:
    """Holds back the first characters of a model's reply until it is clear that they are not the sign for "no answer"."""

    def __init__(self, sign: str) -> None:
        self._sign = sign
        self._held: str | None = ""

    @property
    def declined(self) -> bool:
        """The reply is the sign."""
        return self._held is not None and self._held.strip().startswith(self._sign)

    def feed(self, text: str) -> str:
        """What may go on now."""
        if self._held is None:
            return text
        self._held += text
        begun = self._held.strip()
        if self.declined or self._sign.startswith(begun):
            return ""
        released, self._held = self._held, None
        return released

    def rest(self) -> str:
        """What was held at the end, if it is not the sign."""
        return "" if self._held is None or self.declined else self._held
