"""Pieces of a text that are written in a code, and what they say: base64, hex, binary, Morse. Linear in the text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,20000}={0,2}(?:\s[A-Za-z0-9+/_-]{16,20000}={0,2}){0,40}")
_HEX = re.compile(r"(?:(?:\\x|0x|%)?[0-9a-fA-F]{2}[ ,:;]?){8,5000}")
_BINARY = re.compile(r"(?:[01]{8}[ ,]?){5,3000}")
_MORSE = re.compile(r"(?:[.\-·−–]{1,6}(?: {1,3}| ?/ ?)){7,2000}[.\-·−–]{1,6}")
_MORSE_SIGNS = str.maketrans("·−–", ".--")
_MORSE_LETTERS = {
    each[1:]: each[0]
    for each in (
        "a.- b-... c-.-. d-.. e. f..-. g--. h.... i.. j.--- k-.- l.-.. m-- n-. o--- p.--. q--.- r.-. s... t- u..- "
        "v...- w.-- x-..- y-.-- z--.."
    ).split()
}


def readable(piece: str) -> str:
    """The decoded text if it is one: mostly letters, digits and spaces, at least six characters; else ""."""
    legible = sum(char.isalnum() or char.isspace() for char in piece)
    return piece if len(piece) >= 6 and legible >= 0.7 * len(piece) else ""


def octets_as_text(octets: bytes) -> str:
    """Bytes as UTF-8, "" where they aren't."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _base64(piece: str) -> str:
    joined = re.sub(r"[\s=]", "", piece).translate(str.maketrans("-_", "+/"))
    whole = joined[:-1] if len(joined) % 4 == 1 else joined
    try:
        return octets_as_text(base64.b64decode(whole + "=" * (-len(whole) % 4)))
    except binascii.Error:
        return ""


def _hex(piece: str) -> str:
    digits = re.sub(r"\\x|0x|[^0-9a-fA-F]", "", piece)
    return octets_as_text(bytes.fromhex(digits[: len(digits) // 2 * 2]))


def _binary(piece: str) -> str:
    bits = re.sub(r"[^01]", "", piece)
    return octets_as_text(bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)))


def _morse(piece: str) -> str:
    words = re.split(r" ?/ ?| {2,3}", piece.translate(_MORSE_SIGNS))
    return " ".join("".join(_MORSE_LETTERS.get(sign, "?") for sign in word.split()) for word in words)


DECODERS: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
    ("base64", _BASE64, _base64),
    ("hex", _HEX, _hex),
    ("binary", _BINARY, _binary),
    ("morse", _MORSE, _morse),
)
