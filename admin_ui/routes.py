"""All pages as one router, with the door before them and the security headers around them."""

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.exceptions import HTTPException
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from admin_ui.answers import failed, refused, stopped
from admin_ui.door import enter
from admin_ui.headers import secured
from admin_ui.live import events
from admin_ui.pages import (
    alerts,
    analytics,
    audit,
    auto_corrected,
    bulk,
    connecting,
    connections,
    grouping,
    handover,
    history,
    issues,
    knowledge,
    more,
    records,
    review,
    rulepacks,
    sign_in,
)
from admin_ui.rendering import STATIC
from core.errors import MarketwrightError

SCREENS = (
    sign_in, review, issues, bulk, auto_corrected, history, records, knowledge, grouping, connections, connecting,
    handover, rulepacks, analytics, alerts, audit, more,
)  # fmt: skip


def routes() -> list[ControllerRouterHandler]:
    """Return the routes of every page and of the static files."""
    pages = Router(
        path="/",
        route_handlers=[events, *(handler for screen in SCREENS for handler in screen.HANDLERS)],
        before_request=enter,
        middleware=[secured],
        exception_handlers={MarketwrightError: refused, HTTPException: stopped, Exception: failed},
        include_in_schema=False,
    )
    static = create_static_files_router(
        path="/static",
        directories=[STATIC],
        cache_control=CacheControlHeader(public=True, max_age=300),
        middleware=[secured],
    )
    return [pages, static]
