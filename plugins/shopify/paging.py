"""Walk through what changed: pages by cursor inside windows of modification time, resumable at each page.

Shopify ends a walk after 25,000 objects (shopify.dev "limits"), and cursors have been seen not to move
(shopify-app-js#2016). So a walk sorted by modification time starts over at the last time seen, long before the cap or
whenever the cursor stands still; what is read twice by that is harmless.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marketwright import Connection, Malformed, Rejected, RetryLater
from plugins.shopify import refusals, wire
from plugins.shopify.client import call, nodes_of
from plugins.shopify.documents import Document

WINDOW = 20_000
"""Objects after which a new window begins; the cap is 25,000."""

_OVERLAP = timedelta(seconds=60)
"""Lists with a filter come from a search index, which may lag: an incremental walk begins a little earlier."""


@dataclass(frozen=True)
class Sheet:
    """One page of a walk: the nodes as received, where to go on, and how many there are in all, where known.

    `complete` stands on the last page of a walk through everything.
    """

    nodes: list[dict[str, Any]]
    cursor: dict[str, Any]
    total: int | None
    complete: bool = False


@dataclass(frozen=True)
class Walk:
    """What to walk: `root` is the list's field, `count` that of its number, `size` the nodes of a page."""

    document: Document
    root: str
    count: str
    size: int
    variables: Mapping[str, Any]
    filter: str = ""


async def changed(
    connection: Connection, walk: Walk, cursor: Mapping[str, Any], *, window: int = WINDOW
) -> AsyncIterator[Sheet]:
    """Yield pages in the order of modification, from `cursor` on (`{}` for everything).

    The cursor holds `since` (where the window begins), `after` and `taken` inside it, `last` (the latest time seen),
    `total`, and whether the walk is `full`. That of the last page holds `since` alone.
    """
    state = {"full": not cursor, **cursor}
    state.setdefault("taken", 0)
    size = walk.size
    if "after" not in state:
        state["from"] = _earlier(state.get("since"))
    while True:
        try:
            data = await call(connection, walk.document, _variables(walk, state, size))
        except Rejected as error:
            size = _recover(error, state, size)
            continue
        nodes, info, counted = _parts(data, walk)
        if counted is not None:
            state["total"] = counted
        state["last"] = str(nodes[-1].get("updatedAt") or "") if nodes else state.get("last")
        state["taken"] += len(nodes)
        total = state.get("total")
        if not info.has_next_page:
            since = max(filter(None, (state["last"], state.get("since"))), key=wire.micros, default=None)
            yield Sheet(nodes, {"since": since} if since else {}, total, complete=bool(state["full"]))
            return
        _advance(state, info, nodes, window)
        yield Sheet(nodes, {key: value for key, value in state.items() if value is not None}, total)


def _variables(walk: Walk, state: Mapping[str, Any], size: int) -> dict[str, Any]:
    begin = state.get("from") or state.get("since")
    terms = [walk.filter, f"updated_at:>='{begin}'" if begin else ""]
    return {
        **walk.variables,
        "first": size,
        "after": state.get("after"),
        "query": " ".join(term for term in terms if term) or None,
        "counted": "total" not in state,
    }


def _recover(error: Rejected, state: dict[str, Any], size: int) -> int:
    """Return a smaller page where the query was too costly; begin a new window where the cursor is not known."""
    if error.code == refusals.TOO_COSTLY and size > 1:
        return size // 2
    if error.code == refusals.BAD_CURSOR and state.get("after"):
        state.update(after=None, taken=0, since=state.get("last") or state.get("since"))
        state["from"] = state["since"]
        return size
    raise error


def _parts(data: Mapping[str, Any], walk: Walk) -> tuple[list[dict[str, Any]], wire.PageInfo, int | None]:
    listed = data.get(walk.root)
    nodes = nodes_of(listed)
    info = wire.read(listed.get("pageInfo") if isinstance(listed, dict) else None, wire.PageInfo)
    counted = data.get(walk.count)
    number = counted.get("count") if isinstance(counted, dict) else None
    exact = isinstance(counted, dict) and counted.get("precision", "EXACT") == "EXACT"
    return nodes, info, number if isinstance(number, int) and exact else None


def _advance(state: dict[str, Any], info: wire.PageInfo, nodes: list[dict[str, Any]], window: int) -> None:
    """Move to the next page, or to a new window; never to where we just were."""
    stuck = not nodes or not info.end_cursor or info.end_cursor == state.get("after")
    begin, last = state.get("from") or state.get("since"), state.get("last")
    if (stuck or state["taken"] >= window) and last and last != begin:
        state.update({"since": last, "from": last, "after": None, "taken": 0})
    elif stuck:
        raise RetryLater("Shopify gives the same page again and again.", after=60, code="cursor_stuck")
    else:
        state["after"] = info.end_cursor


def _earlier(since: Any) -> str | None:
    if not since:
        return None
    try:
        moment = datetime.fromisoformat(str(since)) - _OVERLAP
    except ValueError as error:
        raise Malformed("The cursor's time cannot be read.", where="since", code="bad_cursor") from error
    return moment.isoformat().replace("+00:00", "Z")
