"""Carries one application's changes between us and its channel; writes nothing to the database but the hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from core.channel import Push, Pushed, StockLevel
from core.context import Context
from core.corrections import apply
from core.errors import MarketwrightError, NotFound, Refused
from core.model.corrections import ApplicationState, Change
from core.model.records import Record, RecordKind, SourceRecord
from core.opening import open_connection, takes
from core.store import applications, connections, records
from core.store.applications import ApplicationRow
from core.store.connections import ConnectionRow
from core.store.records import RecordRow

HOLD = timedelta(minutes=2)
"""How long a worker keeps others from an application; longer than a push and its repeats take."""


class Work(msgspec.Struct, frozen=True):
    """An application that this worker carries on, with its connection and its record."""

    application: ApplicationRow
    connection: ConnectionRow
    record: RecordRow


async def take(context: Context, application_id: int, state: ApplicationState) -> Work | None:
    """Hold an application in `state` and return it with what belongs to it; None when another worker is at it."""
    now = context.clock()
    if not await applications.hold(application_id, state, now, now + HOLD):
        return None
    application = await applications.get(application_id)
    if application is None:
        return None
    connection = await connections.get(application.connection)
    record = await records.get(application.record)
    return None if connection is None or record is None else Work(application, connection, record)


def holds(record: Record, changes: Sequence[Change]) -> bool:
    """Tell whether a record holds already what all of these changes would give it."""
    return all(apply.get(record, change.field) == change.after for change in changes)


async def read(context: Context, work: Work) -> SourceRecord:
    """Read the record afresh; one that the channel no longer has comes back as deleted."""
    channel, opened = open_connection(context, work.connection)
    try:
        return await channel.pull_one(opened, work.record.kind, work.record.external_id)
    except NotFound:
        return SourceRecord(
            kind=work.record.kind,
            external_id=work.record.external_id,
            version=work.record.source_version,
            deleted=True,
        )


async def push(
    context: Context, connection: ConnectionRow, record: RecordRow, changes: Sequence[Change]
) -> SourceRecord:
    """Write the changed fields to the channel by the function it has for such records, and return what it holds then.

    Refused where it has none.
    """
    channel, opened = open_connection(context, connection)
    if not all(takes(context, connection, record.kind, change.field) for change in changes):
        raise Refused(f"{channel.title} takes no such change of a record of this kind.", code="not_supported")
    if record.kind is RecordKind.STOCK:
        assert channel.push_stock is not None
        await channel.push_stock(opened, [_level(record, changes[-1])])
        return await channel.pull_one(opened, record.kind, record.external_id)
    assert channel.push_product is not None
    wanted = Push(external_id=record.external_id, record=record.record, raw=record.raw, changes=tuple(changes))
    return (await channel.push_product(opened, wanted)).record


async def push_together(context: Context, works: Sequence[Work]) -> list[SourceRecord | MarketwrightError]:
    """Push corrections of different products of one connection; return for each what the channel holds, or the error.

    One alone goes by itself; what goes wrong with all of several goes wrong with each.
    """
    try:
        if len(works) == 1:
            (work,) = works
            return [await push(context, work.connection, work.record, work.application.changes)]
        channel, opened = open_connection(context, works[0].connection)
        assert channel.push_products is not None
        results = await channel.push_products(opened, [_wanted(work) for work in works])
    except MarketwrightError as error:
        return [error] * len(works)
    return [result.record if isinstance(result, Pushed) else result for result in results]


def _wanted(work: Work) -> Push:
    record = work.record
    return Push(external_id=record.external_id, record=record.record, raw=record.raw, changes=work.application.changes)


def _level(record: RecordRow, change: Change) -> StockLevel:
    if not isinstance(change.after, int) or isinstance(change.after, bool):
        raise Refused("A stock level is a whole number.", code="not_a_quantity")
    location = record.record.get("location")
    return StockLevel(
        external_id=record.external_id,
        sku=record.sku,
        location=location if isinstance(location, str) else None,
        quantity=change.after,
        expected=change.before if isinstance(change.before, int) else None,
    )


def locally(record: RecordRow, changes: Sequence[Change]) -> SourceRecord:
    """Return the record as it would be with these changes made here only."""
    return SourceRecord(
        kind=record.kind,
        external_id=record.external_id,
        version=record.source_version,
        record=apply.patch(record.record, changes),
        raw=record.raw,
    )
