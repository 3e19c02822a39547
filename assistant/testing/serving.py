"""A web application on a free port of loopback, in the running event loop: for tests."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from assistant.ui.backend import Backend
from assistant.ui.server import create_app


@asynccontextmanager
async def serve(app: ASGIApp) -> AsyncIterator[str]:
    """Serve `app` and yield its address; stops with the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_level="warning", lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()


@cache
def chat_folder() -> Path:
    """This process's root for Chainlit; goes away with the process."""
    folder = Path(tempfile.mkdtemp(prefix="assistant-chat-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@asynccontextmanager
async def serve_chat(backend: Backend, *, allowed_origins: Collection[str] = ()) -> AsyncIterator[str]:
    """Serve the chat for `backend`; one at a time in a process, as Chainlit's socket server is global."""
    app = create_app(backend, folder=chat_folder(), allowed_origins=allowed_origins)
    from chainlit.session import ws_sessions_id, ws_sessions_sid

    ws_sessions_id.clear()
    ws_sessions_sid.clear()
    async with serve(app) as address:
        yield address
