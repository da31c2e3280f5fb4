"""What language models were asked: the list, and one question as it was sent with what came back."""

from typing import Any

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Template

from admin_ui.door import admins_only, opened, signed_in
from admin_ui.listed import address_of, filters_of
from admin_ui.rendering import page
from core.store.listings import model_calls as listing
from core.store.listings.model_calls import CallFilters
from core.store.model_calls import CallState

STATES = tuple((state.value, state.value.capitalize()) for state in CallState)


@get("/audit/model-calls", include_in_schema=False)
async def model_calls(request: Request[Any, Any, Any]) -> Template:
    """List questions, newest first."""
    admins_only(request)
    given = dict(request.query_params)
    filters = filters_of(given, CallFilters)
    found = await listing.calls(signed_in(request).actor.merchant, filters, given.get("after") or None, 50)
    following = address_of("/audit/model-calls", given, after=found.next) if found.next else None
    kept = {"states": STATES, "keep_days": opened(request).tuning.ai_monitoring.keep_days}
    values: dict[str, Any] = {"found": found, "filters": filters, "following": following, **kept}
    return await page(request, "model_calls/page.html", here="audit", **values)


@get("/audit/model-calls/{call_id:int}", include_in_schema=False)
async def one_call(request: Request[Any, Any, Any], call_id: FromPath[int]) -> Template:
    """Show what a model saw and what it answered."""
    admins_only(request)
    view = await listing.one(signed_in(request).actor.merchant, call_id)
    return await page(request, "model_calls/one.html", here="audit", view=view)


HANDLERS = (model_calls, one_call)
