"""Approving many at once: a frozen list of one cause, or what was selected in the queue. Both are confirmed first."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from admin_ui.answers import done
from admin_ui.door import local, opened, signed_in
from admin_ui.notices import Notice
from admin_ui.rendering import page
from admin_ui.words import plural
from core import review
from core.errors import Conflict, Malformed, NotFound, Refused
from core.store.listings import issues as issues_listing
from core.store.listings import patterns as patterns_listing


@get("/patterns/{pattern_id:str}/approve", include_in_schema=False)
async def confirm_pattern(request: Request[Any, Any, Any], pattern_id: FromPath[str]) -> Template:
    """Freeze the open issues of a cause and show them with their number and a sample."""
    actor = signed_in(request).actor
    view = await patterns_listing.one(actor.merchant, pattern_id)
    frozen = await review.freeze(opened(request), actor, pattern_id)
    back = local(request.query_params.get("back"), "/review")
    return await page(request, "bulk/pattern.html", here="review", view=view, frozen=frozen, back=back)


@post("/patterns/{pattern_id:str}/approve", status_code=200, include_in_schema=False)
async def approve_pattern(request: Request[Any, Any, Any], pattern_id: FromPath[str]) -> Response[Any]:
    """Approve the frozen list, and nothing that came after it."""
    form = await request.form()
    ids = ids_of([str(form.get("issues", ""))])
    decided = await review.approve_frozen(
        opened(request), signed_in(request).actor, pattern_id, ids, str(form.get("digest", ""))
    )
    undo = f"/batches/{decided[0].batch}/undo" if decided else None
    notice = Notice(f"{plural(len(decided), 'correction')} approved.", bad=not decided, undo=undo)
    return done(request, notice, local(form.get("back"), "/review"), count=len(decided))


@get("/selected", include_in_schema=False)
async def confirm_selected(request: Request[Any, Any, Any]) -> Template:
    """Show what was selected, each with the suggestion that approving carries out."""
    scope = signed_in(request).actor.merchant
    ids = ids_of(request.query_params.getall("issue", []))
    found = []
    for issue_id in ids:
        try:
            found.append(await issues_listing.one(scope, issue_id))
        except NotFound:
            continue
    views = [view for view in found if view.issue.state == "open" and view.suggestions]
    back = local(request.query_params.get("back"), "/review?view=plain")
    left_out = len(ids) - len(views)
    return await page(request, "bulk/selected.html", here="review", views=views, left_out=left_out, back=back)


@post("/selected", status_code=200, include_in_schema=False)
async def approve_selected(request: Request[Any, Any, Any]) -> Response[Any]:
    """Approve each selected issue with the suggestion that was shown."""
    form = await request.form()
    approved, reasons, batch = 0, [], str(uuid.uuid4())
    for issue_id in ids_of(form.getall("issue", [])):
        shown = ids_of([form.get(f"suggestion-{issue_id}", "")])
        try:
            await review.approve(
                opened(request),
                signed_in(request).actor,
                issue_id,
                suggestion_id=shown[0] if shown else None,
                batch=batch,
            )
            approved += 1
        except (Refused, NotFound, Conflict) as error:
            reasons.append(error.message)
    said = f"{plural(approved, 'correction')} approved."
    if reasons:
        said += f" {plural(len(reasons), 'issue')} left: {reasons[0]}"
    undo = f"/batches/{batch}/undo" if approved else None
    notice = Notice(said, bad=bool(reasons), undo=undo)
    return done(request, notice, local(form.get("back"), "/review?view=plain"), count=approved)


def ids_of(given: list[Any]) -> tuple[int, ...]:
    """Read ids from form fields; each may hold several, joined by commas."""
    texts = [text for field in given for text in str(field).split(",") if text]
    if not all(text.isascii() and text.isdigit() and len(text) < 19 for text in texts):
        raise Malformed("The form names an issue that cannot be read. Load the page again.")
    return tuple(dict.fromkeys(int(text) for text in texts))


HANDLERS = (confirm_pattern, approve_pattern, confirm_selected, approve_selected)
