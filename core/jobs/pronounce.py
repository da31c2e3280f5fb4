"""Writes what a platform says of stored records: keeps its verdicts, and opens and ends the issues they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.jobs import objections
from core.jobs.say import Saying, say
from core.model.records import RecordKind
from core.model.verdicts import PREFIX, Origin, PlatformVerdict
from core.store import connections, issues, records
from core.store.connections import ConnectionRow
from core.store.records import RecordRow


async def pronounce(
    row: ConnectionRow, said: Mapping[str, Sequence[PlatformVerdict]], now: datetime
) -> tuple[list[int], int]:
    """Keep what a report says of products by external id, inside the caller's transaction.

    Return ids of issues that need suggestions, and how many of the products are known.
    """
    await connections.lock(row.id)
    known = await records.by_external_ids(row.id, RecordKind.PRODUCT, said)
    live = [record for record in known.values() if record.deleted_at is None]
    told = [(record, said[record.external_id]) for record in live]
    return await _write(row, told, Origin.REPORT, now), len(live)


async def withdraw(row: ConnectionRow, record_rows: Sequence[RecordRow], now: datetime) -> list[int]:
    """Take back what reports said of records, inside the caller's transaction."""
    await connections.lock(row.id)
    fresh = [record for record in await records.many(it.id for it in record_rows) if record.deleted_at is None]
    return await _write(row, [(record, ()) for record in fresh], Origin.REPORT, now)


async def pronounce_one(row: ConnectionRow, record_id: int, verdict: PlatformVerdict, now: datetime) -> list[int]:
    """Keep the refusal of a push, inside the caller's transaction; one refusal replaces the one before."""
    await connections.lock(row.id)
    record = await records.get(record_id)
    if record is None or record.deleted_at is not None:
        return []
    return await _write(row, [(record, (verdict,))], Origin.PUSH, now)


async def _write(
    row: ConnectionRow,
    told: Sequence[tuple[RecordRow, Sequence[PlatformVerdict]]],
    origin: Origin,
    now: datetime,
) -> list[int]:
    """Keep verdicts of one origin with their records, and say all that the platform then objects to in these."""
    sayings = []
    before = await issues.not_closed([record.id for record, _ in told])
    for record, verdicts in told:
        standing = objections.replaced(record.verdicts, verdicts, origin, record.record)
        if standing == record.verdicts:
            continue
        await records.keep_verdicts(record.id, standing)
        sayings.append(
            Saying(
                id=record.id,
                record=record.record,
                violations=objections.violations(row.channel, standing, record.record),
                standing=[one for one in before.get(record.id, ()) if one.rule.startswith(PREFIX)],
            )
        )
    return await say(row, sayings, now, closing={}, holding=None)
