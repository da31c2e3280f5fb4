"""Two versions of a pack compared: what the rules say, and what that means for records."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from core.model.issues import Severity, Violation
from core.model.records import Record, RecordKind
from core.rules.evaluate import CompiledPack
from core.rules.pack import Rule

_COMPARED = (
    "kind",
    "category",
    "severity",
    "field",
    "check",
    "arguments",
    "when",
    "wordings",
    "fix",
    "fix_safety",
    "since",
    "until",
)


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What changed between two packs. `changed` maps a rule's id to the names of what changed in it."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: dict[str, tuple[str, ...]]


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """What another edition has to be judged anew by: the kinds of record, and the rules that do not say the same.

    `judged` are rules of the new edition, `kept` those that say the same in both.
    """

    kinds: frozenset[RecordKind]
    judged: frozenset[str]
    kept: frozenset[str]


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """What another pack means for records: the places of those that newly fail (an error) and newly pass."""

    newly_fail: tuple[int, ...]
    newly_pass: tuple[int, ...]


def diff(old: CompiledPack, new: CompiledPack) -> Difference:
    """Compare the rules of two packs, inherited ones included."""
    before = {rule.id: rule for rule in old.rules}
    after = {rule.id: rule for rule in new.rules}
    changed = {name: _changed(before[name], after[name]) for name in before if name in after}
    return Difference(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed={name: what for name, what in changed.items() if what},
    )


def affected(old: CompiledPack | None, new: CompiledPack) -> Affected:
    """Say what differs; where the old edition is unknown, everything does."""
    if old is None or old.language != new.language:
        return Affected(kinds=frozenset(RecordKind), judged=frozenset(rule.id for rule in new.rules), kept=frozenset())
    found = diff(old, new)
    differing = {*found.added, *found.removed, *found.changed}
    return Affected(
        kinds=frozenset(rule.kind for rule in (*old.rules, *new.rules) if rule.id in differing),
        judged=frozenset({*found.added, *found.changed}),
        kept=frozenset(rule.id for rule in new.rules if rule.id not in differing),
    )


def impact(old: CompiledPack, new: CompiledPack, kind: RecordKind, records: Iterable[Record]) -> Impact:
    """Judge records by both packs; a record fails where it has an error."""
    newly_fail, newly_pass = [], []
    for place, record in enumerate(records):
        before, after = errors(old, kind, record), errors(new, kind, record)
        if after and not before:
            newly_fail.append(place)
        elif before and not after:
            newly_pass.append(place)
    return Impact(newly_fail=tuple(newly_fail), newly_pass=tuple(newly_pass))


def _changed(before: Rule, after: Rule) -> tuple[str, ...]:
    return tuple(name for name in _COMPARED if getattr(before, name) != getattr(after, name))


def errors(pack: CompiledPack, kind: RecordKind, record: Record) -> list[Violation]:
    """Return what keeps a record from being sold."""
    return [violation for violation in pack.evaluate(kind, record) if violation.severity is Severity.ERROR]
