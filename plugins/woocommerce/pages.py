"""Walk a list of the store so that nothing is missed while it changes under the walk, resumable at every page.

The walk goes by ascending id, because nothing that happens to a record moves it in that order: changed records stay
where they are, new ones come last. (In the order of `modified`, which older stores refuse, every change moves a
record to the end and shifts the rest.) Only a deletion shifts records to earlier pages. So pages overlap, and a page
that does not begin with something already seen is preceded by the one before it.

A walk begins at `since` and remembers the store's own clock when it began; that, less a margin, is where the next
incremental walk begins. What is changed during the walk is therefore read again by the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import msgspec

from marketwright import Malformed, Rejected, Response
from plugins.woocommerce.client import Pairs, Store, decoded, total
from plugins.woocommerce.wire import Json, objects

OVERLAP = 10
MARGIN = timedelta(seconds=120)
_AT_ONCE = 4

Item = TypeVar("Item")
Done = TypeVar("Done")


class Cursor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a walk stands. `since` and `started` are UTC times without offset, as the store takes and gives them.

    `offset` counts the records passed, `last` is the highest id among them; both are 0 between two walks.
    """

    since: str = ""
    started: str = ""
    offset: int = 0
    last: int = 0


@dataclass(frozen=True)
class Batch:
    """One page of a walk: the records that are new to it, and the cursor after them.

    `complete` stands on the last page of a walk through everything.
    """

    items: list[Json]
    cursor: dict[str, Any]
    total: int | None
    complete: bool = False


async def walk(store: Store, path: str, cursor: Mapping[str, Any], params: Pairs = ()) -> AsyncIterator[Batch]:
    """Yield what changed since the cursor, page by page; the last cursor is the beginning of the next walk."""
    state = _opened(cursor)
    size = store.settings.page_size
    checked = False
    while True:
        begin = state.offset if checked else max(0, state.offset - OVERLAP)
        response = await _page(store, path, state, begin, size, params)
        items = objects(decoded(response))
        if not state.started:
            state = msgspec.structs.replace(state, started=_clock(response))
        if not checked and begin and (not items or _id(items[0]) > state.last):
            state = msgspec.structs.replace(state, offset=max(0, begin - size) + OVERLAP)
            continue
        fresh = [item for item in items if _id(item) > state.last]
        known = total(response)
        state = msgspec.structs.replace(
            state, offset=begin + size, last=max([state.last, *(_id(item) for item in fresh)])
        )
        checked = not fresh and bool(items)
        done = not items or (known is not None and state.offset >= known)
        after = Cursor(since=_earlier(state.started)) if done else state
        yield Batch(fresh, msgspec.to_builtins(after), known, complete=done and not state.since)
        if done:
            return


async def walk_with_trash(
    store: Store, path: str, cursor: Mapping[str, Any], params: Pairs = ()
) -> AsyncIterator[Batch]:
    """Yield what changed since the cursor, then what was put in the trash since.

    The trash is walked on its own cursor, because the store's lists leave it out: so a deletion whose webhook was
    lost is found all the same. A first pull has no need of it.
    """
    live: Mapping[str, Any] = cursor.get("live", {})
    trash: Mapping[str, Any] = cursor.get("trash", {})
    async for batch in walk(store, path, live, params):
        live = batch.cursor
        begun = trash or ({} if "offset" in live else live)
        yield Batch(batch.items, {"live": live, "trash": begun}, batch.total, batch.complete)
    if not trash:
        return
    try:
        async for batch in walk(store, path, trash, [*params, ("status", "trash")]):
            yield Batch(batch.items, {"live": live, "trash": batch.cursor}, None)
    except Rejected:
        yield Batch([], {"live": live, "trash": live}, None)  # a version whose lists cannot show the trash


async def few_at_a_time(items: Sequence[Item], work: Callable[[Item], Awaitable[Done]]) -> list[Done]:
    """Do something for each item, a few at a time, in their order; where one fails the rest is given up."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(item: Item) -> Done:
        async with room:
            return await work(item)

    tasks = [asyncio.create_task(one(item)) for item in items]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()


def _opened(cursor: Mapping[str, Any]) -> Cursor:
    try:
        return msgspec.convert(dict(cursor), Cursor)
    except msgspec.ValidationError as error:
        raise Malformed(f"This is not a cursor of WooCommerce: {error}", where="cursor") from error


async def _page(store: Store, path: str, state: Cursor, begin: int, size: int, params: Pairs) -> Response:
    """Read one page. Changes are asked for by UTC time; without `dates_are_gmt` the store takes it for its own."""
    query: list[tuple[str, object]] = [("per_page", size), ("offset", begin), ("orderby", "id"), ("order", "asc")]
    if state.since:
        query += [("modified_after", state.since), ("dates_are_gmt", "true")]
    return await store.call("GET", path, params=[*query, *params])


def _clock(response: Response) -> str:
    """Return the store's own time in UTC, from its `Date` header, or ours where a proxy took that away."""
    now = datetime.now(UTC)
    try:
        now = parsedate_to_datetime(response.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        now -= timedelta(minutes=15)
    return now.strftime("%Y-%m-%dT%H:%M:%S")


def _earlier(started: str) -> str:
    return (datetime.fromisoformat(started) - MARGIN).isoformat(timespec="seconds")


def _id(item: Json) -> int:
    value = item.get("id")
    return value if isinstance(value, int) else 0
