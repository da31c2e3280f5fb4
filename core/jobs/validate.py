"""Checks the records that are kept against the rules in force, after a rulepack changed."""

from __future__ import annotations

from core.context import Context
from core.jobs import keep
from core.model.records import SourceRecord
from core.queue import job
from core.rulebook import rules_of
from core.store import connections, records
from core.store.engine import transaction
from core.store.records import RecordRow, Stamp

AT_ONCE = 200


@job
async def validate_connection(context: Context, connection_id: int) -> None:
    """Check each of a connection's records again that was checked with another pack, or lacks keys that it asks for."""
    row = await connections.get(connection_id)
    if row is None:
        return
    pack = await rules_of(context, row)
    stamp, after = Stamp(pack.edition, pack.across.fingerprint), 0
    while ids := await records.ids_checked_otherwise(row.id, stamp, after, AT_ONCE):
        after = ids[-1]
        checked = await keep.check(context, row, [_as_source(one) for one in await records.many(ids)])
        async with transaction():
            kept = await keep.write(row, checked, context.clock())
        await keep.ask_for_suggestions(context, kept.opened)


def _as_source(row: RecordRow) -> SourceRecord:
    return SourceRecord(
        kind=row.kind, external_id=row.external_id, version=row.source_version, record=row.record, raw=row.raw
    )
