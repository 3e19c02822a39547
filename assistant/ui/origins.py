"""Who may talk to us from a browser: our own pages, and what the operator allows."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit


def is_allowed_origin(origin: str, host: str, allowed: Collection[str] = ()) -> bool:
    """Whether a request with this Origin header may pass.

    No Origin: not a cross-site request of a browser. The scheme is not compared, as a proxy may end TLS before us.
    """
    if not origin:
        return True
    if origin in allowed:
        return True
    parts = urlsplit(origin)
    return parts.scheme in {"http", "https"} and bool(host) and parts.netloc.lower() == host.lower()


def choose_language(header: str, languages: Collection[str]) -> str:
    """The first language of an Accept-Language header that is among `languages`, else the first of those."""
    offered = {language.lower(): language for language in languages}
    for item in header.split(",")[:10]:
        tag = item.split(";")[0].strip().lower()
        if found := offered.get(tag) or offered.get(tag.split("-")[0]):
            return found
    return next(iter(languages), "en")
