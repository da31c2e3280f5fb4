"""A correction that met an edit: before, what was written, what is there now, and which of them is to stand."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from admin_ui.answers import done
from admin_ui.door import local, opened, signed_in, wants_json
from admin_ui.notices import Notice
from admin_ui.rendering import page
from core import review
from core.errors import Conflict


@get("/applications/{application_id:int}/conflict", include_in_schema=False)
async def conflict_page(request: Request[Any, Any, Any], application_id: FromPath[int]) -> Template:
    """Show the three versions of a correction's fields."""
    back = local(request.query_params.get("back"), "/auto-corrected?automatic=")
    return await drawn(request, application_id, back, None, 200)


@post("/applications/{application_id:int}/keep-theirs", status_code=200, include_in_schema=False)
async def keep_theirs(request: Request[Any, Any, Any], application_id: FromPath[int]) -> Response[Any]:
    """Leave the edit as it is."""
    back = local((await request.form()).get("back"), "/auto-corrected?automatic=")
    await review.keep_theirs(opened(request), signed_in(request).actor, application_id)
    return done(request, Notice("Kept: what is there now stays."), back)


@post("/applications/{application_id:int}/put-ours-back", status_code=200, include_in_schema=False)
async def put_ours_back(request: Request[Any, Any, Any], application_id: FromPath[int]) -> Response[Any]:
    """Write the corrected value over the edit."""
    back = local((await request.form()).get("back"), "/auto-corrected?automatic=")
    made = await review.put_ours_back(opened(request), signed_in(request).actor, application_id)
    notice = Notice("The corrected value is being put back over the edit.", undo=f"/applications/{made}/undo")
    return done(request, notice, back, application_id=made)


async def conflict(request: Request[Any, Any, Any], application_id: int, error: Conflict, back: str) -> Template:
    """Answer a form that met an edit with the three versions. A script gets the error."""
    if wants_json(request):
        raise error
    return await drawn(request, application_id, back, error.message, 409)


async def drawn(
    request: Request[Any, Any, Any], application_id: int, back: str, message: str | None, status: int
) -> Template:
    """Draw the three versions."""
    met = await review.met(opened(request), signed_in(request).actor, application_id)
    return await page(request, "conflicts/page.html", status=status, here="auto", met=met, message=message, back=back)


HANDLERS = (conflict_page, keep_theirs, put_ours_back)
