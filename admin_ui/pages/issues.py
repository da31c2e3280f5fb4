"""One issue: its page, its panel, and the forms that decide on it."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from admin_ui import look as looks
from admin_ui.answers import done
from admin_ui.door import local, opened, signed_in, wants_json
from admin_ui.notices import Notice
from admin_ui.pages.auto_corrected import conflict
from admin_ui.panel import Draft, panel_of, value_of
from admin_ui.rendering import fragment, page
from core import review
from core.errors import Conflict, Malformed, Refused
from core.review import Decided
from core.store import applications


@get("/issues/{issue_id:int}", include_in_schema=False)
async def issue_page(request: Request[Any, Any, Any], issue_id: FromPath[int]) -> Template:
    """Show one issue on a page of its own."""
    values = await panel_of(request, issue_id, looks.of_request(request))
    values |= {"single": True, "modifying": "modify" in request.query_params}
    return await page(request, "issues/page.html", here="review", **values)


@get("/issues/{issue_id:int}/_panel", include_in_schema=False)
async def issue_panel(request: Request[Any, Any, Any], issue_id: FromPath[int]) -> Template:
    """Show one issue as the queue's right side."""
    return fragment(request, "issues/_panel.html", **await panel_of(request, issue_id, looks.of_request(request)))


@post("/issues/{issue_id:int}/approve", status_code=200, include_in_schema=False)
async def approve(request: Request[Any, Any, Any], issue_id: FromPath[int]) -> Response[Any]:
    """Approve a suggestion."""
    form = await request.form()
    decided = await review.approve(
        opened(request), signed_in(request).actor, issue_id, suggestion_id=number(form.get("suggestion_id"))
    )
    return told(request, decided, str(form.get("back", "")))


@post("/issues/{issue_id:int}/reject", status_code=200, include_in_schema=False)
async def reject(request: Request[Any, Any, Any], issue_id: FromPath[int]) -> Response[Any]:
    """Reject the suggestions."""
    form = await request.form()
    decided = await review.reject(
        opened(request),
        signed_in(request).actor,
        issue_id,
        suggestion_id=number(form.get("suggestion_id")),
        reason=str(form.get("reason") or "")[:500] or None,
    )
    return told(request, decided, str(form.get("back", "")))


@post("/issues/{issue_id:int}/modify", status_code=200, include_in_schema=False)
async def modify(request: Request[Any, Any, Any], issue_id: FromPath[int]) -> Response[Any]:
    """Take a value that a person wrote."""
    form = await request.form()
    value = read_value(str(form.get("shape", "")), str(form.get("value", "")))
    decided = await review.modify(opened(request), signed_in(request).actor, issue_id, value=value)
    return told(request, decided, str(form.get("back", "")))


@post("/issues/{issue_id:int}/dismiss", status_code=200, include_in_schema=False)
async def dismiss(request: Request[Any, Any, Any], issue_id: FromPath[int]) -> Response[Any]:
    """Leave the record as it is and take the issue out of the queue."""
    back = local((await request.form()).get("back"), "/review")
    await review.dismiss(opened(request), signed_in(request).actor, issue_id)
    notice = Notice("Dismissed. It opens again when its value changes.", undo=f"/issues/{issue_id}/reopen")
    return done(request, notice, back, issue_id=issue_id, decision_id="", verdict="dismissed")


@post("/issues/{issue_id:int}/reopen", status_code=200, include_in_schema=False)
async def reopen(request: Request[Any, Any, Any], issue_id: FromPath[int]) -> Response[Any]:
    """Put a dismissed issue back into the queue."""
    back = local((await request.form()).get("back"), "/review")
    await review.reopen(opened(request), signed_in(request).actor, issue_id)
    return done(request, Notice("The issue is open again."), back, issue_id=issue_id)


@post("/issues/{issue_id:int}/preview", status_code=200, include_in_schema=False)
async def preview(request: Request[Any, Any, Any], issue_id: FromPath[int]) -> Response[Any]:
    """Show what a value would teach and change; nothing is kept."""
    form = await request.form()
    shape, given = str(form.get("shape", "")), str(form.get("value", ""))
    seen: dict[str, Any] = {"trouble": None}
    try:
        found = await review.preview_modify(
            opened(request), signed_in(request).actor, issue_id, value=read_value(shape, given)
        )
        seen |= {name: getattr(found, name) for name in found.__struct_fields__}
    except (Malformed, Refused) as error:
        seen["trouble"] = error.message
    if wants_json(request) or request.headers.get("x-fragment"):
        return fragment(request, "issues/_preview.html", preview=seen)
    values = await panel_of(request, issue_id, looks.of_address(str(form.get("back", ""))))
    values |= {"single": True, "modifying": True, "preview": seen, "draft": Draft(given, shape)}
    return await page(request, "issues/page.html", here="review", **values)


@post("/decisions/{decision_id:str}/undo", status_code=200, include_in_schema=False)
async def undo_decision(request: Request[Any, Any, Any], decision_id: FromPath[str]) -> Response[Any]:
    """Take a decision back."""
    back = local((await request.form()).get("back"), "/review")
    try:
        await review.undo_decision(opened(request), signed_in(request).actor, decision_id)
    except Conflict as error:
        application = await applications.of_decision(decision_id)
        if application is None:
            raise
        return await conflict(request, application.id, error, back)
    return done(request, Notice("The decision is taken back."), back)


def told(request: Request[Any, Any, Any], decided: Decided, back: str) -> Response[Any]:
    """Say what a decision did, with the way to take it back."""
    notice = Notice(decided.message, undo=f"/decisions/{decided.decision_id}/undo")
    return done(request, notice, local(back, "/review"), **msgspec.to_builtins(decided))


def number(given: object) -> int | None:
    """Read an id from a form; nothing is None."""
    if not given:
        return None
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 19:
        return int(given)
    raise Malformed("The form names a suggestion that cannot be read. Load the page again.")


def read_value(shape: str, given: str) -> Any:
    """Read a value that a person wrote."""
    try:
        return value_of(shape, given)
    except msgspec.DecodeError as error:
        raise Malformed(f"This field holds structured data, and what was written is not JSON: {error}.") from error


HANDLERS = (issue_page, issue_panel, approve, reject, modify, dismiss, reopen, preview, undo_decision)
