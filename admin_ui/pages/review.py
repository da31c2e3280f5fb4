"""The review queue: causes or single issues on the left, the chosen issue on the right."""

from typing import Any

from litestar import Request, Response, get
from litestar.response import Redirect, Template

from admin_ui import look as looks
from admin_ui.door import signed_in
from admin_ui.panel import panel_of
from admin_ui.rendering import fragment, page
from core.errors import NotFound
from core.store.listings import applications as applications_listing
from core.store.listings import connections as connections_listing
from core.store.listings import groups as groups_listing
from core.store.listings import review as review_listing

LIMIT = 50


@get("/", include_in_schema=False)
async def home() -> Redirect:
    """Lead to the queue."""
    return Redirect("/review", status_code=303)


@get("/review", include_in_schema=False)
async def queue(request: Request[Any, Any, Any]) -> Response[Any]:
    """Show the queue and one issue of it."""
    actor = signed_in(request).actor
    look = looks.of_request(request)
    rows, following = await rows_of(actor.merchant, look)
    chosen = look.issue or (first_of(rows[0]) if rows else None)
    panel: dict[str, Any] = {"panel": None}
    if chosen is not None:
        try:
            panel = await panel_of(request, chosen, look)
        except NotFound:
            if look.issue is None:
                raise
            return Redirect(look.address(issue=None), status_code=303)
    return await page(
        request,
        "review/page.html",
        here="review",
        filters=look.filters,
        rows=rows,
        following=following,
        recent=await applications_listing.recent_decisions(actor.merchant, actor.name, limit=5),
        connected=bool(rows) or bool(await connections_listing.connections(actor.merchant)),
        **{"look": look, **panel},
    )


@get("/review/_rows", include_in_schema=False)
async def more_rows(request: Request[Any, Any, Any]) -> Template:
    """Show the rows of the list's next page."""
    look = looks.of_request(request)
    rows, following = await rows_of(signed_in(request).actor.merchant, look)
    return fragment(request, "review/_rows.html", look=look, rows=rows, following=following, panel=None)


async def rows_of(scope: int | None, look: looks.Look) -> tuple[list[Any], str | None]:
    """Return one page of the list and the cursor of the next."""
    if look.view == "grouped":
        groups = await groups_listing.groups(scope, look.filters, look.after, LIMIT)
        return list(groups.items), groups.next
    items = await review_listing.queue(scope, look.filters, look.after, LIMIT)
    return list(items.items), items.next


def first_of(row: Any) -> int:
    """Return the issue that a row of either list opens."""
    issue: int = getattr(row, "first_issue", None) or row.issue_id
    return issue


HANDLERS = (home, queue, more_rows)
