"""Proposed corrections."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from core.model.corrections import Change, Program, Safety, Source
from core.store.rows import from_json, to_json
from core.store.tables import Suggestion


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


async def replace(issue_id: int, suggestions: Sequence[Any], now: datetime) -> None:
    """Put these suggestions, best first, in the place of those the issue had."""
    await Suggestion.delete().where(Suggestion.issue == issue_id)
    if suggestions:
        await Suggestion.insert(
            *(
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
                for rank, one in enumerate(suggestions, start=1)
            )
        )


async def set_confidence(pattern_id: str, program_hash: str, confidence: float) -> None:
    """Give a program's new confidence to what it is suggested for in a pattern's open issues."""
    await Suggestion.raw(
        "UPDATE suggestions SET confidence = {} WHERE program_hash = {} AND issue IN"
        " (SELECT id FROM issues WHERE pattern = {} AND state = 'open')",
        confidence, program_hash, uuid.UUID(pattern_id),
    )  # fmt: skip
