"""Checks kept records against the rules in force where other rules judged them, by no more than what differs."""

from __future__ import annotations

import asyncio

from core.context import Context
from core.jobs import keep
from core.jobs.keep import Checked, Kept
from core.model.issues import Violation
from core.model.records import RecordKind, SourceRecord
from core.queue import job
from core.rulebook import rules_of, rules_stamped
from core.rules.diff import Affected, affected
from core.rules.evaluate import CompiledPack
from core.store import audit, connections, issues, records
from core.store.connections import ConnectionRow
from core.store.engine import transaction
from core.store.records import RecordRow, Sheet

JUDGED_AT_ONCE = 400
CARRIED_AT_ONCE = 2000


@job
async def validate_connection(context: Context, connection_id: int) -> None:
    """Check each of a connection's records that was checked with other rules, by those rules that differ.

    Issues of the others are carried over as they are. What nobody knows any more is checked in full. Rules across
    records then look at those records whose keys were not written for them.
    """
    row = await connections.get(connection_id)
    if row is None:
        return
    pack = await rules_of(context, row)
    await _note_version(context, row, pack)
    for stamp in await records.stamps(row.id):
        if stamp == pack.stamp:
            continue
        differs = affected(None if stamp is None else await rules_stamped(context, row, stamp), pack)
        await _carry_over(row, stamp, pack, differs)
        await _judge(context, row, stamp, pack, differs)
    await _compare(context, row, pack)


async def _compare(context: Context, row: ConnectionRow, pack: CompiledPack) -> None:
    """Have rules across records look at what was not read for them, after they changed or came."""
    after = 0
    while ids := await records.ids_keyed_otherwise(row.id, pack.across.fingerprint, after, JUDGED_AT_ONCE):
        after = ids[-1]
        async with transaction():
            kept = await keep.compare(row, pack, ids, context.clock())
        await keep.ask_for_suggestions(context, kept.opened)


async def _note_version(context: Context, row: ConnectionRow, pack: CompiledPack) -> None:
    """Remember the version before, where a connection that follows the newest has come to another one."""
    version = pack.pack.version
    if version == row.rulepack_used:
        return
    now = context.clock()
    async with transaction():
        if await connections.note_rulepack(row.id, version):
            await audit.append(
                "marketwright", "connection.rulepack", f"connection:{row.id}", now, merchant=row.merchant,
                version=version, before=row.rulepack_used,
            )  # fmt: skip


async def _carry_over(row: ConnectionRow, stamp: str | None, pack: CompiledPack, differs: Affected) -> None:
    """Take over records of the kinds that no differing rule is about, with their issues, unjudged."""
    kinds = frozenset(RecordKind) - differs.kinds
    after = 0
    while kinds and (ids := await records.ids_checked_with(row.id, stamp, kinds, after, CARRIED_AT_ONCE)):
        after = ids[-1]
        async with transaction():
            await connections.lock(row.id)
            there = list(await records.still(ids, stamp))
            await issues.carry_over(there, differs.kept, pack.edition)
            await records.restamp(there, pack.stamp)


async def _judge(
    context: Context, row: ConnectionRow, stamp: str | None, pack: CompiledPack, differs: Affected
) -> None:
    """Judge records of the other kinds by the rules that differ, and carry over the issues of those that do not."""
    narrowed = pack if not differs.kept else pack.narrowed(differs.judged)
    kinds, after = differs.kinds, 0
    while kinds and (sheets := await records.sheets_checked_with(row.id, stamp, kinds, after, JUDGED_AT_ONCE)):
        after = sheets[-1].id
        found = await asyncio.to_thread(_violations, narrowed, sheets)
        async with transaction():
            kept = await _write(context, row, stamp, pack, differs, sheets, found)
        await keep.ask_for_suggestions(context, kept.opened)


async def _write(
    context: Context,
    row: ConnectionRow,
    stamp: str | None,
    pack: CompiledPack,
    differs: Affected,
    sheets: list[Sheet],
    found: dict[int, tuple[Violation, ...]],
) -> Kept:
    """Write what was found; a record that changed since it was read is left to whoever changed it."""
    await connections.lock(row.id)
    there = await records.still([one.id for one in sheets], stamp)
    ids = [one.id for one in sheets if there.get(one.id) == one.content_hash]
    standing = await issues.not_closed(ids, differs.kept)
    touched = await records.many(one for one in ids if one in found or one in standing)
    checked = [
        Checked(
            source=_as_source(one),
            violations=found.get(one.id, ()),
            keys=pack.across.keys(one.kind, one.record),
            pack=pack,
        )
        for one in touched
    ]
    kept = await keep.write(row, checked, context.clock(), leaving=differs.kept)
    await issues.carry_over(ids, differs.kept, pack.edition)
    await records.restamp(ids, pack.stamp)
    return kept


def _violations(pack: CompiledPack, sheets: list[Sheet]) -> dict[int, tuple[Violation, ...]]:
    found = {one.id: tuple(pack.evaluate_json(one.kind, one.encoded)) for one in sheets}
    return {record: violations for record, violations in found.items() if violations}


def _as_source(row: RecordRow) -> SourceRecord:
    return SourceRecord(
        kind=row.kind, external_id=row.external_id, version=row.source_version, record=row.record, raw=row.raw
    )
