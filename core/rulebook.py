"""The rules that judge one connection's records: its pack, as it stands today."""

from __future__ import annotations

from core.context import Context
from core.rules.evaluate import CompiledPack
from core.store.connections import ConnectionRow


async def rules_of(context: Context, row: ConnectionRow) -> CompiledPack:
    """Return the rules in force for a connection today: those of the version that it pins, else of the newest."""
    pack = context.library.pack(row.channel, row.rulepack)
    return pack.on(context.clock().date())
