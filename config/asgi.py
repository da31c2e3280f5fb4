"""The web application: the intake of webhooks, the JSON API and the pages, over one opened installation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

import admin_ui.answers
import admin_ui.routes
import core.api
from admin_ui.rendering import template_config
from config.settings import Settings
from core.channel import Connection
from core.context import Context
from core.errors import NotFound
from core.opening import open_connection
from core.store import connections
from core.store.writer import ledger_for
from webhooks import inbound
from webhooks.directory import Directory, OpenConnection

LARGEST_FORM_BYTES = 2 * 1024 * 1024
"""What pages and the API take; webhooks have a bound of their own."""


def create_app(context: Context, settings: Settings) -> ASGIApp:
    """Return the application. Its start opens the intake, its end closes it after the last commit.

    Webhooks go past Litestar and past the proxy's headers, which nothing in the intake asks for.
    """
    intake = inbound.Intake(
        Directory(context.registry.channel, opener(context)),
        ledger_for(settings.database_url),
        context.queue,
        context.clock,
        max_body_bytes=settings.intake.max_body_bytes,
    )

    @asynccontextmanager
    async def keeping(_: Litestar) -> AsyncIterator[None]:
        await intake.open()
        try:
            yield
        finally:
            await intake.close()

    pages = Litestar(
        route_handlers=[*core.api.routes(), *admin_ui.routes.routes()],
        lifespan=[keeping],
        state=State({"context": context}),
        template_config=template_config(),
        openapi_config=core.api.openapi_config(),
        exception_handlers={HTTPException: no_route},
        request_max_body_size=LARGEST_FORM_BYTES,
        logging_config=None,
        debug=False,
    )
    behind_proxy = ProxyHeadersMiddleware(pages, trusted_hosts=settings.web.trusted_proxies)  # type: ignore[arg-type]
    return inbound.before(intake, cast(ASGIApp, behind_proxy))


def no_route(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Answer what leads to no handler: programs get a problem, people a page."""
    if request.url.path.startswith(("/api/", "/health/")):
        return core.api.of_the_framework(request, error)
    return admin_ui.answers.stopped(request, error)


def opener(context: Context) -> OpenConnection:
    """Return the function by which the intake opens a stored connection."""

    async def open_by_id(connection_id: int) -> Connection:
        row = await connections.get(connection_id)
        if row is None:
            raise NotFound("There is no such connection.")
        _, opened = open_connection(context, row)
        return opened

    return open_by_id
