"""Pulls a connection's records page by page, one run at a time; each page and its cursor are one transaction."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from core.channel import Channel, Connection, Page, Pull
from core.context import Context
from core.errors import MarketwrightError, NeedsAttention, RetryLater
from core.jobs import keep
from core.model.records import RecordKind
from core.opening import open_connection
from core.queue import job
from core.store import alerts, connections, sync_runs
from core.store.connections import ConnectionRow
from core.store.engine import transaction

log = logging.getLogger("marketwright.sync")


@job
async def schedule_syncs(context: Context) -> None:
    """Ask for a pull of each connection whose turn it is."""
    for connection_id in await connections.due_for_sync(context.clock()):
        await context.queue.enqueue("sync_connection", connection_id)


@job
async def sync_connection(context: Context, connection_id: int) -> None:
    """Pull what changed in a connection since its last pull."""
    row = await connections.get(connection_id)
    if row is None or not row.enabled:
        return
    try:
        channel, opened = open_connection(context, row)
        for kind, pull in _pulls(channel):
            if not await _run(context, row, opened, kind, pull):
                return
    except NeedsAttention as error:
        await _ask_for_attention(context, row, error)
        return
    now = context.clock()
    await connections.mark_synced(row.id, now)
    if row.synced_at is None:
        await context.queue.enqueue("learn_models", row.merchant)
    if row.requirements_at is None and channel.pull_requirements is not None:
        await context.queue.enqueue("pull_requirements", row.id)
    if row.state != "ok":
        await connections.update(row.id, now, state="ok", state_reason=None)
        await alerts.close(row.merchant, f"connection:{row.id}", now)


def _pulls(channel: Channel) -> list[tuple[RecordKind, Pull]]:
    """Return what a channel can be asked for, products first."""
    offered = (
        (RecordKind.PRODUCT, channel.pull_products),
        (RecordKind.STOCK, channel.pull_stock),
        (RecordKind.ORDER, channel.pull_orders),
    )
    return [(kind, pull) for kind, pull in offered if pull is not None]


async def _run(context: Context, row: ConnectionRow, opened: Connection, kind: RecordKind, pull: Pull) -> bool:
    """Pull one kind of record to its end; False when another run is at it."""
    begun = await sync_runs.begin(row.id, kind, context.clock())
    if begun is None:
        log.info("connection %d is being pulled already", row.id)
        return False
    run, cursor = begun
    try:
        await _pages(context, row, opened, run, pull, cursor)
    except MarketwrightError as error:
        state = "stopped" if isinstance(error, RetryLater) else "failed"
        await sync_runs.finish(run, state, context.clock(), error.message)
        if isinstance(error, RetryLater | NeedsAttention):
            raise
        await alerts.open_one(
            row.merchant, f"sync:{row.id}:{kind}", f"{row.name}: {error.message}", context.clock(), connection=row.id
        )
        return True
    await sync_runs.finish(run, "done", context.clock())
    await alerts.close(row.merchant, f"sync:{row.id}:{kind}", context.clock())
    return True


async def _pages(
    context: Context, row: ConnectionRow, opened: Connection, run: int, pull: Pull, cursor: Mapping[str, Any]
) -> None:
    async for page in pull(opened, cursor):
        await keep.ask_for_suggestions(context, await _keep_page(context, row, run, page))


async def _keep_page(context: Context, row: ConnectionRow, run: int, page: Page) -> list[int]:
    """Write a page's records and its cursor together, and return the issues that need suggestions."""
    checked = await keep.check(context, row, page.records)
    now = context.clock()
    async with transaction():
        kept = await keep.write(row, checked, now)
        await sync_runs.advance(
            run,
            page.cursor,
            seen=kept.seen,
            changed=kept.changed,
            issues=len(kept.opened),
            total=page.total,
            now=now,
        )
    return kept.opened


async def _ask_for_attention(context: Context, row: ConnectionRow, error: NeedsAttention) -> None:
    """Stop pulling until a person has acted."""
    now = context.clock()
    await connections.update(row.id, now, state="needs_attention", state_reason=error.message)
    await alerts.open_one(
        row.merchant, f"connection:{row.id}", f"{row.name}: {error.message}", now, severity="error", connection=row.id
    )
