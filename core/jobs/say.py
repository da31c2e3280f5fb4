"""Says what rules find: counts the causes, opens what is new, rewords and refreshes what stands, ends what is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from core.knowledge.grouping import Grouping, Placed, by_source, facts_of_violation, place
from core.knowledge.signature import signature_of
from core.model.issues import IssueState, Resolution, Violation
from core.model.records import Record, RecordKind
from core.store import groupings, issues, patterns
from core.store.connections import ConnectionRow
from core.store.issues import Cause, IssueRow
from core.store.rows import printable


class Saying(msgspec.Struct, frozen=True, kw_only=True):
    """What is now said of one record: its violations, beside the issues that stood until now.

    `across` names rules across records; `by_other_rules` says that the record is what it was.
    """

    id: int
    kind: RecordKind
    record: Record
    violations: Sequence[Violation]
    standing: Sequence[IssueRow]
    across: frozenset[str] = frozenset()
    by_other_rules: bool = False
    deleted: bool = False

    def differs(self, issue: IssueRow, violation: Violation) -> bool:
        """Tell whether another value, or another wording or fix of the rule, has to be kept.

        What a rule across records says in other words is no other value: it is the others that changed.
        """
        return (
            issue.actual != violation.actual
            or issue.pack != violation.pack
            or (violation.rule not in self.across and issue.message != printable(violation.message))
            or (issue.category, issue.severity, issue.fix, issue.fix_safety)
            != (violation.category, violation.severity, violation.fix, violation.fix_safety)
        )


async def say(
    row: ConnectionRow,
    sayings: Sequence[Saying],
    now: datetime,
    *,
    closing: Mapping[int, Resolution],
    holding: str | None,
) -> list[int]:
    """Write what is said of records, inside the caller's transaction; return ids of issues that need suggestions.

    `closing` names issues whose correction is under way, and how they end if they are gone; `holding` is a pattern
    to lock in its turn.
    """
    places = Places(row, by_source(await groupings.standing(row.merchant, for_writing=True)))
    causes = await _count_patterns(row, places, sayings, holding, now)
    needing: list[int] = []
    messages: dict[int, str] = {}
    for saying in sayings:
        opened, gone = await _reconcile(row, places, saying, causes, messages, now)
        needing += opened
        await _close_gone(gone, saying, closing, now)
    await issues.reword(messages)
    return needing


class Places(msgspec.Struct, frozen=True):
    """Tells to which cause a violation belongs, by what people have grouped."""

    row: ConnectionRow
    groupings: Mapping[str, Sequence[Grouping]]

    def of(self, saying: Saying, violation: Violation) -> Placed:
        """Return where the violation belongs."""
        natural = signature_of(self.row.channel, violation, saying.record)
        return place(
            self.groupings,
            natural,
            lambda: facts_of_violation(saying.kind, self.row.id, natural, violation, saying.record),
        )


async def _count_patterns(
    row: ConnectionRow, places: Places, sayings: Sequence[Saying], holding: str | None, now: datetime
) -> dict[str, str]:
    """Count new occurrences and return pattern ids by signature hash, in one order everywhere so that none deadlock.

    An issue whose value changed may have another cause now, and is counted there.
    """
    counts: dict[str, tuple[Placed, Violation, int]] = {}
    for saying in sayings:
        standing = {(issue.rule, issue.field): issue for issue in saying.standing}
        for violation in saying.violations:
            issue = standing.get((violation.rule, violation.field))
            if issue is not None and not saying.differs(issue, violation):
                continue
            is_new = issue is None or issue.actual != violation.actual
            placed = places.of(saying, violation)
            key = placed.signature.hash()
            counts[key] = (placed, violation, (counts[key][2] if key in counts else 0) + is_new)
    held = None if holding is None else await patterns.signature_hash(holding)
    found = {}
    for key in sorted({*counts, *([held] if held else [])}):
        if key not in counts:
            await patterns.lock(str(holding))
            continue
        placed, violation, times = counts[key]
        found[key] = await patterns.seen(
            row.merchant,
            placed.signature,
            key,
            placed.title or violation.title,
            violation.fix_safety,
            now,
            times,
            split_by=placed.split_by,
        )
    return found


async def _reconcile(
    row: ConnectionRow,
    places: Places,
    saying: Saying,
    causes: Mapping[str, str],
    messages: dict[int, str],
    now: datetime,
) -> tuple[list[int], list[IssueRow]]:
    """Open what is new, refresh what changed; return ids of issues that need suggestions, and the issues gone.

    What is only said in other words is added to `messages`.
    """
    needing: list[int] = []
    open_now = {(issue.rule, issue.field): issue for issue in saying.standing}
    for violation in saying.violations:
        issue = open_now.pop((violation.rule, violation.field), None)
        if issue is not None and not saying.differs(issue, violation):
            if printable(violation.message) != issue.message:
                messages[issue.id] = violation.message
            continue
        placed = places.of(saying, violation)
        cause = Cause(causes[placed.signature.hash()], placed.natural_hash)
        if issue is None:
            needing.append(await issues.insert(row.merchant, row.id, row.channel, saying.id, cause, violation, now))
        else:
            await issues.refresh(issue.id, cause, violation)
            needing.append(issue.id)
    return needing, list(open_now.values())


async def _close_gone(
    gone: Sequence[IssueRow], saying: Saying, closing: Mapping[int, Resolution], now: datetime
) -> None:
    """End issues which no longer stand. One whose correction is under way is left to its verification."""
    by_resolution: dict[Resolution, list[int]] = {}
    for issue in gone:
        if saying.deleted:
            resolution = Resolution.RECORD_DELETED
        elif issue.id in closing:
            resolution = closing[issue.id]
        elif issue.state is IssueState.CORRECTING:
            continue
        elif saying.by_other_rules:
            resolution = Resolution.RULE_CHANGED
        else:
            resolution = Resolution.CHANGED_AT_SOURCE
        by_resolution.setdefault(resolution, []).append(issue.id)
    for resolution, ids in by_resolution.items():
        await issues.close(ids, resolution, now)
