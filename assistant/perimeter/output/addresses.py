"""Takes out of Markdown whatever could load from, or lead to, a foreign host. Deterministic; pure.

Images go always, from anywhere. Links stay only where they lead to an allowed host by http or https; the others keep
their words and lose their address. HTML loses its tags. Reference definitions, autolinks, bare URLs, and all of these
behind entities or backslashes, are treated alike.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_SCHEMES = r"(?:https?|ftps?|file|javascript|vbscript|mailto|xmpp):(?=\S)|data:(?=[a-z]+/|[;,])"
_ADDRESS = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_SCHEMES}|www\.(?=[^\s.])|(?:(?<=\s)|^)[/\\]{{2,}}(?=[^\s/\\]))[^\s<>\"`|]*",
    re.IGNORECASE,
)
_MAX_PASSES = 8
_TRAILING = ".,;:!?)*_'\"]}"
_MAILTO = re.compile(r"mailto:", re.IGNORECASE)
_ALLOWED_FORM = re.compile(
    r"https?://([A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?)(?::\d{1,5})?(?=[/?#]|$)", re.IGNORECASE
)
_CARRIED = re.compile(r"(?:https?|data|javascript)(?::|%3a)|(?:/|%2f|\\|%5c){2}", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_DESTINATION = re.compile(
    r"\]\(\s*(?:<([^<>\n]*)>|((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.|\([^\s()]*\))*\))*))"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)"
)
_LOOSE_DESTINATION = re.compile(r"\]\((?=\s*<?\s*(?:[a-z][a-z0-9+.\-]{1,20}:|[/\\]{2}))", re.IGNORECASE)
_IMAGE = re.compile(r"!(?=\[)")
_DEFINITION = re.compile(
    r"(?m)^([ \t>*+\-]*(?:\d{1,3}[.)][ \t]+)?)\[((?!\d{1,3}\])[^\[\]\n]{1,200})\]:[ \t]*(<[^<>\n]*>|\S*)(.*)$"
)
_NUMBERED_DEFINITION = re.compile(r"(?m)^([ \t>*+\-]*)\[(\d{1,3})\]:[ \t]*(<[^<>\n]*>|\S+)([ \t]*(?:[\"'(].*)?)$")
_AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.\-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>@]+)>")
_COMMENT = re.compile(r"<!--.*?(?:-->|$)|<!\[CDATA\[.*?(?:\]\]>|$)|<\?.*?(?:\?>|$)", re.DOTALL)
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9\-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_LOOSE_TAG = re.compile(r"<(?=[/!?]?[A-Za-z!?])")
_PLACEHOLDER = re.compile(r"</?[A-Za-z][\w\-.]*( [\w\-.]+)*>")
_CODE_SPAN = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
_ACTIVE_NAMES = frozenset("script style iframe svg math object embed form base link meta template frame applet".split())
_HTML_NAMES = frozenset(
    """a abbr address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br
    button canvas caption center cite code col colgroup command data datalist dd del details dfn dialog dir div
    dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header
    hgroup hr html i iframe image img input ins isindex kbd keygen label legend li link listing main map mark
    marquee math menu menuitem meta meter nav nobr noembed noframes noscript object ol optgroup option output p
    param picture plaintext portal pre progress q rb rp rt rtc ruby s samp script search section select slot
    small source spacer span strike strong style sub summary sup svg table tbody td template textarea tfoot th
    thead time title tr track tt u ul use var video wbr xmp""".split()
)


@dataclass(slots=True)
class Mender:
    """Mends texts for one answer; `found` collects what was taken out."""

    allowed: frozenset[str]
    found: list[tuple[str, str]]

    def mend(self, text: str, *, code: bool = False) -> str:
        """The text with nothing left in it that loads or leads elsewhere. In code, bare addresses and tags stay.

        Raises:
            ValueError: what is taken out keeps uncovering more.
        """
        for _ in range(_MAX_PASSES):
            mended = self._pass(text, code=code)
            if mended == text:
                return text
            text = mended
        raise ValueError("an address keeps coming back")

    def _pass(self, text: str, *, code: bool) -> str:
        if not code and ("&" in text or "\\" in text):
            text = self._revealed(text)
        if "![" in text:
            text = self._sub(_IMAGE, text, lambda _: "", "image")
        if "](" in text:
            text = self._mend_links(text)
        if "]:" in text:
            text = self._mend_definitions(text)
        if not code and "<" in text:
            text = self._mend_html(text)
        return text if code else _ADDRESS.sub(self._bare, text)

    def is_allowed(self, address: str) -> bool:
        """True for http(s) addresses of an allowed host that carry no second address, and for `#anchors`."""
        plain = _ESCAPED.sub(r"\1", html.unescape(address)).strip()
        if plain.startswith("#"):
            return True
        form = _ALLOWED_FORM.match(plain)
        if not form or any(char.isspace() or ord(char) < 33 or char == "\\" for char in plain):
            return False
        return self._is_host_allowed(form.group(1).lower()) and not _CARRIED.search(plain[form.end() :])

    def _is_host_allowed(self, host: str) -> bool:
        return host in self.allowed or any(h.startswith("*.") and host.endswith(h[1:]) for h in self.allowed)

    def _revealed(self, text: str) -> str:
        """The text without entities and escapes, when these hide an address or a tag."""
        plain = _ESCAPED.sub(r"\1", html.unescape(text))
        hidden = plain != text and self._foreign(plain) > self._foreign(text)
        if not hidden:
            return text
        self.found.append(("disguised_address", text.strip()[:80]))
        return plain

    def _foreign(self, text: str) -> int:
        return sum(not self.is_allowed(match.group().rstrip(_TRAILING)) for match in _ADDRESS.finditer(text))

    def _sub(self, pattern: re.Pattern[str], text: str, put: Callable[[re.Match[str]], str], kind: str) -> str:
        def noted(match: re.Match[str]) -> str:
            made = put(match)
            if made != match.group():
                self.found.append((kind, match.group().strip()[:80]))
            return made

        return pattern.sub(noted, text)

    def _mend_links(self, text: str) -> str:
        at = 0
        while match := _DESTINATION.search(text, at):
            address = match.group(1) if match.group(1) is not None else match.group(2)
            if self.is_allowed(address):
                at = match.end()
                continue
            self.found.append(("link", match.group()[:80]))
            start = _opening(text, match.start())
            words = text[start + 1 : match.start()] if start >= 0 else text[: match.start()]
            text = (text[:start] if start >= 0 else "") + words + text[match.end() :]
            at = max(0, start)
        return self._sub(_LOOSE_DESTINATION, text, _loosened, "link")

    def _mend_definitions(self, text: str) -> str:
        def put(match: re.Match[str]) -> str:
            rest = match.group(4).strip()
            if (rest and rest[0] not in "\"'(") or self.is_allowed(match.group(3).strip("<>")):
                return match.group()
            return f"{match.group(1)}\\[{match.group(2)}\\]: {match.group(3)}{match.group(4)}"

        def numbered(match: re.Match[str]) -> str:
            if self.is_allowed(match.group(3).strip("<>")):
                return match.group()
            return f"{match.group(1)}[{match.group(2)}] {match.group(3)}{match.group(4)}"

        text = self._sub(_NUMBERED_DEFINITION, text, numbered, "definition")
        return self._sub(_DEFINITION, text, put, "definition")

    def _mend_html(self, text: str) -> str:
        text = self._sub(_AUTOLINK, text, self._autolink, "autolink")
        text = self._sub(_COMMENT, text, lambda _: "", "html")
        text = self._sub(_TAG, text, _tag, "html")
        return self._sub(_LOOSE_TAG, text, lambda m: "<" if _stays(m) else "&lt;", "html")

    def _autolink(self, match: re.Match[str]) -> str:
        address = match.group(1)
        if ":" not in address.split("@", maxsplit=1)[0]:
            return address  # an e-mail address stays readable
        return match.group() if self.is_allowed(address) else address

    def _bare(self, match: re.Match[str]) -> str:
        address = match.group()
        core = address.rstrip(_TRAILING)
        if self.is_allowed(core):
            return address
        if _MAILTO.match(address):
            return self._noted(address, address[len("mailto:") :].split("?")[0])
        return self._noted(address, _unlinked(address))

    def _noted(self, address: str, plain: str) -> str:
        self.found.append(("address", address[:80]))
        return plain


def hosts_of(addresses: tuple[str, ...] | list[str]) -> frozenset[str]:
    """The hosts of http(s) addresses: documents' own URLs may be linked to."""
    forms = (_ALLOWED_FORM.match(address.strip()) for address in addresses)
    return frozenset(form.group(1).lower() for form in forms if form)


