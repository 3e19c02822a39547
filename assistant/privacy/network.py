"""E-mail addresses, links and network addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from assistant.privacy.kinds import FILLER, Found, before

_AT = re.compile("[@＠﹫]")
_LOCAL_BACKWARDS = re.compile(r"[\w.+\-'%*~^{}!$]{1,64}")  # met from the @ towards the left
_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.){1,8}(?=[\w-]{0,62}[^\W\d_])[\w-]{2,63}(?<!-)")
_TOP = "com|org|net|edu|gov|info|biz|io|eu|de|fr|es|it|nl|pl|pt|se|dk|no|fi|at|ch|be|uk|ie|us|ca|au|in|br|ru|jp|cn"
_SPELLED_SIGNS = ("dot", "(at", "[at", "{at", "( at", "[ at", "{ at", "(@", "[@", "{@", " @", "@ ")
_SPELLED = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}+(?:\sdot\s[\w+-]{1,64}+)?(?:\s?[(\[{]\s?(?:at|@)\s?[)\]}]\s?|\s@\s?|@\s)[\w-]{1,63}+"
    r"(?:\s?[(\[{]\s?(?:dot|\.)\s?[)\]}]\s?[\w-]{2,63}|\sdot\s[\w-]{2,63}|\.[\w-]{2,63}){1,4}"
    r"|(?<![\w.+-])[\w.+-]{1,64}+(?:\sdot\s[\w+-]{1,64}+)?\sat\s[\w-]{1,63}+(?:\sdot\s[\w-]{2,63}){0,3}"
    rf"\sdot\s(?:{_TOP})\b",
    re.IGNORECASE,
)
_LINK = re.compile(
    rf"(?<![\w@])(?:(?:https?|ftps?|wss?)://|www\.(?=\w))[^\s<>\"'`{{}}|\\^{FILLER}]{{2,2000}}"
    rf"|(?<![\w@.\-/])(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.){{1,4}}(?:{_TOP})(?![\w@-]|\.\w)"
    rf"(?:/[^\s<>\"'`{{}}|\\^{FILLER}]{{0,2000}})?",
    re.IGNORECASE,
)
_AFTER_LINK = ".,;:!?)]*_~»”’"

_QUAD = re.compile(r"\d(?<![\w.]\d)\d{0,2}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?!\w|\.\d)", re.ASCII)
_V6 = re.compile(
    r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\d{0,3}(?:\.\d{1,3}){3})?(?![\w:])", re.ASCII
)
_V6_SIGN = re.compile(r":[0-9A-Fa-f]{0,4}:")
_VERSION = re.compile(
    r"\b(?:version|firmware|release|build|v|software|update|driver)\W{0,3}(?:is |no\.? )?$", re.IGNORECASE
)


def emails(text: str) -> Iterator[Found]:
    """E-mail addresses, and those written "name at host dot com" or "name (at) host.com"."""
    for at in _AT.finditer(text):
        local = _LOCAL_BACKWARDS.match(text[max(0, at.start() - 64) : at.start()][::-1])
        domain = _DOMAIN.match(text, at.end(), at.end() + 254)
        if local and domain:
            name = local.group()[::-1].lstrip("'.-{*~^")
            if name:
                yield Found("email", at.start() - len(name), domain.end())
    lowered = text.lower()
    for spelled in _SPELLED.finditer(text) if any(sign in lowered for sign in _SPELLED_SIGNS) else ():
        yield Found("email", spelled.start(), spelled.end())


def links(text: str) -> Iterator[Found]:
    """Links, and host names of the common domains."""
    for link in _LINK.finditer(text):
        shown = link.group().rstrip(_AFTER_LINK)
        if link.group()[len(shown) :].startswith(")") and shown.count("(") > shown.count(")"):
            shown += ")"
        if shown:
            yield Found("url", link.start(), link.start() + len(shown))


def ip_addresses(text: str) -> Iterator[Found]:
    """Addresses of IPv4 and IPv6. Four numbers behind the word version are one."""
    for quad in _QUAD.finditer(text):
        if _address(quad.group()) and not _VERSION.search(before(text, quad.start())):
            yield Found("ip_address", quad.start(), quad.end())
    for six in _V6.finditer(text) if _V6_SIGN.search(text) else ():
        written = six.group()
        told = len(written) >= 6 and any(each.isdigit() for each in written) and sum(map(bool, written.split(":"))) > 1
        if told and _address(written):
            yield Found("ip_address", six.start(), six.end())


def _address(written: str) -> bool:
    try:
        ipaddress.ip_address(written)
    except ValueError:
        return False
    return True
