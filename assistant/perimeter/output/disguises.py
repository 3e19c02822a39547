"""Undoes the ways in which a text can be said without being written: encodings, codes, letters that look alike.

Each disguise gives the plain text back where it was used, and little or nothing where it wasn't.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

_NOT_ALNUM = re.compile(r"[^a-z0-9]+")
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһոԛԝαοερνικτυ", "aeopcyxijsdhnqwaoepviktu")
_HEX = re.compile(r"(?:(?:0[xX]|\\[xX]|\\[uU]00|%|[uU]\+00)?[0-9a-fA-F]{2}[\s,:;\-]{0,2}){8,}")
_HEX_PREFIX = re.compile(r"0x|\\x|\\u00|u\+00|[^0-9a-f]", re.IGNORECASE)
_CODES = re.compile(r"(?:\b\d{2,3}\b[\s,;.\-]{1,3}){7,}\d{2,3}\b")
_BITS = re.compile(r"(?:[01]{8}[\s,;]{0,2}){8,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]{12,}={0,2}")
_GAPS = re.compile(r"(?<=[A-Za-z0-9+/_\-])[\s\"'`,.]+(?=[A-Za-z0-9+/_\-])")
_BASE32 = re.compile(r"[A-Z2-7]{16,}=*")
_NO_LETTERS = bytes(set(range(256)) - set(b"abcdefghijklmnopqrstuvwxyz0123456789"))
_LETTERS = (
    "alfa alpha bravo charlie delta echo foxtrot golf hotel india juliett juliet kilo lima mike november oscar papa "
    "quebec romeo sierra tango uniform victor whiskey xray yankee zulu"
).split()
_SPELLED = re.compile(rf"(?:\b(?:{'|'.join(_LETTERS)}|x-ray)\b[\s,.;\-]*){{6,}}", re.IGNORECASE)
_ESCAPES = re.compile(r"\\u([0-9a-fA-F]{4})|&#(\d{1,6});|&#[xX]([0-9a-fA-F]{1,5});")


def squeezed(text: str) -> str:
    """Letters and digits only, in lower case, without accents, look-alikes as what they look like."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text)
    return _NOT_ALNUM.sub("", plain.lower().translate(_LOOKALIKES))


def _squeezed_bytes(plain: bytes) -> str:
    """As `squeezed`, of bytes that may stand for ASCII letters."""
    return plain.lower().translate(None, _NO_LETTERS).decode("ascii")


def revealed(text: str) -> Iterator[str]:
    """What a text may stand for, apart from itself, squeezed."""
    yield squeezed(codecs.encode(text, "rot13"))
    if "%" in text or "\\" in text or "&#" in text:
        yield squeezed(unquote(_ESCAPES.sub(_escaped, text)))
    for match in _HEX.finditer(text):
        yield from _bytes_of_hex(_HEX_PREFIX.sub("", match.group()))
    for match in _CODES.finditer(text):
        yield squeezed("".join(chr(int(code)) for code in re.findall(r"\d+", match.group()) if 32 <= int(code) < 127))
    for match in _BITS.finditer(text):
        yield squeezed("".join(chr(int(octet, 2)) for octet in re.findall(r"[01]{8}", match.group())))
    lowered = text.lower()
    for match in _SPELLED.finditer(text) if any(name in lowered for name in _LETTERS) else ():
        yield squeezed("".join(word[0] for word in re.findall(r"[A-Za-z\-]+", match.group())))
    yield from _from_base64(text)


def _escaped(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2]) if match[2] else int(match[3], 16)
    return chr(code) if code < 0x110000 else ""


def _bytes_of_hex(digits: str) -> Iterator[str]:
    for start in (0, 1):
        part = digits[start : start + (len(digits) - start) // 2 * 2]
        yield _squeezed_bytes(bytes.fromhex(part))


def _from_base64(text: str) -> Iterator[str]:
    """Base64, also in pieces and cut anywhere, and base32."""
    joined = _GAPS.sub("", text)
    for candidate in dict.fromkeys(match.group() for part in (text, joined) for match in _BASE64.finditer(part)):
        plain = candidate.rstrip("=").replace("-", "+").replace("_", "/")
        for start in range(4):
            part = plain[start : start + (len(plain) - start) // 4 * 4]
            yield _squeezed_bytes(base64.b64decode(part))
    for match in _BASE32.finditer(joined):
        plain = match.group().rstrip("=")
        try:
            yield _squeezed_bytes(base64.b32decode(plain[: len(plain) // 8 * 8]))
        except (binascii.Error, ValueError):
            continue
