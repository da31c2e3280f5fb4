"""What was corrected by itself, with undo."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from admin_ui.answers import done
from admin_ui.door import local, opened, signed_in
from admin_ui.listed import address_of, filters_of
from admin_ui.notices import Notice
from admin_ui.pages.conflicts import conflict
from admin_ui.rendering import page
from core import review
from core.errors import Conflict
from core.store.listings import applications as applications_listing
from core.store.listings.applications import ApplicationFilters


@get("/auto-corrected", include_in_schema=False)
async def auto_corrected(request: Request[Any, Any, Any]) -> Template:
    """List applications, those of the machine unless others are asked for."""
    given = dict(request.query_params)
    filters = filters_of(given, ApplicationFilters)
    if given.get("automatic") == "":
        filters = msgspec.structs.replace(filters, automatic=None)
    scope = signed_in(request).actor.merchant
    found = await applications_listing.auto_corrected(scope, filters, given.get("after") or None, 50)
    following = address_of("/auto-corrected", given, after=found.next) if found.next else None
    values: dict[str, Any] = {"found": found, "filters": filters, "following": following}
    back = address_of("/auto-corrected", given)
    return await page(request, "auto_corrected/page.html", here="auto", back=back, **values)


@post("/applications/{application_id:int}/undo", status_code=200, include_in_schema=False)
async def undo(request: Request[Any, Any, Any], application_id: FromPath[int]) -> Response[Any]:
    """Undo one application; where the record was edited since, show the three versions and ask."""
    form = await request.form()
    back = local(form.get("back"), "/auto-corrected")
    try:
        await review.undo(opened(request), signed_in(request).actor, application_id, force=form.get("force") == "1")
    except Conflict as error:
        return await conflict(request, application_id, error, back)
    return done(request, Notice("Undone: the earlier value is on its way back to the channel."), back)


HANDLERS = (auto_corrected, undo)
