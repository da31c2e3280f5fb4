"""Proposed corrections."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from core.model.corrections import Change, Program, Safety, Source
from core.store.rows import from_json, to_json
from core.store.tables import Suggestion

AT_ONCE = 1000
SEEN = 0.005
"""The difference of confidence that shows: it is written in whole percents."""


class SuggestionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored suggestion. `rank` 1 is the best; `confidence` is 0 to 1."""

    id: int
    issue: int
    rank: int
    source: Source
    program: Program
    program_hash: str
    changes: tuple[Change, ...]
    confidence: float
    evidence: tuple[str, ...]
    safety: Safety


def _read(row: dict[str, Any]) -> SuggestionRow:
    return SuggestionRow(
        id=row["id"],
        issue=row["issue"],
        rank=row["rank"],
        source=Source(row["source"]),
        program=tuple(from_json(row["program"])),
        program_hash=row["program_hash"],
        changes=tuple(msgspec.convert(from_json(row["changes"]), list[Change])),
        confidence=row["confidence"],
        evidence=tuple(from_json(row["evidence"])),
        safety=Safety(row["safety"]),
    )


async def of_issue(issue_id: int) -> list[SuggestionRow]:
    """Return an issue's suggestions, best first."""
    rows = await Suggestion.select().where(Suggestion.issue == issue_id).order_by(Suggestion.rank)
    return [_read(row) for row in rows]


async def best_corrections(issue_ids: Sequence[int]) -> dict[int, str]:
    """Return what each issue's best suggestion proposes, as a text: the program's hash, and what it changes."""
    if not issue_ids:
        return {}
    query = Suggestion.select(Suggestion.issue, Suggestion.program_hash, Suggestion.changes).where(
        Suggestion.issue.is_in(list(issue_ids)) & (Suggestion.rank == 1)
    )
    return {row["issue"]: f"{row['program_hash']} {to_json(from_json(row['changes']))}" for row in await query}


async def replace(proposals: Mapping[int, Sequence[Any]], now: datetime) -> None:
    """Put these proposals, best first for each issue, in the place of those the issues had. At most 1,000 issues."""
    if proposals:
        await Suggestion.delete().where(Suggestion.issue.is_in(list(proposals)))
    rows = [
        Suggestion(
            issue=issue_id,
            rank=rank,
            source=one.source,
            program=to_json(one.program),
            program_hash=one.program_hash,
            changes=to_json(one.changes),
            confidence=one.confidence,
            evidence=to_json(one.evidence),
            safety=one.safety,
            created_at=now,
        )
        for issue_id, offered in proposals.items()
        for rank, one in enumerate(offered, start=1)
    ]
    for start in range(0, len(rows), AT_ONCE):
        await Suggestion.insert(*rows[start : start + AT_ONCE])


async def set_confidence(pattern_id: str, program_hash: str, confidence: float) -> None:
    """Give a program's new confidence to what it is suggested for in a pattern's open issues, the newest first.

    A difference that nobody sees is not written, and at most `AT_ONCE` rows are: each decision does the next ones.
    """
    await Suggestion.raw(
        "UPDATE suggestions SET confidence = {} WHERE id IN (SELECT s.id FROM issues i"
        " JOIN suggestions s ON s.issue = i.id WHERE i.pattern = {} AND i.state = 'open' AND s.program_hash = {}"
        " AND abs(s.confidence - {}) >= {} ORDER BY i.id DESC LIMIT {})",
        confidence, uuid.UUID(pattern_id), program_hash, confidence, SEEN, AT_ONCE,
    )  # fmt: skip
