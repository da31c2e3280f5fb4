"""Patterns: the causes that issues share."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from core.knowledge.signature import Signature
from core.knowledge.similar import family_of, leaf_of
from core.model.corrections import Phase, Safety
from core.store.rows import from_json, identity, to_json
from core.store.tables import IssuePattern


class PatternRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored pattern."""

    pattern_id: str
    merchant: int
    channel: str
    rule: str
    signature: dict[str, Any]
    occurrences: int
    confidence: float
    phase: Phase
    fix_safety: Safety | None
    signature_hash: str
    title: str
    merged_into: str | None
    split_by: int | None

    @property
    def cause(self) -> Signature:
        """Return the signature as what it is made of."""
        return msgspec.convert(self.signature, Signature)


def _read(row: dict[str, Any]) -> PatternRow:
    return PatternRow(
        pattern_id=str(row["pattern_id"]),
        merchant=row["merchant"],
        channel=row["marketplace_name"],
        rule=row["issue_type"],
        signature=from_json(row["pattern_signature"]),
        occurrences=row["occurrence_count"],
        confidence=row["confidence"],
        phase=Phase(row["phase"]),
        fix_safety=None if row["fix_safety"] is None else Safety(row["fix_safety"]),
        signature_hash=row["signature_hash"],
        title=row["issue_description"],
        merged_into=None if row["merged_into"] is None else str(row["merged_into"]),
        split_by=row["split_by"],
    )


async def seen(
    merchant: int,
    signature: Any,
    signature_hash: str,
    title: str,
    fix_safety: str | None,
    now: datetime,
    times: int = 1,
    split_by: int | None = None,
) -> str:
    """Count occurrences of a pattern, make it where it is new, and return its id. Its title is the rule's newest."""
    rows = await IssuePattern.raw(
        "INSERT INTO issue_patterns (pattern_id, marketplace_name, issue_type, issue_description, pattern_signature,"
        " occurrence_count, last_seen_at, merchant, signature_hash, fix_safety, created_at, leaf, family, split_by,"
        " confidence, phase) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, 0.0, 'detected')"
        " ON CONFLICT (merchant, signature_hash) DO UPDATE SET"
        " occurrence_count = issue_patterns.occurrence_count + {},"
        " issue_description = excluded.issue_description, last_seen_at = excluded.last_seen_at,"
        " split_by = COALESCE(excluded.split_by, issue_patterns.split_by) RETURNING pattern_id",
        uuid.uuid4(), signature.channel, signature.rule, title, to_json(signature), max(times, 1), now, merchant,
        signature_hash, fix_safety, now, leaf_of(signature.field)[:200], family_of(signature.rule)[:120], split_by,
        times,
    )  # fmt: skip
    return str(rows[0]["pattern_id"])


async def get(pattern_id: str) -> PatternRow | None:
    """Return one pattern."""
    key = identity(pattern_id)
    row = None if key is None else await IssuePattern.select().where(IssuePattern.pattern_id == key).first()
    return None if row is None else _read(row)


async def many(pattern_ids: Iterable[str]) -> dict[str, PatternRow]:
    """Return patterns by id."""
    keys = [uuid.UUID(one) for one in pattern_ids]
    rows = await IssuePattern.select().where(IssuePattern.pattern_id.is_in(keys)) if keys else []
    return {str(row["pattern_id"]): _read(row) for row in rows}


async def by_hashes(merchant: int, hashes: Iterable[str]) -> dict[str, PatternRow]:
    """Return a merchant's patterns by the hash of their signature."""
    wanted = list(hashes)
    if not wanted:
        return {}
    mine = (IssuePattern.merchant == merchant) & IssuePattern.signature_hash.is_in(wanted)
    return {row["signature_hash"]: _read(row) for row in await IssuePattern.select().where(mine)}


async def ensure_part(whole: PatternRow, signature: Signature, split_by: int, now: datetime) -> str:
    """Return the id of a part of a pattern, making it where it is new; it was not seen yet."""
    rows = await IssuePattern.raw(
        "INSERT INTO issue_patterns (pattern_id, marketplace_name, issue_type, issue_description, pattern_signature,"
        " occurrence_count, last_seen_at, merchant, signature_hash, fix_safety, created_at, leaf, family, split_by,"
        " confidence, phase) VALUES ({}, {}, {}, {}, {}, 0, {}, {}, {}, {}, {}, {}, {}, {}, 0.0, 'detected')"
        " ON CONFLICT (merchant, signature_hash) DO UPDATE SET split_by = excluded.split_by RETURNING pattern_id",
        uuid.uuid4(), whole.channel, whole.rule, whole.title, to_json(signature), now, whole.merchant,
        signature.hash(), whole.fix_safety, now, leaf_of(signature.field)[:200], family_of(signature.rule)[:120],
        split_by,
    )  # fmt: skip
    return str(rows[0]["pattern_id"])


async def merged_to(pattern_id: str) -> str:
    """Return the pattern that took this one over by hand, through all merges; itself where none did."""
    here = await get(pattern_id)
    while here is not None and here.merged_into is not None:
        pattern_id = here.merged_into
        here = await get(pattern_id)
    return pattern_id


async def merge(pattern_id: str, into: str | None) -> None:
    """Remember which pattern took this one over by hand, None where none does any more."""
    target = None if into is None else uuid.UUID(into)
    await IssuePattern.update({IssuePattern.merged_into: target}).where(
        IssuePattern.pattern_id == uuid.UUID(pattern_id)
    )


async def signature_hash(pattern_id: str) -> str | None:
    """Return the hash that patterns are locked in the order of."""
    query = IssuePattern.select(IssuePattern.signature_hash).where(IssuePattern.pattern_id == uuid.UUID(pattern_id))
    row = await query.first()
    return None if row is None else str(row["signature_hash"])


async def lock(pattern_id: str) -> None:
    """Keep others from deciding on this pattern until the transaction ends."""
    await IssuePattern.raw(
        "UPDATE issue_patterns SET occurrence_count = occurrence_count WHERE pattern_id = {}", uuid.UUID(pattern_id)
    )


async def note(pattern_id: str, *, confidence: float, phase: Phase) -> None:
    """Store what the pattern's best program has come to."""
    await IssuePattern.update({IssuePattern.confidence: confidence, IssuePattern.phase: phase}).where(
        IssuePattern.pattern_id == uuid.UUID(pattern_id)
    )