def _unlinked(address: str) -> str:
    """A web address as words: host and path without scheme and query. Other schemes leave nothing but their name."""
    web = re.match(r"(?:https?:|ftps?:|wss?:)?[/\\]*(?:www\.)*([^?#]*)", address, re.IGNORECASE)
    scheme = re.match(r"([a-z\-]+):", address, re.IGNORECASE)
    if scheme and scheme.group(1).lower() not in {"http", "https", "ftp", "ftps", "ws", "wss"}:
        return f"({scheme.group(1).lower()} link removed)"
    words = web.group(1) if web else ""
    tail = address[len(address.rstrip(_TRAILING)) :]
    ending = "" if words.endswith(tail) else tail
    kept = words if not _ADDRESS.search(words) else words.split("/")[0].split(":")[0]
    return (kept or "(link removed)") + ending


def _opening(text: str, closing: int) -> int:
    """Where the bracket that closes at `closing` opens, -1 if nowhere."""
    depth = 0
    for at in range(closing, -1, -1):
        depth += (text[at] == "]") - (text[at] == "[")
        if depth == 0:
            return at
    return -1


def _loosened(match: re.Match[str]) -> str:
    return match.group() if _DESTINATION.match(match.string, match.start()) else "] ("


def _tag(match: re.Match[str]) -> str:
    name = match.group(1).lower()
    if name in _HTML_NAMES and not _is_quoted(match):
        return " " if name in {"br", "hr", "td", "th", "wbr"} else ""
    return match.group()


def _stays(match: re.Match[str]) -> bool:
    """A placeholder such as <your-name> is no HTML and stays as written, and so does `<b>` in a span of code."""
    tag = _TAG.match(match.string, match.start())
    if _AUTOLINK.match(match.string, match.start()) or (tag and _is_quoted(tag)):
        return True
    return bool(_PLACEHOLDER.match(match.string, match.start())) and not (tag and tag.group(1).lower() in _HTML_NAMES)


def _is_quoted(tag: re.Match[str]) -> bool:
    """A harmless tag without attributes that stands in a span of code."""
    if tag.group(2).strip(" /") or tag.group(1).lower() in _ACTIVE_NAMES:
        return False
    starts, ends = _code_spans(tag.string)
    at = bisect_left(starts, tag.start()) - 1  # spans don't overlap: only the last that begins before it can hold it
    return at >= 0 and tag.end() < ends[at]


@lru_cache(maxsize=16)
def _code_spans(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where the spans of code start, and where they end."""
    spans = [span.span() for span in _CODE_SPAN.finditer(text)] if "`" in text else []
    return tuple(start for start, _ in spans), tuple(end for _, end in spans)
