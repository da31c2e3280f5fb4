"""Records as they are now: the list, and one with its open issues and what the platform sent."""

from typing import Any

import msgspec
from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Template

from admin_ui.door import signed_in
from admin_ui.listed import address_of, filters_of
from admin_ui.rendering import page
from core.store.listings import records as records_listing
from core.store.listings.records import RecordFilters


@get("/records", include_in_schema=False)
async def records(request: Request[Any, Any, Any]) -> Template:
    """List records."""
    given = dict(request.query_params)
    filters = filters_of(given, RecordFilters)
    found = await records_listing.records(signed_in(request).actor.merchant, filters, given.get("after") or None, 50)
    following = address_of("/records", given, after=found.next) if found.next else None
    return await page(request, "records/page.html", here="records", found=found, filters=filters, following=following)


@get("/records/{record_id:int}", include_in_schema=False)
async def one_record(request: Request[Any, Any, Any], record_id: FromPath[int]) -> Template:
    """Show one record."""
    view = await records_listing.one(signed_in(request).actor.merchant, record_id)
    raw = msgspec.json.format(msgspec.json.encode(view.payload), indent=2).decode()
    return await page(request, "records/one.html", here="records", view=view, raw=raw)


HANDLERS = (records, one_record)
