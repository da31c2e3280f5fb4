"""Keeps the house: forgets old deliveries, revives webhooks that channels switched off."""

from __future__ import annotations

import logging
from datetime import timedelta

from core.context import Context
from core.errors import MarketwrightError
from core.opening import open_connection
from core.queue import job
from core.store import alerts, connections, deliveries, digests, model_calls

log = logging.getLogger("marketwright.housekeeping")

KEEP_DELIVERIES = timedelta(days=30)
KEEP_DIGESTS = timedelta(days=90)


@job
async def housekeep(context: Context) -> None:
    """Forget handled deliveries of more than 30 days, and have each connection looked after.

    Its webhooks may have been switched off; a newer rulepack may have come with a new version of the program, and a
    rule may begin or end today. What models were asked is kept for the days that are set.
    """
    now = context.clock()
    if any(now.date() in pack.turns for pack in context.library):
        await context.queue.enqueue("mirror_rules")
    await model_calls.forget(now - timedelta(days=context.tuning.ai_monitoring.keep_days))
    await digests.forget(now - KEEP_DIGESTS)
    forgotten = await deliveries.forget(now - KEEP_DELIVERIES)
    if forgotten:
        log.info("forgot %d handled deliveries", forgotten)
    for row in await connections.all_of(None):
        if row.enabled:
            await context.queue.enqueue("repair_webhooks", row.id)
            await context.queue.enqueue("validate_connection", row.id)


@job
async def repair_webhooks(context: Context, connection_id: int) -> None:
    """Revive the webhook subscriptions that a channel switched off or dropped."""
    row = await connections.get(connection_id)
    if row is None or context.public_url is None:
        return
    subject = f"webhooks:{row.id}"
    try:
        channel, opened = open_connection(context, row)
        if channel.repair_webhooks is None:
            return
        await channel.repair_webhooks(opened)
    except MarketwrightError as error:
        await alerts.open_one(
            row.merchant, subject, f"Webhooks of {row.name} need attention: {error.message}", context.clock(),
            connection=row.id,
        )  # fmt: skip
        return
    await alerts.close(row.merchant, subject, context.clock())
