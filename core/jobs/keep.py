"""Keeps what a channel says of its records: checks them, and in one transaction writes records, issues and patterns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec

from core.context import Context
from core.jobs import across
from core.jobs.across import Findings, Look
from core.jobs.say import Saying, say
from core.model.issues import Resolution, Violation
from core.model.records import RecordKind, SourceRecord
from core.privacy import anonymise_order
from core.rulebook import rules_of
from core.rules.evaluate import CompiledPack
from core.rules.keys import Key
from core.store import connections, issues, records
from core.store.connections import ConnectionRow
from core.store.issues import IssueRow
from core.store.records import RecordRow, Stamp

SUGGEST_AT_ONCE = 100


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A record, what the rules say of it alone, its keys for those that look across, and what it was checked with."""

    source: SourceRecord
    violations: tuple[Violation, ...]
    keys: tuple[Key, ...]
    pack: CompiledPack

    @property
    def stamp(self) -> Stamp:
        """Return what the record remembers of the check."""
        return Stamp(self.pack.stamp, self.pack.across.fingerprint)


class Kept(msgspec.Struct, kw_only=True):
    """What a write came to. `opened` are the ids of issues that need suggestions."""

    seen: int = 0
    changed: int = 0
    stale: int = 0
    opened: list[int] = msgspec.field(default_factory=list)


class Written(msgspec.Struct, frozen=True):
    """A record that was written. `before` is what was stored of it."""

    id: int
    one: Checked
    before: RecordRow | None
    changed: bool
    standing: Sequence[IssueRow]

    @property
    def is_news(self) -> bool:
        """Tell whether rules across records have to look at it: it changed, or they did."""
        return self.changed or self.before is None or self.before.keyed_with != self.one.stamp.keys

    @property
    def by_other_rules(self) -> bool:
        """Tell whether the record is what it was, and only the rules are others."""
        before = self.before
        return not self.changed and before is not None and before.checked_with != self.one.stamp.pack


async def check(context: Context, row: ConnectionRow, sources: Sequence[SourceRecord]) -> list[Checked]:
    """Evaluate records against the rules of their connection. Done before the transaction opens."""
    pack = await rules_of(context, row)
    return [
        Checked(
            source=source,
            violations=() if source.deleted else tuple(pack.evaluate(source.kind, source.record)),
            keys=() if source.deleted else pack.across.keys(source.kind, source.record),
            pack=pack,
        )
        for source in sources
    ]


async def write(
    row: ConnectionRow,
    checked: Sequence[Checked],
    now: datetime,
    *,
    closing: Mapping[int, Resolution] | None = None,
    holding: str | None = None,
    leaving: Collection[str] = (),
) -> Kept:
    """Write checked records inside the caller's transaction; a lower version never overwrites a higher one.

    `closing` names issues whose correction is under way, and how they end if they are gone. `holding` is a pattern
    that the caller goes on to write; it is locked here, in its turn, so that none deadlock. `leaving` are rules that
    the records were not checked by, and whose issues stay; those across records are judged all the same.
    """
    await connections.lock(row.id)
    kept = Kept(seen=len(checked))
    latest = _latest(checked)
    known = await _known(row.id, latest)
    fresh = [one for one in latest if not _is_stale(one, known)]
    kept.stale = len(checked) - len(fresh)
    left = frozenset(leaving).difference(*(one.pack.across.ids for one in checked[:1]))
    before = await issues.not_closed([known[_key(one)].id for one in fresh if _key(one) in known], left)
    written = []
    for one in fresh:
        stored = known.get(_key(one))
        record_id, changed = await _write_record(row, one, stored, now)
        kept.changed += changed
        if record_id is not None:
            written.append(Written(record_id, one, stored, changed, before.get(record_id, [])))
    kept.opened = await _judge(row, written, now, closing=closing or {}, holding=holding)
    await _forget_people(written)
    return kept


async def compare(row: ConnectionRow, pack: CompiledPack, ids: Sequence[int], now: datetime) -> Kept:
    """Have rules across records look at stored records whose keys were not written for them.

    Called inside a transaction. What was said of the records alone stays as it is.
    """
    await connections.lock(row.id)
    standing = await issues.not_closed(ids)
    written = []
    for record in await records.many(ids):
        if record.deleted_at is None:
            source = SourceRecord(
                kind=record.kind, external_id=record.external_id, version=record.source_version, record=record.record
            )
            keys = pack.across.keys(record.kind, record.record)
            across_only = [one for one in standing.get(record.id, []) if one.rule in pack.across.ids]
            one = Checked(source=source, violations=(), keys=keys, pack=pack)
            written.append(Written(record.id, one, record, False, across_only))
    opened = await _judge(row, written, now, closing={}, holding=None)
    await records.rekey([it.id for it in written], pack.across.fingerprint)
    return Kept(seen=len(written), opened=opened)


