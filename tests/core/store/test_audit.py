"""The audit log is append-only, and a change that went around that is found."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime

import asyncpg
import pytest

from core.store import audit
from core.store.engine import is_sqlite, transaction
from core.store.tables import AuditEntry

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def add(number: int) -> None:
    """Append one entry in a transaction of its own."""
    async with transaction():
        await audit.append("admin", "pattern.threshold", f"pattern:{number}", NOW, merchant=1, threshold=0.9)


async def test_entries_written_at_once_make_one_chain(store: str) -> None:
    await asyncio.gather(*(add(number) for number in range(10)))

    assert await AuditEntry.count() == 10
    assert await audit.broken_link() is None


async def test_an_entry_can_neither_be_changed_nor_removed(store: str) -> None:
    await add(1)

    for attempt in (AuditEntry.update({AuditEntry.actor: "somebody"}, force=True), AuditEntry.delete(force=True)):
        with pytest.raises((sqlite3.DatabaseError, asyncpg.PostgresError), match="append-only"):
            await attempt


async def test_a_change_behind_the_back_of_the_database_is_found(store: str) -> None:
    for number in range(3):
        await add(number)
    trigger = "audit_log_no_update" if is_sqlite() else "audit_log_append_only ON audit_log"
    definition = None
    if is_sqlite():
        rows = await AuditEntry.raw("SELECT sql FROM sqlite_master WHERE name = 'audit_log_no_update'")
        definition = rows[0]["sql"]
        await AuditEntry.raw(f"DROP TRIGGER {trigger}")
    else:
        await AuditEntry.raw("ALTER TABLE audit_log DISABLE TRIGGER ALL")

    await AuditEntry.update({AuditEntry.actor: "somebody"}).where(AuditEntry.id == 2)

    await AuditEntry.raw(definition or "ALTER TABLE audit_log ENABLE TRIGGER ALL")
    assert await audit.broken_link() == 2
