"""Keeps what a channel says of its records: checks them, and in one transaction writes records, issues and patterns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec

from core.context import Context
from core.knowledge.signature import Signature, signature_of
from core.model.issues import IssueState, Resolution, Violation
from core.model.records import RecordKind, SourceRecord
from core.privacy import anonymise_order
from core.rulebook import rules_of
from core.store import connections, issues, patterns, records
from core.store.connections import ConnectionRow
from core.store.issues import IssueRow
from core.store.records import RecordRow
from core.store.rows import printable

SUGGEST_AT_ONCE = 100


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A record with what the rules say of it, and the stamp of these rules."""

    source: SourceRecord
    violations: tuple[Violation, ...]
    pack: str


class Kept(msgspec.Struct, kw_only=True):
    """What a write came to. `opened` are the ids of issues that need suggestions."""

    seen: int = 0
    changed: int = 0
    stale: int = 0
    opened: list[int] = msgspec.field(default_factory=list)


async def check(context: Context, row: ConnectionRow, sources: Sequence[SourceRecord]) -> list[Checked]:
    """Evaluate records against the rules of their connection. Done before the transaction opens."""
    pack = await rules_of(context, row)
    return [
        Checked(
            source=source,
            violations=() if source.deleted else tuple(pack.evaluate(source.kind, source.record)),
            pack=pack.stamp,
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
    the records were not checked by, and whose issues stay.
    """
    await connections.lock(row.id)
    kept = Kept(seen=len(checked))
    latest = _latest(checked)
    known = await _known(row.id, latest)
    fresh = [one for one in latest if not _is_stale(one, known)]
    kept.stale = len(checked) - len(fresh)
    before = await issues.not_closed([known[_key(one)].id for one in fresh if _key(one) in known], leaving)
    causes = await _count_patterns(row, fresh, before, known, holding, now)
    for one in fresh:
        stored = known.get(_key(one))
        record_id, changed = await _write_record(row, one, stored, now)
        kept.changed += changed
        if record_id is None:
            continue
        standing = [] if stored is None else before.get(stored.id, [])
        opened, gone = await _reconcile(row, record_id, one, standing, causes, now)
        kept.opened += opened
        by_other_rules = not changed and stored is not None and stored.checked_with != one.pack
        await _close_gone(gone, one, by_other_rules, closing or {}, now)
    return kept


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
            if stored.kind is RecordKind.ORDER:
                await records.forget_people(stored.id, anonymise_order(stored.record))
            return stored.id, True
        return None, False
    if stored is None:
        return await records.insert(row.merchant, row.id, source, one.pack, now), True
    if stored.deleted_at is None and records.same_content(stored, source):
        await records.touch(stored.id, source, one.pack)
        return stored.id, False
    await records.overwrite(stored.id, source, one.pack, now)
    return stored.id, True


async def _count_patterns(
    row: ConnectionRow,
    fresh: Sequence[Checked],
    before: Mapping[int, list[IssueRow]],
    known: Mapping[tuple[RecordKind, str], RecordRow],
    holding: str | None,
    now: datetime,
) -> dict[str, str]:
    """Count new occurrences and return pattern ids by signature hash, in one order everywhere so that none deadlock.

    An issue whose value changed may have another cause now, and is counted there.
    """
    counts: dict[str, tuple[Signature, Violation, int]] = {}
    for one in fresh:
        stored = known.get(_key(one))
        standing = {(issue.rule, issue.field): issue for issue in (before.get(stored.id, []) if stored else [])}
        for violation in one.violations:
            issue = standing.get((violation.rule, violation.field))
            if issue is not None and not _differs(issue, violation):
                continue
            is_new = issue is None or issue.actual != violation.actual
            signature = signature_of(row.channel, violation, one.source.record)
            key = signature.hash()
            counts[key] = (signature, violation, (counts[key][2] if key in counts else 0) + is_new)
    held = None if holding is None else await patterns.signature_hash(holding)
    found = {}
    for key in sorted({*counts, *([held] if held else [])}):
        if key not in counts:
            await patterns.lock(str(holding))
            continue
        signature, violation, times = counts[key]
        found[key] = await patterns.seen(
            row.merchant, signature, key, violation.title, violation.fix_safety, now, times
        )
    return found


def _differs(issue: IssueRow, violation: Violation) -> bool:
    """Tell whether another value, or another wording or fix of the rule, has to be kept."""
    return (
        issue.actual != violation.actual
        or issue.pack != violation.pack
        or issue.message != printable(violation.message)
        or (issue.category, issue.severity, issue.fix, issue.fix_safety)
        != (violation.category, violation.severity, violation.fix, violation.fix_safety)
    )


async def _reconcile(
    row: ConnectionRow,
    record_id: int,
    one: Checked,
    standing: Sequence[IssueRow],
    causes: Mapping[str, str],
    now: datetime,
) -> tuple[list[int], list[IssueRow]]:
    """Open what is new, refresh what changed; return ids of issues that need suggestions, and the issues gone."""
    needing: list[int] = []
    open_now = {(issue.rule, issue.field): issue for issue in standing}
    for violation in one.violations:
        issue = open_now.pop((violation.rule, violation.field), None)
        if issue is not None and not _differs(issue, violation):
            continue
        cause = causes[signature_of(row.channel, violation, one.source.record).hash()]
        if issue is None:
            needing.append(await issues.insert(row.merchant, row.id, row.channel, record_id, cause, violation, now))
        else:
            await issues.refresh(issue.id, cause, violation)
            needing.append(issue.id)
    return needing, list(open_now.values())


async def _close_gone(
    gone: Sequence[IssueRow], one: Checked, by_other_rules: bool, closing: Mapping[int, Resolution], now: datetime
) -> None:
    """End issues which no longer stand. One whose correction is under way is left to its verification."""
    by_resolution: dict[Resolution, list[int]] = {}
    for issue in gone:
        if one.source.deleted:
            resolution = Resolution.RECORD_DELETED
        elif issue.id in closing:
            resolution = closing[issue.id]
        elif issue.state is IssueState.CORRECTING:
            continue
        elif by_other_rules:
            resolution = Resolution.RULE_CHANGED
        else:
            resolution = Resolution.CHANGED_AT_SOURCE
        by_resolution.setdefault(resolution, []).append(issue.id)
    for resolution, ids in by_resolution.items():
        await issues.close(ids, resolution, now)
