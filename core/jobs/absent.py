"""Finds out what became of records that a whole pull did not bring: each is asked for before it is forgotten."""

from __future__ import annotations

from core.channel import Channel, Connection
from core.context import Context
from core.errors import NotFound
from core.jobs import keep
from core.model.records import RecordKind, SourceRecord
from core.store import records
from core.store.connections import ConnectionRow
from core.store.engine import transaction
from core.store.sync_runs import Begun

AT_ONCE = 50


async def forget(
    context: Context, row: ConnectionRow, channel: Channel, opened: Connection, kind: RecordKind, begun: Begun
) -> None:
    """Mark as deleted what the channel no longer has, and keep what it has all the same.

    A list may leave something out, so that missing from it is no proof; what was written since the pull began, by a
    webhook, is not asked for.
    """
    after = 0
    while found := await records.unseen(row.id, kind, begun.round, begun.round_at, after, AT_ONCE):
        after = found[-1][0]
        sources = [await _asked(channel, opened, kind, external_id) for _, external_id in found]
        versions = await records.versions(row.id, kind, [external_id for _, external_id in found])
        known = [it for it in (_dated(source, versions) for source in sources) if it is not None]
        checked = await keep.check(context, row, known)
        async with transaction():
            kept = await keep.write(row, checked, context.clock())
            await records.mark_seen(row.id, kind, [it.external_id for it in known if not it.deleted], begun.round)
        await keep.ask_for_suggestions(context, kept.opened)


async def _asked(channel: Channel, opened: Connection, kind: RecordKind, external_id: str) -> SourceRecord:
    try:
        return await channel.pull_one(opened, kind, external_id)
    except NotFound:
        return SourceRecord(kind=kind, external_id=external_id, version=0, deleted=True)


def _dated(source: SourceRecord, versions: dict[str, int]) -> SourceRecord | None:
    """Return the record; a deletion with the version that is stored, None where nothing is any more."""
    if not source.deleted or source.version:
        return source
    version = versions.get(source.external_id)
    if version is None:
        return None
    return SourceRecord(kind=source.kind, external_id=source.external_id, version=version, deleted=True)