async def ask_for_suggestions(context: Context, issue_ids: Sequence[int]) -> None:
    """Ring for the issues that a write opened, once its transaction has ended."""
    for start in range(0, len(issue_ids), SUGGEST_AT_ONCE):
        await context.queue.enqueue("suggest", *issue_ids[start : start + SUGGEST_AT_ONCE])


def _key(one: Checked) -> tuple[RecordKind, str]:
    return one.source.kind, one.source.external_id


def _latest(checked: Sequence[Checked]) -> list[Checked]:
    """Of several sayings about one record keep the highest version, the later one among equals."""
    best: dict[tuple[RecordKind, str], Checked] = {}
    for one in checked:
        held = best.get(_key(one))
        if held is None or one.source.version >= held.source.version:
            best[_key(one)] = one
    return list(best.values())


async def _known(connection: int, checked: Sequence[Checked]) -> dict[tuple[RecordKind, str], RecordRow]:
    found: dict[tuple[RecordKind, str], RecordRow] = {}
    for kind in {one.source.kind for one in checked}:
        ids = [one.source.external_id for one in checked if one.source.kind is kind]
        for external_id, row in (await records.by_external_ids(connection, kind, ids)).items():
            found[kind, external_id] = row
    return found


def _is_stale(one: Checked, known: Mapping[tuple[RecordKind, str], RecordRow]) -> bool:
    stored = known.get(_key(one))
    return stored is not None and one.source.version < stored.source_version


async def _write_record(
    row: ConnectionRow, one: Checked, stored: RecordRow | None, now: datetime
) -> tuple[int | None, bool]:
    """Write one record and return its id and whether its content changed."""
    source = one.source
    if source.deleted:
        if stored is not None and stored.deleted_at is None:
            await records.mark_deleted(stored.id, source.version, now)
            return stored.id, True
        return None, False
    if stored is None:
        return await records.insert(row.merchant, row.id, source, one.stamp, now), True
    if stored.deleted_at is None and records.same_content(stored, source):
        await records.touch(stored.id, source, one.stamp)
        return stored.id, False
    await records.overwrite(stored.id, source, one.stamp, now)
    return stored.id, True


async def _forget_people(written: Sequence[Written]) -> None:
    """Keep of the orders that are gone only what names nobody."""
    for it in written:
        if it.one.source.deleted and it.before is not None and it.before.kind is RecordKind.ORDER:
            await records.forget_people(it.id, anonymise_order(it.before.record))


async def _judge(
    row: ConnectionRow,
    written: Sequence[Written],
    now: datetime,
    *,
    closing: Mapping[int, Resolution],
    holding: str | None,
) -> list[int]:
    """Let rules across records look at what is news to them, and say what all rules find."""
    found = await _look_across(row, written)
    opened = await say(row, _sayings(written, found), now, closing=closing, holding=holding)
    await issues.reword(found.messages)
    return opened


async def _look_across(row: ConnectionRow, written: Sequence[Written]) -> Findings:
    """Have rules across records look at what is news to them."""
    looks = [
        Look(
            id=it.id,
            kind=it.one.source.kind,
            external_id=it.one.source.external_id,
            record=it.one.source.record,
            keys=it.one.keys,
            before=it.before,
            standing=it.standing,
        )
        for it in written
        if it.is_news
    ]
    return await across.judge(row, written[-1].one.pack, looks) if looks else Findings()


def _sayings(written: Sequence[Written], found: Findings) -> list[Saying]:
    """Return what is said of the records written, and of others that they turned.

    What rules across records said of a record that is no news to them goes on standing.
    """
    sayings = [
        Saying(
            id=it.id,
            kind=it.one.source.kind,
            record=it.one.source.record,
            violations=(*it.one.violations, *found.violations.get(it.id, ())),
            standing=[one for one in it.standing if it.is_news or one.rule not in it.one.pack.across.ids],
            across=it.one.pack.across.ids,
            by_other_rules=it.by_other_rules,
            deleted=it.one.source.deleted,
        )
        for it in written
    ]
    turned = [
        Saying(id=it.id, kind=it.kind, record=it.record, violations=it.opening, standing=it.ending)
        for it in found.turned
    ]
    return sayings + turned
