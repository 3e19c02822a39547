"""Runs the chat's server in the loop it is given, on a socket that was taken before anything slow began."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from assistant.errors import ConfigurationError
from assistant.ui.backend import Backend
from assistant.ui.boundary import MAX_FRAME_BYTES

GRACE_S = 10


@contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """Take the address now, so that a port in use is said before models are loaded. Raises ConfigurationError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((host, port))
            taken.listen(256)
        except OSError as exc:
            raise ConfigurationError(_why(host, port, exc)) from exc
        yield taken


async def serve_until_stopped(
    backend: Backend,
    taken: socket.socket,
    *,
    folder: Path,
    allowed_origins: Collection[str] = (),
    ready: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is told the address once requests are answered."""
    from assistant.ui.server import create_app  # Chainlit takes seconds to import

    app = create_app(backend, folder=folder, allowed_origins=allowed_origins)
    config = uvicorn.Config(
        app, log_level="warning", ws_max_size=MAX_FRAME_BYTES, timeout_graceful_shutdown=GRACE_S, server_header=False
    )
    await _Server(config, ready).serve(sockets=[taken])


class _Server(uvicorn.Server):
    """Tells when it answers requests, and returns when it was told to stop.

    uvicorn's own would raise the signal again when it is done, which ends the process before running turns are drained
    and the embedded parts are closed.
    """

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            self._ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")


def _why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use. Stop what uses it, or choose another: ASSISTANT_PORT or --port."
    if error.errno == errno.EACCES:
        return f"Port {port} on {host} needs more rights. Choose one above 1023: ASSISTANT_PORT or --port."
    return f"{host}:{port} can't be listened on ({error.strerror}). Set ASSISTANT_HOST and ASSISTANT_PORT."
