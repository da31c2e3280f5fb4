"""Alerts: what a person should know and may have to mend."""

from typing import Any

from litestar import Request, get
from litestar.response import Template

from admin_ui.door import signed_in
from admin_ui.listed import address_of
from admin_ui.rendering import page
from core.store.listings import alerts as alerts_listing


@get("/alerts", include_in_schema=False)
async def alerts(request: Request[Any, Any, Any]) -> Template:
    """List the open alerts, or the closed ones."""
    given = dict(request.query_params)
    closed = given.get("closed") == "1"
    scope = signed_in(request).actor.merchant
    found = await alerts_listing.alerts(scope, given.get("after") or None, 50, closed=closed)
    following = address_of("/alerts", given, after=found.next) if found.next else None
    return await page(request, "alerts/page.html", here="alerts", found=found, closed=closed, following=following)


HANDLERS = (alerts,)
