"""What people have grouped by hand: the word that stands, and the one that was taken back."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from core.knowledge.grouping import Condition, Grouping, Kind
from core.knowledge.signature import Signature
from core.store.engine import is_sqlite
from core.store.patterns import PatternRow
from core.store.rows import from_json, to_json, utc
from core.store.tables import PatternGrouping

LOCK = 770013


class GroupingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored grouping. `source` and `target` are patterns."""

    id: int
    merchant: int
    kind: Kind
    source: str
    source_hash: str
    condition: Condition | None
    target: str | None
    target_signature: Signature | None
    target_title: str | None
    reason: str | None
    made_by: str
    made_at: datetime
    undone_by: str | None
    undone_at: datetime | None

    @property
    def grouping(self) -> Grouping:
        """Return what it says of issues."""
        return Grouping(
            id=self.id,
            kind=self.kind,
            source_hash=self.source_hash,
            condition=self.condition,
            target=self.target_signature,
            title=self.target_title,
        )


def _read(row: dict[str, Any]) -> GroupingRow:
    condition, target = from_json(row["condition"]), from_json(row["target_signature"])
    read = {
        "source": str(row["source"]),
        "target": None if row["target"] is None else str(row["target"]),
        "condition": None if condition is None else msgspec.convert(condition, Condition),
        "target_signature": None if target is None else msgspec.convert(target, Signature),
        "made_at": utc(row["made_at"]),
        "undone_at": None if row["undone_at"] is None else utc(row["undone_at"]),
    }
    return msgspec.convert(row | read, GroupingRow)


async def standing(merchant: int, *, for_writing: bool = False) -> list[Grouping]:
    """Return what a merchant's people have grouped, the oldest first.

    `for_writing`: inside a transaction that opens issues, which no grouping is made or taken back beside.
    """
    if for_writing and not is_sqlite():
        await PatternGrouping.raw("SELECT pg_advisory_xact_lock_shared({}, CAST({} AS int))", LOCK, merchant)
    return [one.grouping for one in await rows_standing(merchant)]


async def rows_standing(merchant: int) -> list[GroupingRow]:
    """Return the groupings of a merchant that stand, the oldest first."""
    rows = await (
        PatternGrouping.select()
        .where((PatternGrouping.merchant == merchant) & PatternGrouping.undone_at.is_null())
        .order_by(PatternGrouping.id)
    )
    return [_read(row) for row in rows]


async def lock(merchant: int) -> None:
    """Keep issues of a merchant from being opened, and others from grouping, until the transaction ends.

    It comes before the locks of patterns.
    """
    if not is_sqlite():
        await PatternGrouping.raw("SELECT pg_advisory_xact_lock({}, CAST({} AS int))", LOCK, merchant)


async def get(grouping_id: int) -> GroupingRow | None:
    """Return one grouping."""
    row = await PatternGrouping.select().where(PatternGrouping.id == grouping_id).first()
    return None if row is None else _read(row)


async def add(
    source: PatternRow,
    *,
    condition: Condition | None = None,
    target: PatternRow | None = None,
    reason: str | None,
    made_by: str,
    now: datetime,
) -> int:
    """Add a split of `source` by a condition, or a merge of all of it into `target`, and return its id."""
    rows = await PatternGrouping.insert(
        PatternGrouping(
            merchant=source.merchant,
            kind=Kind.SPLIT if target is None else Kind.MERGE,
            source=uuid.UUID(source.pattern_id),
            source_hash=source.signature_hash,
            condition=None if condition is None else to_json(condition),
            target=None if target is None else uuid.UUID(target.pattern_id),
            target_signature=None if target is None else to_json(target.signature),
            target_title=None if target is None else target.title,
            reason=reason,
            made_by=made_by,
            made_at=now,
        )
    )
    return int(rows[0]["id"])


async def undo(grouping_id: int, undone_by: str, now: datetime) -> bool:
    """Take a grouping back, and tell whether this caller was the one who did."""
    changed = await (
        PatternGrouping.update({PatternGrouping.undone_by: undone_by, PatternGrouping.undone_at: now})
        .where((PatternGrouping.id == grouping_id) & PatternGrouping.undone_at.is_null())
        .returning(PatternGrouping.id)
    )
    return bool(changed)


async def edges(merchant: int) -> dict[str, set[str]]:
    """Return where the groupings that stand lead: from a signature to those of the targets and parts there are."""
    rows = await PatternGrouping.raw(
        "SELECT g.source_hash, p.signature_hash FROM pattern_groupings g JOIN issue_patterns p"
        " ON p.pattern_id = g.target OR p.split_by = g.id WHERE g.merchant = {} AND g.undone_at IS NULL",
        merchant,
    )
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row["source_hash"]].add(row["signature_hash"])
    return dict(found)


async def around(pattern: PatternRow) -> Sequence[GroupingRow]:
    """Return the groupings that stand and lead to a pattern or away from it, the oldest first."""
    rows = await PatternGrouping.raw(
        "SELECT * FROM pattern_groupings WHERE merchant = {} AND undone_at IS NULL"
        " AND (source = {} OR target = {} OR id = {}) ORDER BY id",
        pattern.merchant, uuid.UUID(pattern.pattern_id), uuid.UUID(pattern.pattern_id), pattern.split_by or 0,
    )  # fmt: skip
    return [_read(row) for row in rows]
