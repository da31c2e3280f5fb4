"""Judges records by the others of their connection, set-wise: a write costs a handful of statements, however large."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from core.corrections import paths
from core.model.issues import Violation
from core.model.records import Record, RecordKind
from core.rules import falls
from core.rules.evaluate import CompiledPack
from core.rules.keys import Key
from core.rules.shelf import ALL, Member, Named, Pair, Shelf, Subject, Wanted, named, strangers, wanted
from core.store import issues, record_keys, records
from core.store.connections import ConnectionRow
from core.store.issues import IssueRow
from core.store.records import RecordRow
from core.store.rows import printable


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A record that was just written and is to be judged. `before` is its last version; a deleted one has no `keys`."""

    id: int
    kind: RecordKind
    external_id: str
    record: Record
    keys: tuple[Key, ...]
    before: RecordRow | None
    standing: Sequence[IssueRow]

    @property
    def members(self) -> list[Member]:
        """Return its keys with its names."""
        names = msgspec.structs.replace(named(self.kind, self.record), external_id=self.external_id)
        return [Member(self.id, key, names) for key in self.keys]


class Turned(msgspec.Struct, frozen=True):
    """A record that was not written, of which other issues stand than did: those that open, and those that end."""

    id: int
    record: Record
    opening: list[Violation]
    ending: list[IssueRow]
    kind: RecordKind = RecordKind.PRODUCT


class Findings(msgspec.Struct, frozen=True):
    """What rules across records say: of the records looked at, of others that these turn, and what is reworded."""

    violations: dict[int, list[Violation]] = {}
    turned: list[Turned] = []
    messages: dict[int, str] = {}


async def judge(row: ConnectionRow, pack: CompiledPack, looks: Sequence[Look]) -> Findings:
    """Write the keys of records that were just written, and say what rules across records find now.

    Called inside the transaction that holds the connection's lock.
    """
    if not looks:
        return Findings()
    added, touched = await _moved_keys(looks)
    members = {look.id: look.members for look in looks}
    subjects = pack.across.subjects
    own = {it.key.pair for several in members.values() for it in several}
    shelf = await _shelf(row.id, wanted(subjects, own, touched), members, added)
    found = {
        look.id: [*pack.across.violations(members[look.id], look.record, shelf), *_fallen(pack, look)] for look in looks
    }
    return await _others(pack, found, strangers(subjects, touched, shelf, members.keys()), shelf)


async def upheld(
    row: ConnectionRow, pack: CompiledPack, pairs: Iterable[tuple[IssueRow, RecordRow | None]]
) -> set[int]:
    """Return ids of those issues that stand, by the records as they are stored now."""
    live = [(issue, record) for issue, record in pairs if record is not None and record.deleted_at is None]
    alone = {
        issue.id
        for issue, record in live
        if issue.rule not in pack.across.ids
        and any((it.rule, it.field) == (issue.rule, issue.field) for it in pack.evaluate(record.kind, record.record))
    }
    across = [(issue, record) for issue, record in live if issue.rule in pack.across.ids]
    members = {
        record.id: [
            Member(record.id, key, Named(record.kind, record.sku, record.external_id, record.title))
            for key in pack.across.keys(record.kind, record.record)
        ]
        for _, record in across
    }
    own = {it.key.pair for several in members.values() for it in several}
    shelf = await _shelf(row.id, wanted(pack.across.subjects, own, ()), members)
    return alone | {issue.id for issue, record in across if _stands(pack, issue, record, members[record.id], shelf)}


def _stands(pack: CompiledPack, issue: IssueRow, record: RecordRow, members: list[Member], shelf: Shelf) -> bool:
    """Tell whether an issue across records stands. One about a fall does while the amount is what it fell to."""
    if pack.rule(issue.rule).check == "max_drop":
        return falls.same_amount(paths.get(record.record, issue.field), issue.actual)
    found = pack.across.violations(members, record.record, shelf)
    return any((it.rule, it.field) == (issue.rule, issue.field) for it in found)


