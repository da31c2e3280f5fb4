"""Pulls: one at a time for a connection, resumable at each page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from core.store import connections
from core.store.engine import transaction
from core.store.rows import from_json, to_json, utc
from core.store.tables import SyncRun

DEAD_AFTER = timedelta(minutes=10)
"""A run whose heart has not beaten this long is taken over."""
WHOLE_EVERY = timedelta(days=7)
"""So often everything is pulled, from a channel that then says what it does not have any more."""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A run that was started. `round` is the run in which the pull began that it goes on with, at `round_at`."""

    run: int
    cursor: dict[str, Any]
    round: int
    round_at: datetime


async def begin(connection: int, kind: str, now: datetime) -> Begun | None:
    """Start a run and return it with the cursor to start at, or None while another one lives.

    A run that died is ended, and the new one goes on at its cursor. Where the channel has told before when it brought
    everything, everything is pulled again from time to time, so that what is gone without a word is missed.
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
        own = (SyncRun.connection == connection) & (SyncRun.kind == kind)
        last = await SyncRun.select().where(own).order_by(SyncRun.id, ascending=False).first()
        goes_on = last is not None and last["state"] != "done"
        whole = (
            await SyncRun.select().where(own & SyncRun.complete.eq(True)).order_by(SyncRun.id, ascending=False).first()
        )
        is_due = whole is not None and not goes_on and whole["finished_at"] <= now - WHOLE_EVERY
        cursor = {} if last is None or is_due else from_json(last["cursor"])
        row = SyncRun(connection=connection, kind=kind, cursor=to_json(cursor), started_at=now, beat_at=now)
        run = int((await SyncRun.insert(row))[0]["id"])
        first = last["round"] if last is not None and goes_on else None
        round_at = now if first is None else await _started(first, now)
        await SyncRun.update({SyncRun.round: first or run}).where(SyncRun.id == run)
        return Begun(run=run, cursor=cursor, round=first or run, round_at=round_at)


async def _started(run: int, now: datetime) -> datetime:
    row = await SyncRun.select(SyncRun.started_at).where(SyncRun.id == run).first()
    return now if row is None else utc(row["started_at"])


async def mark_complete(run: int) -> None:
    """Remember that a run ended with everything that the channel has."""
    await SyncRun.update({SyncRun.complete: True}).where(SyncRun.id == run)


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
