"""Why the issues of a pattern are one cause, what people grouped by hand, and what is similar."""

from __future__ import annotations

import uuid
from datetime import datetime

import msgspec

from core.errors import NotFound
from core.knowledge.explain import Reason, brief, reasons
from core.knowledge.grouping import Kind, spoken
from core.knowledge.similar import PartDistance, discount, distance, family_of, leaf_of, parts
from core.model.corrections import Phase
from core.store import groupings, patterns
from core.store.groupings import GroupingRow
from core.store.patterns import PatternRow
from core.store.tables import IssuePattern

LOOKED_AT = 200
NEAREST = 8


class KinPattern(msgspec.Struct, frozen=True, kw_only=True):
    """A similar pattern; `cause` tells it from others of its title.

    `weighs` is what a decision on it is worth here, 0 to 1; `differs` says in which parts.
    """

    pattern_id: str
    channel: str
    title: str
    cause: str
    phase: Phase
    confidence: float
    distance: float
    weighs: float
    differs: tuple[PartDistance, ...]


class GroupingView(msgspec.Struct, frozen=True, kw_only=True):
    """A grouping by hand that stands. `says` is it in words, as seen from the pattern that was asked for."""

    id: int
    kind: Kind
    says: str
    source: str
    target: str | None
    reason: str | None
    made_by: str
    made_at: datetime


class Kin(msgspec.Struct, frozen=True, kw_only=True):
    """Why the issues are one cause, the groupings that lead here or away, the nearest patterns first."""

    pattern_id: str
    merged_into: str | None
    reasons: list[Reason]
    groupings: list[GroupingView]
    similar: list[KinPattern]


_AKIN = """
SELECT p.pattern_id FROM issue_patterns p
WHERE p.merchant = {} AND p.pattern_id <> {} AND p.merged_into IS NULL
AND (p.issue_type = {} OR p.leaf = {} OR p.family = {}) ORDER BY p.last_seen_at DESC, p.pattern_id LIMIT {}
"""


async def of(scope: int | None, pattern_id: str) -> Kin:
    """Return what bears on the grouping of a pattern. NotFound outside the scope."""
    pattern = await patterns.get(pattern_id)
    if pattern is None or (scope is not None and pattern.merchant not in (scope, 0)):
        raise NotFound(f"There is no pattern {pattern_id}.")
    rows = await groupings.around(pattern)
    named = await patterns.many({key for row in rows for key in (row.source, row.target) if key})
    return Kin(
        pattern_id=pattern.pattern_id,
        merged_into=pattern.merged_into,
        reasons=reasons(pattern.cause, pattern.fix_safety),
        groupings=[_grouping(pattern, row, named) for row in rows],
        similar=await _similar(pattern),
    )


def _grouping(pattern: PatternRow, row: GroupingRow, named: dict[str, PatternRow]) -> GroupingView:
    source = named[row.source].title if row.source in named else "a pattern"
    target = named[row.target].title if row.target in named else "another"
    if row.condition is not None:
        split = spoken(row.condition)
        says = f"Split: {split}." if row.source == pattern.pattern_id else f"Split off from “{source}”: {split}."
    else:
        says = f"“{source}” was merged into this one."
        if row.source == pattern.pattern_id:
            says = f"This one was merged into “{target}”."
    return GroupingView(
        id=row.id,
        kind=row.kind,
        says=says,
        source=row.source,
        target=row.target,
        reason=row.reason,
        made_by=row.made_by,
        made_at=row.made_at,
    )


async def _similar(pattern: PatternRow) -> list[KinPattern]:
    cause = pattern.cause
    rows = await IssuePattern.raw(
        _AKIN, pattern.merchant, uuid.UUID(pattern.pattern_id), cause.rule, leaf_of(cause.field),
        family_of(cause.rule), LOOKED_AT,
    )  # fmt: skip
    others = await patterns.many(str(row["pattern_id"]) for row in rows)
    apart = {key: distance(cause, other.cause) for key, other in others.items()}
    near = sorted((key for key, far in apart.items() if discount(far)), key=lambda key: (apart[key], key))
    return [_kin(pattern, others[key], apart[key]) for key in near[:NEAREST]]


def _kin(pattern: PatternRow, other: PatternRow, apart: float) -> KinPattern:
    return KinPattern(
        pattern_id=other.pattern_id,
        channel=other.channel,
        title=other.title,
        cause=brief(other.cause),
        phase=other.phase,
        confidence=other.confidence,
        distance=round(apart, 3),
        weighs=round(discount(apart), 3),
        differs=tuple(one for one in parts(pattern.cause, other.cause) if one.distance),
    )
