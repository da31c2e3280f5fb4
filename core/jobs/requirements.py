"""Reads what platforms publish of their requirements, daily and after the first pull; what changed is judged anew."""

from __future__ import annotations

import logging
from datetime import timedelta

import msgspec

from core.channel import Channel, Connection
from core.context import Context
from core.errors import MarketwrightError, RetryLater
from core.model.requirements import RequirementSet
from core.opening import open_connection
from core.queue import job
from core.rulebook import rules_of
from core.rules.published import MOST_RULES, sound
from core.rules.published_words import PREFIX
from core.store import alerts, connections, requirements
from core.store.connections import ConnectionRow
from core.store.rows import printable

log = logging.getLogger("marketwright.requirements")

EVERY = timedelta(days=1)
MOST_SETS = 500
LONGEST_NAME = 200


@job
async def schedule_requirements(context: Context) -> None:
    """Ask for what the platforms of connections publish, where it was last read a day ago."""
    for connection_id, name in await requirements.due(context.clock(), EVERY):
        channel = context.registry.by_name.get(name)
        if channel is not None and channel.pull_requirements is not None:
            await context.queue.enqueue("pull_requirements", connection_id)


@job
async def pull_requirements(context: Context, connection_id: int) -> None:
    """Read what a connection's platform publishes now, and have its records checked again where that changed."""
    row = await connections.get(connection_id)
    if row is None or not row.enabled:
        return
    subject = f"requirements:{row.id}"
    try:
        channel, opened = open_connection(context, row)
        if channel.pull_requirements is None:
            return
        if await pull(context, row, channel, opened):
            await context.queue.enqueue("validate_connection", row.id)
    except RetryLater:
        raise
    except MarketwrightError as error:
        message = f"The requirements of {row.name} could not be read: {error.message}"
        await alerts.open_one(row.merchant, subject, message, context.clock(), connection=row.id)
        return
    await alerts.close(row.merchant, subject, context.clock())


async def pull(context: Context, row: ConnectionRow, channel: Channel, opened: Connection) -> bool:
    """Store each set as it comes, and tell whether they say anything else than before.

    A set that the platform says is unchanged stays as it is; one that it no longer gives goes.
    """
    assert channel.pull_requirements is not None
    names: set[str] = set()
    async for given in channel.pull_requirements(opened, await requirements.wanted(row.id)):
        if len(names) >= MOST_SETS:
            log.warning("connection %d has more than %d requirement sets; the rest is left out", row.id, MOST_SETS)
            break
        name = printable(given.name)[:LONGEST_NAME]
        names.add(name)
        await _keep(context, row, msgspec.structs.replace(given, name=name))
    checksum = await requirements.close_round(row.id, names, context.clock())
    if checksum == row.requirements:
        return False
    await _make(context, row)
    return True


async def _keep(context: Context, row: ConnectionRow, given: RequirementSet) -> None:
    if given.requirements is None:
        await requirements.still_held(row.id, given.name, context.clock())
        return
    await requirements.keep(row.id, sound(given), context.clock())


async def _make(context: Context, row: ConnectionRow) -> None:
    """Make the rules at once, so that the next record does not wait for them."""
    fresh = await connections.get(row.id)
    if fresh is None:
        return
    pack = await rules_of(context, fresh)
    count = sum(rule.id.startswith(f"{PREFIX}.") for rule in pack.rules)
    log.info("connection %d: %d rules of at most %d are made of what is published", row.id, count, MOST_RULES)
