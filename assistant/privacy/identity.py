"""Numbers that states give to persons: social security, tax and identity numbers, licences, passports, birthdays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assistant.privacy.kinds import Found, before, numbered_otherwise

_SSN = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}(?P<gap>[-–. ]?)(?!00)\d\d(?P=gap)(?!0000)\d{4}(?![\w-]|\.\d)")
_SSN_CUE = re.compile(r"\b(?:ssn|social[- ]security|soc sec)\b(?:\W{0,3}\w{1,8}){0,4}\W{0,3}$", re.IGNORECASE)

_NINO = re.compile(
    r"(?<![^\W_])(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D](?![^\W_])"
)
_STEUER_ID = re.compile(r"(?<![\w-])[1-9]\d ?\d{3} ?\d{3} ?\d{3}(?![\w-])")
_STEUER_CUE = re.compile(
    r"(?:steuer\S*|idnr|identifikationsnummer|tax (?:id|number|identification)\w*|tin)\b"
    r"(?:\W{0,3}\w{1,10}){0,3}\W{0,3}$",
    re.IGNORECASE,
)
_NIR = re.compile(r"(?<![\w-])[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d(?![\w-])")
_DNI = re.compile(r"(?<![\w-])(?:\d{8}|[XYZ]-?\d{7})[- ]?[A-HJ-NP-TV-Z](?![\w-])")
_CODICE = re.compile(r"(?<![^\W_])[A-Z]{6}\d\d[A-EHLMPRST](?:[0-6]\d|7[01])[A-Z]\d{3}[A-Z](?![^\W_])")
_PASSPORT = re.compile(
    r"\b(?:passport|reisepass\w*|passeport|pasaporte|passaporto)\b(?:[ .:#]{1,2}(?:no|nr|number|id|is|was|my|nummer))*"
    r"[ .:#]{1,3}(?P<number>(?=[A-Z]{0,3}\d{4})[A-Z0-9]{6,9})\b",
    re.IGNORECASE,
)
_MRZ = re.compile(r"(?<![A-Z0-9<])P[A-Z<][A-Z]{3}[A-Z<]{39}\s{1,2}[A-Z0-9<]{44}(?![A-Z0-9<])")
_LICENCE = re.compile(
    r"\b(?:driv\w{1,5}(?:['’]s?)? licen[cs]e|führerschein\w*|permis de conduire)"
    r"(?:[ .:#]{1,2}(?:no|nr|number|id|is|was|my|nummer))*[ .:#]{1,3}"
    r"(?P<number>(?=(?:[A-Z]{0,5}[- ]?)?\d{2})[A-Z0-9](?:-?[A-Z0-9]){4,15})\b",
    re.IGNORECASE,
)
_BIRTHDAY = re.compile(
    r"\b(?:born|birth ?da(?:y|te)|date of birth|d\.?o\.?b\.?|geburtsdatum|geboren|née?|date de naissance"
    r"|fecha de nacimiento|nacid[oa]|nat[oa]|data di nascita)\b(?:\W{1,3}(?:is|was|on|am|le|el|il|the|ist))*\W{1,3}"
    r"(?P<date>\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}"
    r"|\d{1,2}(?:st|nd|rd|th|\.)? (?:of )?[^\W\d_]{3,10}\.?,? \d{4}|[^\W\d_]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})",
    re.IGNORECASE,
)


def ssns(text: str) -> Iterator[Found]:
    """US social security numbers: with hyphens by form, otherwise only behind the words for them.

    Areas 000, 666 and 900 to 999, group 00 and serial 0000 are never given out (SSA).
    """
    for ssn in _SSN.finditer(text):
        told = _SSN_CUE.search(before(text, ssn.start())) is not None
        if told or (ssn["gap"] in "-–" and ssn["gap"] and not numbered_otherwise(text, ssn.start())):
            yield Found("ssn", ssn.start(), ssn.end())


def identity_numbers(text: str) -> Iterator[Found]:
    """British, German, French, Spanish and Italian numbers of persons by form and check; passports by their word."""
    checks: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
        (_NINO, bool),
        (_NIR, _nir_holds),
        (_DNI, _dni_holds),
        (_CODICE, _codice_holds),
        (_MRZ, bool),
    )
    for pattern, holds in checks:
        for match in pattern.finditer(text):
            if holds(match.group().replace(" ", "").replace("-", "")):
                yield Found("identity_number", match.start(), match.end())
    for match in _STEUER_ID.finditer(text):
        if _steuer_holds(match.group().replace(" ", "")) and _STEUER_CUE.search(before(text, match.start())):
            yield Found("identity_number", match.start(), match.end())
    for match in _PASSPORT.finditer(text):
        yield Found("identity_number", *match.span("number"))


def driver_licences(text: str) -> Iterator[Found]:
    """What is called the number of a driver's licence."""
    for match in _LICENCE.finditer(text):
        yield Found("driver_licence", *match.span("number"))


def birthdays(text: str) -> Iterator[Found]:
    """Dates that are said to be somebody's birth."""
    for match in _BIRTHDAY.finditer(text):
        yield Found("date_of_birth", *match.span("date"))


def _steuer_holds(digits: str) -> bool:
    """ISO 7064, mod 11,10; of the first ten digits one comes twice or three times (§ 139b AO)."""
    product = 10
    for each in digits[:10]:
        total = (int(each) + product) % 10 or 10
        product = total * 2 % 11
    counts = sorted(digits[:10].count(each) for each in set(digits[:10]))
    return (11 - product) % 10 == int(digits[10]) and counts[-1] in (2, 3)


def _nir_holds(number: str) -> bool:
    """97 less the number modulo 97 is the key; Corsica's 2A counts as 19, 2B as 18 (INSEE)."""
    body, key = number[:-2].replace("2A", "19").replace("2B", "18"), int(number[-2:])
    return 97 - int(body) % 97 == key


def _dni_holds(number: str) -> bool:
    """The letter is given by the number modulo 23; X, Y and Z count as 0, 1 and 2."""
    digits = number[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == number[-1]


_ODD = dict(
    zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16,
        10, 22, 25, 24, 23,
    ), strict=True)
)  # fmt: skip


def _codice_holds(number: str) -> bool:
    """The last letter is a weighted sum modulo 26 (Decreto 23 dicembre 1976)."""
    even = sum(int(each) if each.isdigit() else ord(each) - ord("A") for each in number[1:15:2])
    return chr(ord("A") + (sum(_ODD[each] for each in number[0:15:2]) + even) % 26) == number[15]
