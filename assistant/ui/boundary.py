"""The first thing a request meets: its Origin is checked, and every answer gets its security headers."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.ui.origins import is_allowed_origin

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SOCKET = "/ws/"
MAX_FRAME_BYTES = 2_000_000
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def chat_policy(script_hashes: Collection[str]) -> str:
    """The Content-Security-Policy of Chainlit's page: nothing leaves the origin.

    'unsafe-eval' is what Chainlit's runner of custom elements needs (`new Function` on our own Sources.jsx); inline
    scripts run by their hash only. Inline styles are written by its components at run time.
    """
    hashes = " ".join(f"'sha256-{each}'" for each in script_hashes)
    return (
        f"default-src 'none'; script-src 'self' {hashes} 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; media-src 'none'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    )


class Boundary:
    """ASGI middleware. `allowed_origins` are further origins that may write and open sockets."""

    def __init__(self, app: ASGIApp, *, allowed_origins: Collection[str] = (), https: bool = False) -> None:
        self._app = app
        self._allowed = frozenset(allowed_origins)
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        checked = scope["type"] == "websocket" or scope["method"] not in _SAFE or scope["path"].startswith(_SOCKET)
        if checked and not is_allowed_origin(headers.get("origin", ""), headers.get("host", ""), self._allowed):
            await _refuse(scope, receive, send)
            return
        await self._app(scope, receive, self._with_headers(scope, send))

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                _harden(MutableHeaders(scope=message), scope["path"], https=self._https)
            await send(message)

        return wrapped


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    else:
        await JSONResponse({"detail": "Foreign origin"}, status_code=403)(scope, receive, send)


def _harden(headers: MutableHeaders, path: str, *, https: bool) -> None:
    headers.setdefault("content-security-policy", PAGE_POLICY)
    headers["x-content-type-options"] = "nosniff"
    headers["referrer-policy"] = "same-origin"
    headers["x-frame-options"] = "DENY"
    headers["permissions-policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
    headers["cross-origin-opener-policy"] = "same-origin"
    headers["cross-origin-resource-policy"] = "same-origin"
    if https:
        headers["strict-transport-security"] = "max-age=31536000"
    if path.startswith("/assets/"):
        headers["cache-control"] = "public, max-age=31536000, immutable"
    elif not path.startswith(("/public/", "/logo", "/favicon", "/avatars/")):
        headers.setdefault("cache-control", "no-store")
