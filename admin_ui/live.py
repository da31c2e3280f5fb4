"""Live counts: server-sent events that change numbers and say how many issues are new, and move nothing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import Request, get
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from admin_ui.door import signed_in
from core.store.listings import review as review_listing
from core.store.listings.page import to_cursor
from core.store.listings.review import QueueFilters, Sort

EVERY = 4.0
"""Seconds between two looks at the database."""
LOOKS = 15
"""How many looks one answer lasts; browsers then ask again by themselves, with a session that is checked anew."""
MOST_NEW = 100


@get("/events", include_in_schema=False)
async def events(request: Request[Any, Any, Any]) -> ServerSentEvent:
    """Send the counts beside the navigation whenever they change."""
    seen = request.headers.get("last-event-id", "")
    since = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None
    return ServerSentEvent(changes(signed_in(request).actor.merchant, since))


async def changes(
    scope: int | None, since: int | None = None, *, every: float = EVERY, looks: int = LOOKS
) -> AsyncIterator[ServerSentEventMessage]:
    """Yield the counts at once and after each change. `since` is the newest issue that the page knew."""
    known = await newest(scope) if since is None else since
    told: bytes | None = None
    for look in range(looks):
        if look:
            await asyncio.sleep(every)
        counts = await review_listing.counts(scope)
        new = await opened_after(scope, known)
        data = msgspec.json.encode({**msgspec.structs.asdict(counts), "new": new})
        if data != told:
            told = data
            yield ServerSentEventMessage(data=data.decode(), event="counts", id=known, retry=2000)


async def newest(scope: int | None) -> int:
    """Return the id of the newest open issue, 0 without one."""
    page = await review_listing.queue(scope, QueueFilters(sort=Sort.NEWEST), None, 1)
    return page.items[0].issue_id if page.items else 0


async def opened_after(scope: int | None, issue_id: int) -> int:
    """Return how many open issues are newer than one; at most a hundred are counted."""
    after = to_cursor((0.0, issue_id))
    return len((await review_listing.queue(scope, QueueFilters(sort=Sort.OLDEST), after, MOST_NEW)).items)
