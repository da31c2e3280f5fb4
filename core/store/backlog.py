"""How far the work is behind: what a probe asks of the database."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import datetime

import asyncpg
import msgspec

from core.store.tables import Delivery

PATIENCE_SECONDS = 3.0


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """When the oldest delivery came in that is due and not handled; None where nothing waits."""

    oldest: datetime | None


async def look(now: datetime) -> Backlog | None:
    """Return the backlog, or None when the database does not answer in time."""
    due = Delivery.handled_at.is_null() & (Delivery.due_at.is_null() | (Delivery.due_at <= now))
    query = Delivery.select(Delivery.received_at).where(due).order_by(Delivery.id).first()
    try:
        row = await asyncio.wait_for(query.run(), PATIENCE_SECONDS)
    except (OSError, TimeoutError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError):
        return None
    return Backlog(oldest=None if row is None else row["received_at"])
