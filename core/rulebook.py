"""The rules that judge one connection's records: its pack, as it stands today."""

from __future__ import annotations

from core.context import Context
from core.errors import NotFound
from core.rules.evaluate import CompiledPack
from core.store.connections import ConnectionRow


async def rules_of(context: Context, row: ConnectionRow) -> CompiledPack:
    """Return the rules in force for a connection today: those of the version that it pins, else of the newest."""
    return rules_at(context, row.channel, row.rulepack)


def rules_at(context: Context, channel: str, version: str | None) -> CompiledPack:
    """Return the rules that a version of a channel's pack has today, its newest where none is named."""
    pack = context.library.pack(channel, version)
    return pack.on(context.clock().date()).speaking(context.language)


def version_in_force(context: Context, row: ConnectionRow) -> str | None:
    """Return the version that judges a connection, None where its pack is not there."""
    try:
        return context.library.pack(row.channel, row.rulepack).pack.version
    except NotFound:
        return None
