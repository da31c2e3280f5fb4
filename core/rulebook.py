"""The rules that judge one connection's records: its pack, as it stands today, and what its platform publishes."""

from __future__ import annotations

import asyncio

from core.context import Context
from core.rules import published
from core.rules.editions import make
from core.rules.evaluate import CompiledPack
from core.store import requirements
from core.store.connections import ConnectionRow


async def rules_of(context: Context, row: ConnectionRow) -> CompiledPack:
    """Return the rules in force for a connection today: those of the version that it pins, else of the newest.

    Beside them stand the requirements that the platform publishes, made into rules once for each checksum: while
    nothing changes, this asks the database nothing.
    """
    pack = context.library.pack(row.channel, row.rulepack)
    if row.requirements is not None:
        pack = context.editions.get(pack, row.requirements) or await _with_published(context, row, pack)
    return pack.on(context.clock().date())


async def _with_published(context: Context, row: ConnectionRow, pack: CompiledPack) -> CompiledPack:
    """Read what is stored, which may be newer than the row says, and make its rules beside the loop."""
    sets = await requirements.of(row.id)
    checksum = requirements.checksum_of([(one.name, requirements.checksum_of_set(one)) for one in sets])
    if checksum is None:
        return pack
    found = await asyncio.to_thread(published.read, sets, checksum)
    made = await asyncio.to_thread(make, pack, found, checksum)
    context.editions.keep(pack, checksum, made)
    return made
