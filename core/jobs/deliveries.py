"""Handles kept webhooks: reads them into records, keeps those, and marks the delivery handled in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from core.channel import Channel, Connection
from core.context import Context
from core.errors import Malformed, MarketwrightError, RetryLater
from core.jobs import keep
from core.jobs.keep import Kept
from core.model.events import Action
from core.model.records import RecordKind, SourceRecord
from core.opening import open_connection
from core.queue import job
from core.rulebook import rules_of
from core.store import alerts, connections, deliveries, records, sync_counts
from core.store.connections import ConnectionRow
from core.store.deliveries import DeliveryRow
from core.store.engine import transaction

log = logging.getLogger("marketwright.deliveries")

MOST_ATTEMPTS = 8
"""After so many failures a delivery is set aside with its reason; `deliveries replay` brings it back."""

AT_ONCE = 50


@job
async def process_deliveries(context: Context, *ids: int) -> None:
    """Handle those of these deliveries which are not handled yet."""
    by_connection: dict[int, list[DeliveryRow]] = {}
    for row in await deliveries.open_ones(ids):
        by_connection.setdefault(row.connection, []).append(row)
    for connection_id, rows in by_connection.items():
        connection = await connections.get(connection_id)
        if connection is not None:
            for start in range(0, len(rows), AT_ONCE):
                await _handle(context, connection, rows[start : start + AT_ONCE])


@job
async def sweep_deliveries(context: Context) -> None:
    """Enqueue again what was kept but never handled."""
    ids = await deliveries.unhandled(context.clock())
    for start in range(0, len(ids), AT_ONCE):
        await context.queue.enqueue("process_deliveries", *ids[start : start + AT_ONCE])


async def _handle(context: Context, row: ConnectionRow, rows: Sequence[DeliveryRow]) -> None:
    """Read deliveries of one connection, then write what they say and that they are handled, all or nothing."""
    try:
        channel, opened = open_connection(context, row)
        await rules_of(context, row)
    except MarketwrightError as error:
        for one in rows:
            await _set_aside(context, row, one, error)
        return
    read: list[tuple[DeliveryRow, Sequence[SourceRecord]]] = []
    overtaken = await _overtaken(row, rows)
    for one in rows:
        if one.id in overtaken:
            read.append((one, ()))
            continue
        if one.event.action is Action.NOTICE:
            await _notice(context, row, one, await _said(channel, opened, one))
            continue
        try:
            read.append((one, await _read(channel, opened, one)))
        except MarketwrightError as error:
            await _set_aside(context, row, one, error)
    checked = {one.id: await keep.check(context, row, sources) for one, sources in read}
    now = context.clock()
    total = Kept()
    async with transaction():
        first = [
            one for one, sources in read if await deliveries.finish(one.id, _outcome(one, sources, overtaken), now)
        ]
        everything = [item for one in first for item in checked[one.id]]
        if everything:
            total = await keep.write(row, everything, now)
            await sync_counts.note(row.id, now, records=total.seen, issues=total.found)
    if total.opened:
        await context.queue.enqueue("suggest", *total.opened)


async def _overtaken(row: ConnectionRow, rows: Sequence[DeliveryRow]) -> set[int]:
    """Return deliveries about states of records that are past: a newer one is kept already, or comes in this batch.

    They are not read, because reading may cost the channel a call.
    """
    versions: dict[tuple[RecordKind, str], int] = {}
    told = [(one.id, one.event.kind, one.event.external_id, one.event.version) for one in rows]
    known = [
        (number, kind, key, version) for number, kind, key, version in told if kind and key and version is not None
    ]
    for _, kind, key, version in known:
        versions[kind, key] = max(version, versions.get((kind, key), version))
    for kind in {kind for kind, _ in versions}:
        stored = await records.versions(row.id, kind, [key for of, key in versions if of is kind])
        for key, version in stored.items():
            versions[kind, key] = max(version, versions[kind, key])
    return {number for number, kind, key, version in known if version < versions[kind, key]}


def _outcome(one: DeliveryRow, sources: Sequence[SourceRecord], overtaken: set[int]) -> str:
    if one.id in overtaken:
        return "overtaken"
    return "applied" if sources else "noted"


async def _read(channel: Channel, opened: Connection, one: DeliveryRow) -> Sequence[SourceRecord]:
    """Return the records that a delivery speaks of."""
    if channel.read_event is None:
        return ()
    try:
        payload = msgspec.json.decode(one.body)
    except msgspec.DecodeError as error:
        raise Malformed("The webhook's body cannot be read as JSON.") from error
    return await channel.read_event(opened, one.event, payload)


async def _said(channel: Channel, opened: Connection, one: DeliveryRow) -> str:
    """Return what a notice means for a person: the plugin's own words where it has some."""
    try:
        await _read(channel, opened, one)
    except MarketwrightError as error:
        return error.message
    return f"It sent {one.topic}; see the channel's admin page, and test the connection."


async def _set_aside(context: Context, row: ConnectionRow, one: DeliveryRow, error: MarketwrightError) -> None:
    """Postpone what may succeed later; end what cannot, and tell a person."""
    now = context.clock()
    log.warning("delivery %d of connection %d: %s", one.id, row.id, error.code)
    if isinstance(error, RetryLater) and one.attempts < MOST_ATTEMPTS:
        wait = error.after if error.after is not None else min(5.0 * 2**one.attempts, 3600.0)
        await deliveries.postpone(one.id, now + timedelta(seconds=wait), error.message)
        return
    if one.attempts < 1 and not isinstance(error, RetryLater):
        await deliveries.postpone(one.id, now + timedelta(seconds=30), error.message)
        return
    await deliveries.finish(one.id, "set_aside", now, error.message)
    await alerts.open_one(
        row.merchant,
        f"deliveries:{row.id}",
        f"Webhooks of {row.name} could not be handled: {error.message}",
        now,
        connection=row.id,
    )


async def _notice(context: Context, row: ConnectionRow, one: DeliveryRow, message: str) -> None:
    """Tell a person what a channel says about the connection itself."""
    now = context.clock()
    async with transaction():
        if await deliveries.finish(one.id, "noted", now):
            await alerts.open_one(
                row.merchant, f"notice:{row.id}:{one.topic}", f"{row.name}: {message}", now, connection=row.id
            )
