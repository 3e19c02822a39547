"""What a text says under its disguises: look-alike letters, spaced letters, leetspeak, encodings, nested a few levels.

For looking only: no later stage reads these texts. The work is bounded by count and by size (`MAX_LAYERS`, and four
times the text and `MAX_CHARS` in all), every pattern is linear, and the same text always gives the same layers.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from assistant.perimeter.injection_codes import DECODERS, octets_as_text, readable

MAX_DEPTH = 3
MAX_LAYERS = 40
MAX_CHARS = 20_000
_MAX_PIECES = 8

_COMBINING = re.compile("[\u0300-\u036f\u0489\u20d0-\u20f0\u034f]+")
_LETTERS = re.compile(r"[^\W\d_]++")
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһոԛԝвкмнтгӏьαοερνικτυχηωβγɑɡɩıʟʀꜱᴀʙᴄᴅᴇɢʜɪᴊᴋᴍɴᴏᴘᴛᴜᴠᴡʏᴢøłđħŧ",
    "aeopcyxijsdhnqwbkmhtrlbaoepviktuxnwbyagiilrsabcdeghijkmnoptuvwyzoldht",
)
_BOXED = {base + at: chr(97 + at) for base in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6) for at in range(26)}
_LEET = str.maketrans("01345789@$!|€£", "oieastbgasilel")
_LEET_L = str.maketrans("01345789@$!|€£", "oleastbgasllel")
_LEET_WORD = re.compile(r"[\w@$!|€£]{3,40}")
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_](?:[ \t]{0,2}[.\-_*·•/,|~+][ \t]{0,2}|[ \t])){3,80}[^\W\d_](?!\w)")
_PUNCTUATED = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:[.\-_*·•~^|+][^\W\d_]++){1,40}")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,60}>")
_ENTITY = re.compile(r"&#?\w{2,10};")
_ESCAPES = re.compile(
    r"\\u\{?([0-9a-fA-F]{4,6})\}?|\\x([0-9a-fA-F]{2})|&#x([0-9a-fA-F]{1,6});|&#(\d{1,7});|U\+([0-9a-fA-F]{4,6})\s?"
)


@dataclass(frozen=True, slots=True)
class Layer:
    """A text found under another, and how it was hidden ("base64", "base64, reversed").

    `guessed` where nothing in the text says that it is hidden so: any text can be read from its end.
    """

    how: str
    text: str
    guessed: bool = False


def layers(text: str) -> list[Layer]:
    """What the text says under its disguises, outermost first; the text itself isn't among them."""
    found: list[Layer] = []
    seen = {_key(text)}
    left = 4 * len(text) + MAX_CHARS
    level = [Layer("", text), *written_unseen(text)]
    found += level[1:]
    for _ in range(MAX_DEPTH):
        deeper: list[Layer] = []
        for outer in level:
            for how, inner in _under(outer):
                key = _key(inner)
                if key in seen or len(inner) > left or len(found) >= MAX_LAYERS:
                    continue
                seen.add(key)
                left -= len(inner)
                deeper.append(Layer(f"{outer.how}, {how}" if outer.how else how, inner, how in _GUESSED))
                found.append(deeper[-1])
        level = deeper
    return found


def written_unseen(text: str) -> list[Layer]:
    """What stands in characters that people can't see: tag characters, and bytes as variation selectors."""
    tags = "".join(chr(ord(char) - 0xE0000) for char in text if 0xE0020 <= ord(char) <= 0xE007E)
    selectors = [ord(char) for char in text if 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF]
    octets = bytes(each - 0xFE00 if each <= 0xFE0F else each - 0xE0100 + 16 for each in selectors)
    carried = readable(octets_as_text(octets))
    return [Layer(how, inner) for how, inner in (("tag characters", tags), ("variation selectors", carried)) if inner]


def _key(text: str) -> str:
    return " ".join(text.casefold().split())


def _under(outer: Layer) -> Iterator[tuple[str, str]]:
    """What may be under one text. A guess (it may be reversed) isn't guessed at again, only decoded."""
    for how, pattern, decode in DECODERS:
        for _, match in zip(range(_MAX_PIECES), pattern.finditer(outer.text), strict=False):
            if inner := readable(decode(match.group(0))):
                yield how, inner
    for how, unmask in () if outer.guessed else _UNMASKS + _GUESSES:
        inner = unmask(outer.text)
        if inner != outer.text and inner.strip():
            yield how, inner


def _latin(text: str) -> str:
    """Words with letters of another script that look Latin, spelled in Latin; accents and strokes taken off."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text).translate(_BOXED)
    return _LETTERS.sub(_spelled, _COMBINING.sub("", unicodedata.normalize("NFKD", plain)))


def _spelled(match: re.Match[str]) -> str:
    word = match.group(0)
    if word.isascii():
        return word
    spelled = word.lower().translate(_LOOKALIKES)
    return spelled if spelled.isascii() else word


def _unleeted(text: str, signs: dict[int, int] = _LEET) -> str:
    """Digits and signs put back into the letters they stand for, in words that have letters too."""

    def spelled(match: re.Match[str]) -> str:
        word = match.group(0)
        letters = sum(char.isalpha() for char in word)
        return word.replace("11", "ll").translate(signs) if 0 < letters < len(word) <= 3 * letters else word

    return _LEET_WORD.sub(spelled, text.lower())


def _joined(text: str) -> str:
    """Letters apart put together; two spaces or more part the words."""
    return _SPACED.sub(_letters_only, re.sub(r" {2,}|\t", " \n ", text))


def _letters_only(match: re.Match[str]) -> str:
    return "".join(char for char in match.group(0) if char.isalnum())


def _letters_and_spaces(match: re.Match[str]) -> str:
    return "".join(char if char.isalnum() else " " for char in match.group(0))


def _unescaped(text: str) -> str:
    if "\\" in text or "U+" in text or "&" in text:
        text = _ESCAPES.sub(_character, text)
        text = html.unescape(text) if _ENTITY.search(text) else text
    return unquote(text, errors="replace") if _PERCENT.search(text) else text


def _character(match: re.Match[str]) -> str:
    digits = match.group(1) or match.group(2) or match.group(3) or match.group(5)
    number = int(digits, 16) if digits else int(match.group(4))
    return chr(number) if 0 < number < 0xD800 or 0xDFFF < number < 0x110000 else " "


_UNMASKS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("lookalikes", _latin),
    ("spaced", _joined),
    ("leetspeak", _unleeted),
    ("leetspeak with l", lambda text: _unleeted(text, _LEET_L)),
    ("broken up", lambda text: _PUNCTUATED.sub(_letters_only, text)),
    ("run together", lambda text: _PUNCTUATED.sub(_letters_and_spaces, text)),
    ("escaped", _unescaped),
    ("markup", lambda text: _MARKUP.sub("", text)),
)
_GUESSES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("reversed", lambda text: text[::-1]),
    ("words reversed", lambda text: " ".join(word[::-1] for word in text.split())),
    ("rot13", lambda text: codecs.encode(text, "rot13")),
)
_GUESSED = frozenset(how for how, _ in _GUESSES)