async def _moved_keys(looks: Sequence[Look]) -> tuple[list[tuple[int, Key]], set[Pair]]:
    """Take away the keys that some records have no longer; return those to add, and the pairs that came or went."""
    known = await record_keys.of_records([look.id for look in looks if look.before is not None])
    added: list[tuple[int, Key]] = []
    gone: list[int] = []
    touched: set[Pair] = set()
    for look in looks:
        held, now = known.get(look.id, {}), dict.fromkeys(look.keys)
        added.extend((look.id, key) for key in now if key not in held)
        gone.extend(row_id for key, row_id in held.items() if key not in now)
        touched.update(key.pair for key in held.keys() ^ now.keys())
    await record_keys.remove(gone)
    return added, touched


async def _shelf(
    connection: int, needed: Wanted, inside: dict[int, list[Member]], added: Sequence[tuple[int, Key]] = ()
) -> Shelf:
    """Fetch what is needed, and write `added` between: what the records `inside` hold is known, and is not read back.

    What orders ask for is added up by the database, which for that has to know all.
    """
    margin = len(inside)
    pairs = {pair: most if most == ALL else most + margin for pair, most in needed.members.items()}
    held: dict[Pair, list[Member]] = {}
    for several in inside.values():
        for it in several:
            held.setdefault(it.key.pair, []).append(it)
    for it in await record_keys.members(connection, pairs):
        if it.record not in inside:
            held.setdefault(it.key.pair, []).append(it)
    await record_keys.add(connection, added)
    demands = {}
    for (stock, orders), values in needed.demands.items():
        asked = await record_keys.demands(connection, stock, orders, values)
        demands.update({(orders, pair): demand for pair, demand in asked.items()})
    return Shelf(held, demands)


def _fallen(pack: CompiledPack, look: Look) -> list[Violation]:
    """Return what fell in this version, and what fell in an earlier one and has not moved since."""
    if look.before is None or look.before.deleted_at is not None or not look.record:
        return []
    fallen, unmoved = falls.compare(pack.across, look.kind, look.before.record, look.record)
    standing = {(issue.rule, issue.field): issue for issue in look.standing}
    for it in unmoved:
        issue = standing.get((it.rule.id, it.before))
        if issue is not None:
            actual = paths.get(look.record, it.after)
            fallen.append(pack.across.repeated(it.rule, it.after, actual, issue.message))
    return fallen


async def _others(
    pack: CompiledPack, found: dict[int, list[Violation]], keys: Sequence[tuple[Subject, Member]], shelf: Shelf
) -> Findings:
    """Say what changed for records that were not written, by those of their keys whose verdict may have turned."""
    by_record = await issues.not_closed(sorted({it.record for _, it in keys}))
    standing = {(it.record, it.rule, it.field): it for several in by_record.values() for it in several}
    turned: dict[int, Turned] = {}
    messages: dict[int, str] = {}
    opening: list[tuple[Subject, Member]] = []
    for subject, member in keys:
        issue = standing.get((member.record, subject.rule.id, member.key.path))
        violation = pack.across.violation(subject, member, None if issue is None else issue.actual, shelf)
        if issue is None and violation is not None:
            opening.append((subject, member))
        elif issue is not None and violation is None:
            turned.setdefault(member.record, Turned(member.record, {}, [], [])).ending.append(issue)
        elif issue is not None and violation is not None and printable(violation.message) != issue.message:
            messages[issue.id] = violation.message
    rows = {it.id: it for it in await records.many({member.record for _, member in opening})}
    for subject, member in opening:
        record, kind = rows[member.record].record, rows[member.record].kind
        violation = pack.across.violation(subject, member, paths.get(record, member.key.path), shelf)
        ending = turned[member.record].ending if member.record in turned else []
        held = turned[member.record].opening if member.record in turned else []
        now = [*held, *([violation] if violation else [])]
        turned[member.record] = Turned(member.record, record, now, ending, kind)
    return Findings(found, list(turned.values()), messages)
