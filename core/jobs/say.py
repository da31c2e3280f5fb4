"""Says what rules find: counts the causes, opens what is new, rewords and refreshes what stands, ends what is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from core.knowledge.signature import Signature, signature_of
from core.model.issues import IssueState, Resolution, Violation
from core.model.records import Record
from core.store import issues, patterns
from core.store.connections import ConnectionRow
from core.store.issues import IssueRow
from core.store.rows import printable


class Saying(msgspec.Struct, frozen=True, kw_only=True):
    """What is now said of one record: its violations, beside the issues that stood until now.

    `across` names rules across records; `by_other_rules` says that the record is what it was.
    """

    id: int
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


class Said(NamedTuple):
    """Ids of issues that need suggestions, and how many of them were not known before."""

    needing: list[int]
    found: int


async def say(
    row: ConnectionRow,
    sayings: Sequence[Saying],
    now: datetime,
    *,
    closing: Mapping[int, Resolution],
    holding: str | None,
) -> Said:
    """Write what is said of records, inside the caller's transaction.

    `closing` names issues whose correction is under way, and how they end if they are gone; `holding` is a pattern
    to lock in its turn.
    """
    causes = await _count_patterns(row, sayings, holding, now)
    opened: list[int] = []
    refreshed: list[int] = []
    messages: dict[int, str] = {}
    for saying in sayings:
        new, other, gone = await _reconcile(row, saying, causes, messages, now)
        opened += new
        refreshed += other
        await _close_gone(gone, saying, closing, now)
    await issues.reword(messages)
    return Said([*opened, *refreshed], len(opened))


async def _count_patterns(
    row: ConnectionRow, sayings: Sequence[Saying], holding: str | None, now: datetime
) -> dict[str, str]:
    """Count new occurrences and return pattern ids by signature hash, in one order everywhere so that none deadlock.

    An issue whose value changed may have another cause now, and is counted there.
    """
    counts: dict[str, tuple[Signature, Violation, int]] = {}
    for saying in sayings:
        standing = {(issue.rule, issue.field): issue for issue in saying.standing}
        for violation in saying.violations:
            issue = standing.get((violation.rule, violation.field))
            if issue is not None and not saying.differs(issue, violation):
                continue
            is_new = issue is None or issue.actual != violation.actual
            signature = signature_of(row.channel, violation, saying.record)
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


async def _reconcile(
    row: ConnectionRow, saying: Saying, causes: Mapping[str, str], messages: dict[int, str], now: datetime
) -> tuple[list[int], list[int], list[IssueRow]]:
    """Open what is new, refresh what changed; return ids of both, and the issues gone.

    What is only said in other words is added to `messages`.
    """
    opened: list[int] = []
    refreshed: list[int] = []
    open_now = {(issue.rule, issue.field): issue for issue in saying.standing}
    for violation in saying.violations:
        issue = open_now.pop((violation.rule, violation.field), None)
        if issue is not None and not saying.differs(issue, violation):
            if printable(violation.message) != issue.message:
                messages[issue.id] = violation.message
            continue
        cause = causes[signature_of(row.channel, violation, saying.record).hash()]
        if issue is None:
            opened.append(await issues.insert(row.merchant, row.id, row.channel, saying.id, cause, violation, now))
        else:
            await issues.refresh(issue.id, cause, violation)
            refreshed.append(issue.id)
    return opened, refreshed, list(open_now.values())


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
