"""Reads the rulepacks again whenever a file of theirs changes, for people who write them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from watchfiles import Change, awatch

from config.settings import Settings
from core.context import Context
from core.errors import RulepackError
from core.store import alerts, connections, merchants

log = logging.getLogger("marketwright.reload")

SUBJECT = "rulepacks"
"""What the alert about a broken file is on."""


@contextlib.asynccontextmanager
async def reloading(context: Context, settings: Settings, *, checks: bool) -> AsyncIterator[None]:
    """Watch the folders of rulepacks for the time of the block, where the settings ask for it.

    Every process has a library of its own and watches. Workers have what changed checked again (`checks`), each
    after it has read the new rules itself, so that the last check is by them.
    """
    if not settings.rulepacks.reload:
        yield
        return
    watching = asyncio.create_task(_watch(context, checks))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _watch(context: Context, checks: bool) -> None:
    folders = [folder.path for folder in context.library.folders if folder.path.is_dir()]
    log.info("rulepacks are read again when they change in %s", ", ".join(map(str, folders)))
    async for _ in awatch(*folders, watch_filter=_is_pack):
        try:
            await read_again(context, checks=checks)
        # Whatever one look meets, a database that is away too, the next one comes.
        except Exception:
            log.exception("the rulepacks could not be read again")


async def read_again(context: Context, *, checks: bool) -> None:
    """Read the rulepacks again: say what changed and have it checked, or say what cannot be used and keep all."""
    try:
        changed = await asyncio.to_thread(context.library.reopen)
    except RulepackError as error:
        log.error("a changed rulepack is not used: %s", error.message)
        for merchant in await merchants.names():
            message = f"A changed rulepack is not used, and the rules stay as they were: {error.message}"
            await alerts.open_one(merchant, SUBJECT, message, context.clock())
        return
    for merchant in await merchants.names():
        await alerts.close(merchant, SUBJECT, context.clock())
    if not changed:
        return
    log.info("rulepacks read again: %s", ", ".join(changed))
    if checks:
        await context.queue.enqueue("mirror_rules")
        for row in await connections.all_of(None):
            await context.queue.enqueue("validate_connection", row.id)


def _is_pack(_: Change, path: str) -> bool:
    return path.endswith(".yaml")
