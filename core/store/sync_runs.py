"""Pulls: one at a time for a connection, resumable at each page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core.model.records import RecordKind
from core.store import connections
from core.store.engine import transaction
from core.store.rows import from_json, to_json
from core.store.tables import SyncRun

DEAD_AFTER = timedelta(minutes=10)
"""A run whose heart has not beaten this long is taken over."""


async def begin(connection: int, kind: RecordKind, now: datetime) -> tuple[int, dict[str, Any]] | None:
    """Start a run and return its id and the cursor to start at, or None while another one lives.

    A run that died is ended, and the new one goes on at its cursor.
    """
    async with transaction():
        await connections.lock(connection)
        running = await (
            SyncRun.select(SyncRun.id, SyncRun.beat_at)
            .where((SyncRun.connection == connection) & SyncRun.finished_at.is_null())
            .first()
        )
        if running is not None:
            if running["beat_at"] > now - DEAD_AFTER:
                return None
            await finish(running["id"], "died", now, "its worker went away")
        last = await (
            SyncRun.select(SyncRun.cursor)
            .where((SyncRun.connection == connection) & (SyncRun.kind == kind))
            .order_by(SyncRun.id, ascending=False)
            .first()
        )
        cursor = {} if last is None else from_json(last["cursor"])
        row = SyncRun(connection=connection, kind=kind, cursor=to_json(cursor), started_at=now, beat_at=now)
        rows = await SyncRun.insert(row)
        return int(rows[0]["id"]), cursor


async def advance(
    run: int, cursor: dict[str, Any], *, seen: int, changed: int, issues: int, total: int | None, now: datetime
) -> None:
    """Store the cursor and add to the counts, in the transaction that writes the page's records."""
    await SyncRun.update(
        {
            SyncRun.cursor: to_json(cursor),
            SyncRun.seen: SyncRun.seen + seen,
            SyncRun.changed: SyncRun.changed + changed,
            SyncRun.issues: SyncRun.issues + issues,
            SyncRun.total: total,
            SyncRun.beat_at: now,
        }
    ).where(SyncRun.id == run)


async def finish(run: int, state: str, now: datetime, error: str | None = None) -> None:
    """End a run: `done`, `failed`, `died` or `stopped`."""
    await SyncRun.update({SyncRun.state: state, SyncRun.finished_at: now, SyncRun.error: error}).where(
        SyncRun.id == run
    )


async def latest(connection: int, limit: int = 10) -> list[dict[str, Any]]:
    """Return a connection's newest runs without their cursors."""
    columns = [column for column in SyncRun._meta.columns if column._meta.name != "cursor"]
    query = SyncRun.select(*columns).where(SyncRun.connection == connection)
    return list(await query.order_by(SyncRun.id, ascending=False).limit(limit))
