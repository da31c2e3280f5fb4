"""Sync runs, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from piccolo.querystring import QueryString

from core.store.listings.page import Page, bounded, from_cursor, paged
from core.store.listings.where import all_of, if_given, one_of
from core.store.tables import SyncRun


class SyncRunItem(msgspec.Struct, frozen=True, kw_only=True):
    """One pull of one kind of record. `total` is what the channel said there is, where it says so."""

    id: int
    connection_id: int
    kind: str
    state: str
    seen: int
    changed: int
    issues: int
    total: int | None
    error: str | None
    started_at: datetime
    finished_at: datetime | None


_RUNS = """
SELECT s.id, s.connection AS connection_id, s.kind, s.state, s.seen, s.changed, s.issues, s.total, s.error,
  s.started_at, s.finished_at
FROM sync_runs s JOIN connections c ON c.id = s.connection WHERE {} ORDER BY s.id DESC LIMIT {}
"""
_NEWEST = "s.id IN (SELECT MAX(l.id) FROM sync_runs l WHERE l.connection IN {} GROUP BY l.connection, l.kind)"
KINDS = 8
"""More kinds of record than any channel has."""


async def sync_runs(
    scope: int | None, connection: int | None = None, after: str | None = None, limit: int = 50
) -> Page[SyncRunItem]:
    """Return a page of runs, of one connection or of all."""
    limit = bounded(limit)
    key = from_cursor(after, tuple[int])
    where = all_of(
        (
            if_given("c.merchant = {}", scope),
            if_given("s.connection = {}", connection),
            None if key is None else QueryString("s.id < {}", *key),
        )
    )
    rows = await SyncRun.raw(_RUNS, where, limit + 1)
    page, following = paged(rows, limit, lambda row: (row["id"],))
    return Page(items=msgspec.convert(page, list[SyncRunItem]), next=following)


async def latest(connections: Sequence[int]) -> dict[int, list[SyncRunItem]]:
    """Return the newest run of each kind for each of the connections."""
    newest = QueryString(_NEWEST, one_of(connections))
    rows = await SyncRun.raw(_RUNS, newest, KINDS * len(connections))
    runs: dict[int, list[SyncRunItem]] = {}
    for run in msgspec.convert(rows, list[SyncRunItem]):
        runs.setdefault(run.connection_id, []).append(run)
    return runs
