"""The history: closed issues and how each one ended."""

from typing import Any

from litestar import Request, get
from litestar.response import Template

from admin_ui.door import signed_in
from admin_ui.listed import address_of, filters_of
from admin_ui.rendering import page
from core.store.listings import history as history_listing
from core.store.listings.history import HistoryFilters


@get("/history", include_in_schema=False)
async def history(request: Request[Any, Any, Any]) -> Template:
    """List closed issues, newest first."""
    given = dict(request.query_params)
    filters = filters_of(given, HistoryFilters)
    found = await history_listing.history(signed_in(request).actor.merchant, filters, given.get("after") or None, 50)
    following = address_of("/history", given, after=found.next) if found.next else None
    return await page(request, "history/page.html", here="history", found=found, filters=filters, following=following)


HANDLERS = (history,)
