"""What must never be pinned: card numbers, passwords, codes that open something. A pin is shown and kept."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"(?<![\w+])\d(?:[ -]?\d){11,18}(?!\w)")
_CARD = re.compile(
    r"4|5[0-8]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720|131)|3[0-9]|6|1800"
)  # the first digits of the card schemes (ISO/IEC 7812)
_CARD_WORD = re.compile(r"(?i)\b(?:credit|debit|card|karte|carte|tarjeta|carta|cart[ãa]o|visa|mastercard|amex|cc)\b")
_DEVICE_WORD = re.compile(r"(?i)\b(?:imei|iccid)\b")  # their last digit is Luhn's too
_NAMED = re.compile(
    r"""(?ix)(?<!\w)
    (?: pass(?:word|code|phrase|wort) | kennwort | passwd | pwd | mot\ de\ passe | contrase[ñn]a | senha | wachtwoord
      | cvv2? | cvc2? | csc | pin(?:\ (?:code|number))? | (?:security|secret|card)\ code | secret(?:\ (?:key|answer))?
      | security\ answer | mother'?s?\ maiden\ name | otp | tan
      | (?:one[-\ ]time|verification|authenti?cation|login|2fa|access|recovery|sms)\ (?:code|pin|password|token)
      | api[-_\ ]?(?:key|token|secret) | (?:access|bearer|auth)[-_\ ]?token | private\ key | client[-_\ ]secret
      | ssn | social\ security(?:\ (?:number|no\.?))? )
    (?:\ (?:for|to|of|on)\ (?:[\w']{1,20}\ ){1,4}?)?
    (?:\s?(?:\b(?:is|was|are|as|to|lautet|ist|est|es|é|è|now|still)\b|=|:|->)\s?){0,3}
    \s?["'`(]?(?P<value>\S{3,80})"""
)
_SHAPED = re.compile(
    r"""(?x)(?<![\w-])(?:
      \d{3}-\d{2}-\d{4}(?![\w-])
    | (?:sk|pk|rk)[-_][A-Za-z0-9_-]{12,80} | gh[pousr]_\w{20,60} | AKIA[0-9A-Z]{16} | xox[abprs]-[\w-]{10,60}
    | eyJ[\w-]{10,400}\.[\w.-]{10,400}
    )"""
)
_IN_ADDRESS = re.compile(
    r"(?i)//[^/\s@]{1,80}:[^/\s@]{1,80}@|[?&#](?:[\w-]{0,20}(?:token|key|secret|password|pwd|sig|signature|auth|"
    r"code))="
)
_WORDS_ONLY = re.compile(r"[a-z']+[.,!?;:)]?")
_NO_SECRET = frozenset(
    "reset change changed changing forgot forgotten lost wrong expired incorrect not for the that this and but can "
    "could would please here there doesn't didn't isn't won't what how when work working works invalid again".split()
)


def secret_spans(plain: str, exempt: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where secrets stand. `exempt` stretches (an IBAN) are no card numbers although their digits may pass as one."""
    spans = [m.span() for m in _SHAPED.finditer(plain)]
    spans += [m.span("value") for m in _NAMED.finditer(plain) if _is_secret(m)]
    for found in _DIGITS.finditer(plain):
        device = _DEVICE_WORD.search(plain[max(0, found.start() - 25) : found.start()])
        if device or any(a < found.end() and found.start() < b for a, b in exempt):
            continue
        if _is_card(found.group()) or _CARD_WORD.search(plain[max(0, found.start() - 30) : found.start()]):
            spans.append(found.span())
    return spans


def has_secret(url: str) -> bool:
    """Whether an address carries a key, a token or a password."""
    return _IN_ADDRESS.search(url) is not None


def _is_card(text: str) -> bool:
    digits = [int(c) for c in text if c.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 and _CARD.match("".join(map(str, digits))) is not None


def _is_secret(found: re.Match[str]) -> bool:
    """An ordinary word after "password" is no secret unless the text says "is" or ":"."""
    value = found["value"]
    stated = (
        found.group()[: found.start("value") - found.start()].rstrip("\"'`( ").endswith((":", "=", "is", "to", "ist"))
    )
    if value.strip(".,!?;:)").lower() in _NO_SECRET:
        return False
    return stated or not _WORDS_ONLY.fullmatch(value)
