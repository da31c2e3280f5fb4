"""Reads what platforms object to by themselves, after each pull; it becomes issues like those of our rules."""

from __future__ import annotations

from core.channel import Channel, Connection
from core.context import Context
from core.errors import MarketwrightError, NeedsAttention, RetryLater
from core.jobs import keep
from core.jobs.pronounce import pronounce, withdraw
from core.model.records import RecordKind
from core.model.verdicts import Origin, VerdictPage
from core.opening import open_connection
from core.queue import job
from core.store import alerts, connections, records, sync_runs
from core.store.connections import ConnectionRow
from core.store.engine import transaction

KIND = "verdict"
AT_ONCE = 100


@job
async def pull_verdicts(context: Context, connection_id: int) -> None:
    """Read what a connection's platform objects to since it was last asked."""
    row = await connections.get(connection_id)
    if row is None or not row.enabled:
        return
    channel, opened = open_connection(context, row)
    if channel.pull_verdicts is None:
        return
    begun = await sync_runs.begin(row.id, KIND, context.clock())
    if begun is None:
        return
    subject = f"verdicts:{row.id}"
    try:
        await _pages(context, row, channel, opened, begun)
    except MarketwrightError as error:
        state = "stopped" if isinstance(error, RetryLater) else "failed"
        await sync_runs.finish(begun.run, state, context.clock(), error.message)
        if isinstance(error, RetryLater):
            raise
        severity = "error" if isinstance(error, NeedsAttention) else "warning"
        message = f"What {row.name}'s platform objects to could not be read: {error.message}"
        await alerts.open_one(row.merchant, subject, message, context.clock(), severity=severity, connection=row.id)
        return
    await sync_runs.finish(begun.run, "done", context.clock())
    await alerts.close(row.merchant, subject, context.clock())


async def _pages(
    context: Context, row: ConnectionRow, channel: Channel, opened: Connection, begun: sync_runs.Begun
) -> None:
    """Keep each page with its cursor; after a complete round, take back what was not said again."""
    assert channel.pull_verdicts is not None
    named: set[str] = set()
    complete = False
    async for page in channel.pull_verdicts(opened, begun.cursor):
        named |= {one.external_id for one in page.products}
        await keep.ask_for_suggestions(context, await _keep(context, row, begun.run, page))
        complete = page.complete
    if complete and not begun.cursor:
        await _withdraw_others(context, row, named)


async def _keep(context: Context, row: ConnectionRow, run: int, page: VerdictPage) -> list[int]:
    now = context.clock()
    said = {one.external_id: one.verdicts for one in page.products}
    async with transaction():
        opened, known = await pronounce(row, said, now)
        await sync_runs.advance(
            run, page.cursor, seen=len(said), changed=known, issues=len(opened), total=None, now=now
        )
    return opened


async def _withdraw_others(context: Context, row: ConnectionRow, named: set[str]) -> None:
    after = 0
    while found := await records.with_verdicts(row.id, RecordKind.PRODUCT, after, AT_ONCE):
        after = found[-1].id
        gone = [
            record
            for record in found
            if record.external_id not in named and any(one.origin is Origin.REPORT for one in record.verdicts)
        ]
        if gone:
            async with transaction():
                opened = await withdraw(row, gone, context.clock())
            await keep.ask_for_suggestions(context, opened)
