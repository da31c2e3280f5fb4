"""Check what was corrected: a sample of what applied itself, one by one; right, or wrong and undone."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from admin_ui.answers import done
from admin_ui.door import local, opened, signed_in, wants_json
from admin_ui.listed import address_of
from admin_ui.notices import Notice, carry
from admin_ui.rendering import page
from core import review
from core.errors import Malformed
from core.model.corrections import AuditVerdict
from core.store.listings import samples


@get("/checks", include_in_schema=False)
async def checks(request: Request[Any, Any, Any]) -> Template:
    """List what is to be checked, oldest first."""
    given = dict(request.query_params)
    found = await samples.to_check(signed_in(request).actor.merchant, given.get("after") or None, 20)
    following = address_of("/checks", given, after=found.next) if found.next else None
    return await page(request, "checks/page.html", here="review", found=found, following=following)


@post("/applications/{application_id:int}/check", status_code=200, include_in_schema=False)
async def check(request: Request[Any, Any, Any], application_id: FromPath[int]) -> Response[Any]:
    """Say whether one of the sample was right. Where a wrong one was edited since, its three versions follow."""
    form = await request.form()
    verdict = verdict_of(str(form.get("verdict", "")))
    checked = await review.check(opened(request), signed_in(request).actor, application_id, verdict)
    notice = Notice(checked.message, bad=verdict is AuditVerdict.WRONG and not checked.undoing)
    if checked.versions is not None and not wants_json(request):
        return Redirect(f"/applications/{application_id}/conflict", status_code=303, cookies=[carry(notice)])
    back = local(form.get("back"), "/checks")
    return done(request, notice, back, verdict=checked.verdict, undoing=checked.undoing)


def verdict_of(given: str) -> AuditVerdict:
    """Read a verdict from a form."""
    try:
        return AuditVerdict(given)
    except ValueError as error:
        raise Malformed("The form names no verdict. Load the page again.") from error


HANDLERS = (checks, check)
