"""Undo of many: the frozen list with its count and a sample, then how far it is and what became of each."""

from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from admin_ui.answers import done
from admin_ui.door import local, opened, signed_in
from admin_ui.listed import address_of
from admin_ui.notices import Notice
from admin_ui.rendering import page
from core import review
from core.errors import Malformed
from core.model.corrections import UndoScope
from core.store.listings import undos as undos_listing

LOOK_AGAIN_SECONDS = 4


@get("/undos", include_in_schema=False)
async def undos(request: Request[Any, Any, Any]) -> Template:
    """List undos of many."""
    given = dict(request.query_params)
    found = await undos_listing.undos(signed_in(request).actor.merchant, given.get("after") or None, 50)
    following = address_of("/undos", given, after=found.next) if found.next else None
    return await page(request, "undos/page.html", here="auto", found=found, following=following)


@get("/undos/new", include_in_schema=False)
async def confirm(request: Request[Any, Any, Any]) -> Template:
    """Freeze what a batch or a rule did and show it with its number and a sample; nothing is undone yet."""
    given = request.query_params
    frozen = await review.freeze_undo(opened(request), signed_in(request).actor, scope_of(dict(given)))
    back = local(given.get("back"), "/auto-corrected")
    return await page(request, "undos/new.html", here="auto", frozen=frozen, back=back)


@post("/undos", status_code=200, include_in_schema=False)
async def start(request: Request[Any, Any, Any]) -> Response[Any]:
    """Undo the frozen list, and nothing that came after it."""
    form = dict(await request.form())
    last = str(form.get("last", ""))
    if not (last.isascii() and last.isdigit() and len(last) < 19):
        raise Malformed("The form names a list that cannot be read. Load the page again.")
    undo = await review.start_undo(
        opened(request), signed_in(request).actor, scope_of(form), last=int(last), digest=str(form.get("digest", ""))
    )
    return done(request, Notice("They are being undone, one after the other."), f"/undos/{undo}", undo_id=undo)


@post("/batches/{batch:str}/undo", status_code=200, include_in_schema=False)
async def undo_batch(request: Request[Any, Any, Any], batch: FromPath[str]) -> Response[Any]:
    """Undo at once what was just approved together."""
    undo = await review.undo_batch(opened(request), signed_in(request).actor, batch)
    return done(request, Notice("What was approved together is being undone."), f"/undos/{undo}", undo_id=undo)


@get("/undos/{undo_id:int}", include_in_schema=False)
async def one_undo(request: Request[Any, Any, Any], undo_id: FromPath[int]) -> Template:
    """Show how far an undo is, and its corrections, those that need a person first. It looks again by itself."""
    given = dict(request.query_params)
    view = await undos_listing.one(signed_in(request).actor.merchant, undo_id, given.get("after") or None, 50)
    following = address_of(f"/undos/{undo_id}", given, after=view.items.next) if view.items.next else None
    values: dict[str, Any] = {"view": view, "following": following, "back": f"/undos/{undo_id}"}
    answer = await page(request, "undos/one.html", here="auto", **values)
    if view.undo.finished_at is None:
        answer.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return answer


def scope_of(given: dict[str, Any]) -> UndoScope:
    """Read what is to be undone from a form or an address. A date is midnight UTC."""
    batch, rule, since = (str(given.get(name) or "") for name in ("batch", "auto_rule", "since"))
    return UndoScope(
        batch=batch[:40] or None,
        auto_rule=rule[:64] or None,
        since=time_of(since) if since else None,
        by_itself=given.get("by_itself") == "1",
    )


def time_of(given: str) -> datetime:
    """Read a date or a time; one without a zone is UTC."""
    try:
        found = datetime.fromisoformat(given)
    except ValueError as error:
        raise Malformed("The date cannot be read; write it as 2026-11-27.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


HANDLERS = (undos, confirm, start, undo_batch, one_undo)
