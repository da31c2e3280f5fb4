"""The rules that judge one connection's records: its pack, as it stands today, and what its platform publishes."""

from __future__ import annotations

import asyncio
from datetime import date, datetime

import msgspec

from core.context import Context
from core.errors import NotFound
from core.model.issues import Severity
from core.rules import explain, published
from core.rules.editions import make
from core.rules.evaluate import CompiledPack
from core.rules.published_words import PREFIX
from core.store import requirements
from core.store.connections import ConnectionRow
from core.store.requirements import SetRow


class RuleInWords(msgspec.Struct, frozen=True, kw_only=True):
    """One rule made of what a platform publishes. `what` says what it asks of which field, and where."""

    rule: str
    title: str
    what: str
    severity: Severity
    source: str
    effective: str | None


class Requirements(msgspec.Struct, frozen=True, kw_only=True):
    """What a connection's platform publishes: the sets that are held, with what was left out, and the rules in force.

    A requirement that the pack has word by word, or stricter, is not among the rules. `read_at` is None where the
    platform was not asked yet, or publishes nothing.
    """

    edition: str
    read_at: datetime | None
    sets: tuple[SetRow, ...]
    rules: tuple[RuleInWords, ...]


async def rules_of(context: Context, row: ConnectionRow) -> CompiledPack:
    """Return the rules in force for a connection today: those of the version that it pins, else of the newest."""
    return await rules_at(context, row, row.rulepack)


async def rules_at(context: Context, row: ConnectionRow, version: str | None) -> CompiledPack:
    """Return the rules that a version of its pack has for a connection today, the newest where none is named.

    Beside them stand the requirements that the platform publishes, made into rules once for each checksum: while
    nothing changes, this asks the database nothing.
    """
    pack = await _whole(context, row, context.library.pack(row.channel, version))
    return pack.on(context.clock().date()).speaking(context.language)


async def rules_stamped(context: Context, row: ConnectionRow, stamp: str) -> CompiledPack | None:
    """Return the rules that a connection's record was checked with, None where nobody knows them any more."""
    name, *more = stamp.partition("#")[0].split("+")
    day = next((date.fromisoformat(part) for part in more if part[:1].isdigit()), date.min)
    is_marked = any(not part[:1].isdigit() for part in more)
    for pack in context.library.texts(name):
        whole = await _whole(context, row, pack) if is_marked else pack
        found = whole.on(day).speaking(context.language)
        if found.stamp == stamp:
            return found
    return None


def version_in_force(context: Context, row: ConnectionRow) -> str | None:
    """Return the version that judges a connection, None where its pack is not there."""
    try:
        return context.library.pack(row.channel, row.rulepack).pack.version
    except NotFound:
        return None


async def _whole(context: Context, row: ConnectionRow, pack: CompiledPack) -> CompiledPack:
    if row.requirements is None:
        return pack
    return context.editions.get(pack, row.requirements) or await _with_published(context, row, pack)


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


async def requirements_of(context: Context, row: ConnectionRow) -> Requirements:
    """Return what a connection's platform publishes, for people to look at."""
    pack = await rules_of(context, row)
    return Requirements(
        edition=pack.edition,
        read_at=row.requirements_at,
        sets=tuple(await requirements.listed(row.id)),
        rules=tuple(
            RuleInWords(
                rule=rule.id,
                title=rule.title,
                what=explain.what(rule),
                severity=rule.severity,
                source=rule.source,
                effective=explain.effective(rule),
            )
            for rule in pack.rules
            if rule.id.startswith(f"{PREFIX}.")
        ),
    )
