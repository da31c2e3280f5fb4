"""Versions of a rulepack as people choose them for a connection: what there is, what another would mean, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import msgspec

from core import connections as acts
from core.connections import visible
from core.context import Context
from core.model.issues import Severity
from core.model.people import Actor
from core.model.records import RecordKind
from core.rulebook import rules_at, version_in_force
from core.rules.evaluate import CompiledPack
from core.rules.outlook import Outlook, Turned
from core.store import connections, records
from core.store.connections import ConnectionRow
from core.store.records import Sheet

AT_ONCE = 500
NEWEST = "newest"
"""What people write where a connection follows the newest version."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a connection stands to the versions of its channel's pack, which are listed newest first.

    `in_force` judges it, None where the version that it is `pinned` to is not there any more. `before` judged it
    before that and can be had back. A channel without a pack of its own has no versions, and is judged by `common`.
    """

    connection_id: int
    channel: str
    in_force: str | None
    pinned: str | None
    newest: str | None
    before: str | None
    versions: tuple[str, ...]

    @property
    def is_behind(self) -> bool:
        """Tell whether there is a newer version than the one it is pinned to."""
        return self.pinned is not None and self.newest is not None and self.in_force != self.newest


class ChangedRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that is `added`, `removed` or `changed` (`what` names the parts), as the version that has it says it.

    `newly` is how many records newly violate it, `no_longer` how many violated it.
    """

    rule: str
    title: str
    kind: RecordKind
    severity: Severity
    change: str
    what: tuple[str, ...]
    newly: int
    no_longer: int


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A record that would newly fail or newly pass, with the first error that it would get or lose."""

    record_id: int
    title: str | None
    sku: str | None
    rule: str
    field: str
    message: str


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What another version would mean for a connection's live records, of which `judged` were looked at.

    A record fails where it has an error. `old` and `new` are the editions compared.
    """

    connection_id: int
    old: str
    new: str
    rules: list[ChangedRule]
    records: int
    judged: int
    newly_fail: int
    newly_pass: int
    failing: list[Example]
    passing: list[Example]


async def standing(context: Context, actor: Actor, connection_id: int) -> Standing:
    """Say which version judges a connection, and which others there are."""
    return standing_of(context, visible(actor, await connections.get(connection_id)))


def standing_of(context: Context, row: ConnectionRow) -> Standing:
    """Say which version judges a connection that is known."""
    versions = context.library.versions(row.channel)
    in_force = version_in_force(context, row)
    before = row.rulepack_used if row.rulepack_used != in_force else row.rulepack_before
    return Standing(
        connection_id=row.id,
        channel=row.channel,
        in_force=in_force,
        pinned=row.rulepack,
        newest=versions[0] if versions else None,
        before=before if before in versions else None,
        versions=versions,
    )


async def preview(
    context: Context, actor: Actor, connection_id: int, version: str | None, *, most: int | None = None
) -> Preview:
    """Judge a connection's own records by the version in force and by another, the newest where none is named.

    Records are read by key, some at a time, and judged beside the event loop; `most` stops after that many.
    """
    row = visible(actor, await connections.get(connection_id))
    old, new = await rules_at(context, row, row.rulepack), await rules_at(context, row, version)
    outlook = Outlook(old, new)
    total = await records.count_live(row.id, RecordKind)
    after, rest = 0, total if most is None else min(most, total)
    while outlook.kinds and rest > 0:
        sheets = await records.sheets(row.id, outlook.kinds, after, min(AT_ONCE, rest))
        if not sheets:
            break
        after, rest = sheets[-1].id, rest - len(sheets)
        await asyncio.to_thread(_look, outlook, sheets)
    spared = await records.count_live(row.id, frozenset(RecordKind) - outlook.kinds)
    return Preview(
        connection_id=row.id,
        old=old.edition,
        new=new.edition,
        rules=_changed(outlook, old, new),
        records=total,
        judged=outlook.judged + spared,
        newly_fail=outlook.newly_fail,
        newly_pass=outlook.newly_pass,
        failing=await _examples(outlook.failing),
        passing=await _examples(outlook.passing),
    )


async def activate(context: Context, actor: Actor, connection_id: int, version: str | None) -> None:
    """Let a version judge a connection from now on; None follows the newest. Only what differs is judged again."""
    await acts.update(context, actor, connection_id, rulepack=version or "")


def version_of(given: str | None) -> str | None:
    """Read what people write: a version, or `newest` for none in particular."""
    return None if given in {None, "", NEWEST} else given


def _look(outlook: Outlook, sheets: list[Sheet]) -> None:
    outlook.look((sheet.id, sheet.kind, sheet.encoded) for sheet in sheets)


def _changed(outlook: Outlook, old: CompiledPack, new: CompiledPack) -> list[ChangedRule]:
    found = outlook.difference
    changes = {
        **dict.fromkeys(found.added, ("added", ())),
        **{name: ("changed", what) for name, what in found.changed.items()},
        **dict.fromkeys(found.removed, ("removed", ())),
    }
    rules = [
        ChangedRule(
            rule=name,
            title=rule.wording(new.language).title,
            kind=rule.kind,
            severity=rule.severity,
            change=change,
            what=what,
            newly=outlook.newly[name],
            no_longer=outlook.no_longer[name],
        )
        for name, (change, what) in changes.items()
        for rule in [(old if change == "removed" else new).rule(name)]
    ]
    return sorted(rules, key=lambda one: -(one.newly + one.no_longer))


async def _examples(turned: Iterable[Turned]) -> list[Example]:
    found = list(turned)
    rows = {row.id: row for row in await records.many(one.record_id for one in found)}
    return [
        Example(
            record_id=one.record_id,
            title=rows[one.record_id].title,
            sku=rows[one.record_id].sku,
            rule=one.rule,
            field=one.field,
            message=one.message,
        )
        for one in found
        if one.record_id in rows
    ]
