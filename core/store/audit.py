"""The audit log: append-only, each entry's hash covers the one before it.

Entries name ids and settings, never secrets or personal data of buyers.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from core.store.engine import is_sqlite
from core.store.rows import from_json, to_json
from core.store.tables import AuditEntry

FIRST = "0" * 64


async def append(
    actor: str, action: str, subject: str, now: datetime, *, merchant: int | None = None, **detail: Any
) -> None:
    """Add an entry inside the caller's transaction.

    Appending is serialised: an immediate transaction does it on SQLite, a lock until commit on PostgreSQL.
    """
    if not is_sqlite():
        await AuditEntry.raw("SELECT pg_advisory_xact_lock(770011)")
    last = await AuditEntry.select(AuditEntry.hash).order_by(AuditEntry.id, ascending=False).first()
    previous = FIRST if last is None else str(last["hash"])
    text = to_json(detail)
    row = AuditEntry(
        at=now,
        merchant=merchant,
        actor=actor,
        action=action,
        subject=subject,
        detail=text,
        previous_hash=previous,
        hash=_hash(previous, now, merchant, actor, action, subject, text),
    )
    await AuditEntry.insert(row)


async def broken_link(limit: int = 100_000) -> int | None:
    """Return the id of the first entry that was changed, removed before, or put out of order; None when all hold."""
    previous = FIRST
    for row in await AuditEntry.select().order_by(AuditEntry.id).limit(limit):
        expected = _hash(
            previous, row["at"], row["merchant"], row["actor"], row["action"], row["subject"],
            to_json(from_json(row["detail"])),
        )  # fmt: skip
        if row["previous_hash"] != previous or row["hash"] != expected:
            return int(row["id"])
        previous = expected
    return None


def _hash(previous: str, at: datetime, *parts: object) -> str:
    text = to_json([previous, at.astimezone(UTC).isoformat(), *parts])
    return hashlib.sha256(text.encode()).hexdigest()
