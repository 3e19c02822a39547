"""The web application: our routes, Chainlit's socket and static files, and nothing else of Chainlit's."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.middleware.gzip import GZipMiddleware

from assistant.errors import BusyError, InvalidMessageError, NotFoundError, UnavailableError
from assistant.ui.boundary import Boundary
from assistant.ui.root import prepare_root

if TYPE_CHECKING:
    from assistant.ui.backend import Backend


def create_app(backend: Backend, *, folder: Path, allowed_origins: Collection[str] = ()) -> FastAPI:
    """The application for an open assistant. `folder` is writable and ours; one folder per process.

    Chainlit's own application is not mounted: routes of it that an upgrade might add don't exist here.
    """
    prepare_root(folder)
    os.environ["CHAINLIT_AUTH_SECRET"] = backend.auth_secret
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    _wire(app, backend)
    app.add_exception_handler(NotFoundError, _not_found)
    app.add_exception_handler(UnavailableError, _unavailable)
    app.add_exception_handler(BusyError, _busy)
    app.add_exception_handler(InvalidMessageError, _invalid)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_middleware(Boundary, allowed_origins=allowed_origins, https=backend.secure_cookies)
    return app


def _wire(app: FastAPI, backend: Backend) -> None:
    # Chainlit reads its folder when it is imported, so nothing of it may be imported before `prepare_root`.
    import chainlit.server as upstream
    from chainlit import data
    from chainlit.config import config

    from assistant.ui.accounts import Accounts
    from assistant.ui.api import Api
    from assistant.ui.chat import Chat
    from assistant.ui.history import DataLayer, History
    from assistant.ui.memory import MemoryApi
    from assistant.ui.pages import Pages
    from assistant.ui.sockets import harden

    accounts = Accounts(backend.stores.users, guests=backend.guests)
    history = History(backend.stores, masked=backend.policy.mask)
    chat = Chat(backend, history)

    data._data_layer = None
    data._data_layer_initialized = False
    config.code.data_layer = lambda: DataLayer(history, accounts.check)
    config.code.on_chat_resume = _nothing
    harden(accounts, history, chat, max_chars=backend.message_max_chars, overlap=backend.overlap)

    app.include_router(Pages(backend, accounts).router())
    app.include_router(Api(backend, accounts, history, chat).router())
    app.include_router(MemoryApi(backend, accounts).router())
    app.get("/public/{filename:path}")(upstream.serve_public_file)
    app.get("/assets/{filename:path}")(upstream.serve_asset_file)
    app.get("/project/translations")(upstream.project_translations)
    app.get("/favicon")(upstream.get_favicon)
    app.get("/logo")(upstream.get_logo)
    app.get("/avatars/{avatar_id:str}")(upstream.get_avatar)
    app.get("/health")(upstream.health_check)
    app.mount("/ws/socket.io", upstream.asgi_app)


async def _nothing(_thread: object) -> None:
    """Chainlit resumes threads only where a callback is registered; ours is in `sockets`."""


async def _not_found(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "Not Found"}, status_code=404)


async def _busy(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"detail": BusyError.user_message}, status_code=409)


async def _invalid(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "Not a usable request"}, status_code=422)


async def _unavailable(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "Temporarily unavailable"}, status_code=503)
