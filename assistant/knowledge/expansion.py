"""Everyday words put the way documents put them, for keyword search."""

from __future__ import annotations

import re
from difflib import get_close_matches

_EVERYDAY: tuple[tuple[str, str], ...] = (
    (r"\b(send|sends|sending|sent|give|giving|take|taking|took|bring|goes?)\b[^.?!]{0,40}?\bback\b", "return"),
    (r"\bmoney back\b|\breimburse\w*", "refund"),
    (r"\bguarantees?\b", "warranty"),
    (r"\bwarrant(y|ies)\b", "guarantee"),
    (r"\b(ring|phone|telephone|call)\b (you|us|someone|up)\b", "phone telephone"),
    (r"\b(til+|until) what time\b|\bwhat time\b|\bopen(ing)?\b", "hours"),
    (r"\b(2|two|multi)[ -]?factor\b|\b[2m]fa\b", "two-step sign-in"),
    (r"\blog(s|ged|ging)?[ -]?in\b", "sign-in"),
    (r"\b(nicked|pinched|robbed)\b", "stolen"),
    (r"\b(dead|broken|bust|kaput|packed (up|in)|stopped working)\b", "faulty"),
    (r"\bset(ting)?[ -]?up\b", "setting setup"),
    (r"\bpostage\b|\bship(ping|ped|s)?\b", "delivery"),
    (r"\bbin\b|\bget rid of\b|\berase\b|\bwipe\b", "delete remove"),
    (r"\b(courier|driver)\b", "carrier delivery parcel"),
    (r"\bpost(s|ed|ing)? (it|this|them|that|something)\b", "send delivery"),
    (r"\bvouchers?\b", "gift card code"),
    (r"\bcall(ed|ing)? (it |them |this )?off\b", "cancel"),
    (r"\b(something|anything) off\b", "discount"),
    (r"\b(uni|university|college)\b", "student"),
    (r"\b(fitter|boiler man)s?\b", "installer installation visit"),
    (r"\bscreen\b", "display"),
    (r"\bcells\b", "batteries"),
)
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), words) for pattern, words in _EVERYDAY)
_OFTEN_MISSPELT = (
    "accurate", "address", "authentication", "battery", "batteries", "calendar", "cancel", "cancellation", "compatible",
    "delivery", "discount", "guarantee", "immediately", "installation", "invoice", "password", "payment", "receipt",
    "received", "refund", "replacement", "return", "schedule", "separate", "subscription", "temperature", "thermostat",
    "transfer", "voucher", "warranty",
)  # fmt: skip


def expand(question: str) -> str:
    """The question with the words that documents would use for the same, and common misspellings put right."""
    misspelt = [_right(word) for word in re.findall(r"[a-z]{6,}", question.lower())]
    told = " ".join([question, *(word for word in misspelt if word)])
    more = [words for pattern, words in _COMPILED if pattern.search(told)]
    return " ".join([told, *more])


def _right(word: str) -> str:
    """The word a misspelt one stands for, "" when it is written right or nothing is near."""
    near = get_close_matches(word, _OFTEN_MISSPELT, n=1, cutoff=0.86)
    if not near or word in _OFTEN_MISSPELT or word.startswith(near[0]) or near[0].startswith(word):
        return ""
    return near[0]
