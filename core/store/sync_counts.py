"""What syncs bring: records that came in from channels and were checked, and the issues that they opened."""

from __future__ import annotations

from datetime import datetime

from core.store.tables import SyncCount


async def note(connection: int, now: datetime, *, records: int, issues: int) -> None:
    """Count records and issues into the hour, inside the transaction that writes them and holds the connection."""
    if records or issues:
        await SyncCount.raw(
            "INSERT INTO sync_counts (connection, hour, records, issues) VALUES ({}, {}, {}, {})"
            " ON CONFLICT (connection, hour) DO UPDATE SET records = sync_counts.records + excluded.records,"
            " issues = sync_counts.issues + excluded.issues",
            connection, now.replace(minute=0, second=0, microsecond=0), records, issues,
        )  # fmt: skip
