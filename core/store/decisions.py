"""Human decisions, in order."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from core.knowledge.confidence import Judged
from core.model.corrections import Change, Verdict
from core.store.engine import is_sqlite
from core.store.rows import from_json, identity, to_json
from core.store.tables import CorrectionDecision


class DecisionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored decision."""

    decision_id: str
    pattern_id: str
    issue: int
    verdict: Verdict
    suggested_hash: str | None
    final_hash: str | None
    final_solution: dict[str, Any] | None
    decided_by: str
    decided_at: datetime
    revoked_at: datetime | None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One change that a person chose for a record, or refused where the verdict is rejected."""

    sequence: int
    record: int
    verdict: Verdict
    change: Change
    suggested: str | None
    chosen: str | None


def _read(row: dict[str, Any]) -> DecisionRow:
    return DecisionRow(
        decision_id=str(row["decision_id"]),
        pattern_id=str(row["pattern_id"]),
        issue=row["issue"],
        verdict=Verdict(row["human_decision"]),
        suggested_hash=row["suggested_hash"],
        final_hash=row["final_hash"],
        final_solution=from_json(row["final_solution"]),
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        revoked_at=row["revoked_at"],
    )


async def get(decision_id: str) -> DecisionRow | None:
    """Return one decision."""
    key = identity(decision_id)
    row = (
        None if key is None else await CorrectionDecision.select().where(CorrectionDecision.decision_id == key).first()
    )
    return None if row is None else _read(row)


async def judged(pattern_id: str) -> list[Judged]:
    """Return a pattern's decisions that stand, in time order, as confidence sees them."""
    rows = (
        await CorrectionDecision.select(
            CorrectionDecision.human_decision,
            CorrectionDecision.suggested_hash,
            CorrectionDecision.final_hash,
            CorrectionDecision.sequence,
            CorrectionDecision.reproduces,
        )
        .where((CorrectionDecision.pattern_id == uuid.UUID(pattern_id)) & CorrectionDecision.revoked_at.is_null())
        .order_by(CorrectionDecision.sequence)
    )
    also: dict[int, dict[str, Verdict]] = {}
    for row in rows:
        for sequence, verdict in reproduced_by(row):
            also.setdefault(sequence, {})[row["final_hash"]] = verdict
    return [
        Judged(
            verdict=Verdict(row["human_decision"]),
            suggested=row["suggested_hash"],
            chosen=row["final_hash"],
            also=also.get(row["sequence"], {}),
        )
        for row in rows
    ]


def reproduced_by(row: dict[str, Any]) -> list[tuple[int, Verdict]]:
    """Return the earlier decisions that speak of the program which a decision brought, by sequence."""
    return [(sequence, Verdict(verdict)) for sequence, verdict in from_json(row["reproduces"]) or ()]


async def spoken_for(decision_id: str) -> set[str]:
    """Return the programs that were found later and have a decision as theirs too."""
    one = CorrectionDecision.decision_id == uuid.UUID(decision_id)
    row = await CorrectionDecision.select(CorrectionDecision.sequence, CorrectionDecision.pattern_id).where(one).first()
    if row is None:
        return set()
    bringers = await CorrectionDecision.select(CorrectionDecision.final_hash, CorrectionDecision.reproduces).where(
        (CorrectionDecision.pattern_id == row["pattern_id"])
        & (CorrectionDecision.sequence > row["sequence"])
        & CorrectionDecision.reproduces.is_not_null()
    )
    return {one["final_hash"] for one in bringers
            if any(sequence == row["sequence"] for sequence, _ in reproduced_by(one))}  # fmt: skip


async def note_reproduced(decision_id: str, found: Sequence[tuple[int, Verdict]]) -> None:
    """Store which earlier decisions speak of the program that this one brought, and what they say."""
    await CorrectionDecision.update({CorrectionDecision.reproduces: to_json(list(found))}).where(
        CorrectionDecision.decision_id == uuid.UUID(decision_id)
    )


async def insert(
    pattern_id: str,
    issue: int,
    verdict: Verdict,
    *,
    issue_data: dict[str, Any],
    suggestion: dict[str, Any] | None,
    solution: dict[str, Any] | None,
    suggested_hash: str | None,
    final_hash: str | None,
    decided_by: str,
    reason: str | None,
    now: datetime,
) -> str:
    """Add a decision after all others, inside the caller's transaction, and return its id.

    Numbering is serialised: an immediate transaction does it on SQLite, a lock until commit on PostgreSQL.
    """
    identity = uuid.uuid4()
    if not is_sqlite():
        await CorrectionDecision.raw("SELECT pg_advisory_xact_lock(770012)")
    last = await (
        CorrectionDecision.select(CorrectionDecision.sequence)
        .order_by(CorrectionDecision.sequence, ascending=False)
        .first()
    )
    await CorrectionDecision.insert(
        CorrectionDecision(
            decision_id=identity,
            pattern_id=uuid.UUID(pattern_id),
            issue_data=to_json(issue_data),
            ai_suggestion=None if suggestion is None else to_json(suggestion),
            human_decision=verdict,
            final_solution=None if solution is None else to_json(solution),
            decided_by=decided_by,
            decided_at=now,
            confidence_score=Decimal(0),
            sequence=1 if last is None else last["sequence"] + 1,
            issue=issue,
            suggested_hash=suggested_hash,
            final_hash=final_hash,
            reason=reason,
        )
    )
    return str(identity)


class OnProduct(msgspec.Struct, frozen=True, kw_only=True):
    """What one decision on a product's field came to: `wanted` is what was chosen, `refused` what was rejected."""

    record: int
    rule: str
    pattern: str
    field: str
    actual: Any
    wanted: Any
    refused: Any


async def on_products(merchant: int, limit: int) -> list[OnProduct]:
    """Return a merchant's latest decisions on products that stand, oldest first."""
    rows = await CorrectionDecision.raw(
        "SELECT d.pattern_id, d.issue_data, d.human_decision, d.ai_suggestion, d.final_solution"
        " FROM correction_decisions d JOIN issues i ON i.id = d.issue JOIN records r ON r.id = i.record"
        " WHERE i.merchant = {} AND r.kind = 'product' AND d.revoked_at IS NULL ORDER BY d.sequence DESC LIMIT {}",
        merchant, limit,
    )  # fmt: skip
    found = []
    for row in reversed(rows):
        data = from_json(row["issue_data"])
        is_rejected = row["human_decision"] == Verdict.REJECTED
        found.append(
            OnProduct(
                record=data["record"],
                rule=data["rule"],
                pattern=str(row["pattern_id"]),
                field=data["field"],
                actual=data["actual"],
                wanted=None if is_rejected else _after(row["final_solution"], data["field"]),
                refused=_after(row["ai_suggestion"], data["field"]) if is_rejected else None,
            )
        )
    return found


def _after(described: Any, field: str) -> Any:
    held = from_json(described) if described is not None else None
    changes = held.get("changes", ()) if isinstance(held, dict) else ()
    return next((one.get("after") for one in changes if one.get("field") == field), None)


async def score(decision_id: str, confidence: float) -> None:
    """Store the confidence that the decision led to."""
    await CorrectionDecision.update({CorrectionDecision.confidence_score: Decimal(str(round(confidence, 2)))}).where(
        CorrectionDecision.decision_id == uuid.UUID(decision_id)
    )


async def revoke(decision_id: str, now: datetime) -> bool:
    """Take a decision back, and tell whether this caller was the one who did."""
    changed = (
        await CorrectionDecision.update({CorrectionDecision.revoked_at: now})
        .where((CorrectionDecision.decision_id == uuid.UUID(decision_id)) & CorrectionDecision.revoked_at.is_null())
        .returning(CorrectionDecision.decision_id)
    )
    return bool(changed)


async def rejected(issue_ids: Sequence[int]) -> dict[int, set[str]]:
    """Return the programs that people rejected for issues, by issue, as hashes."""
    found: dict[int, set[str]] = {}
    if issue_ids:
        rows = await CorrectionDecision.select(CorrectionDecision.issue, CorrectionDecision.suggested_hash).where(
            CorrectionDecision.issue.is_in(list(issue_ids))
            & (CorrectionDecision.human_decision == Verdict.REJECTED)
            & CorrectionDecision.revoked_at.is_null()
        )
        for row in rows:
            found.setdefault(row["issue"], set()).add(row["suggested_hash"])
    return found


async def was_rejected(record: int, pattern_id: str, program_hash: str) -> bool:
    """Tell whether a person said no to this very correction of this record, and stands by it."""
    rows = await CorrectionDecision.raw(
        "SELECT 1 AS found FROM correction_decisions d JOIN issues i ON i.id = d.issue"
        " WHERE d.pattern_id = {} AND d.suggested_hash = {} AND d.human_decision = {}"
        " AND d.revoked_at IS NULL AND i.record = {} LIMIT 1",
        uuid.UUID(pattern_id), program_hash, str(Verdict.REJECTED), record,
    )  # fmt: skip
    return bool(rows)


async def outcomes(pattern_id: str, limit: int = 200) -> list[Outcome]:
    """Return what people chose and refused for a pattern, newest first; decisions that keep no values are left out."""
    rows = (
        await CorrectionDecision.select(
            CorrectionDecision.sequence,
            CorrectionDecision.human_decision,
            CorrectionDecision.issue_data,
            CorrectionDecision.ai_suggestion,
            CorrectionDecision.final_solution,
            CorrectionDecision.suggested_hash,
            CorrectionDecision.final_hash,
        )
        .where((CorrectionDecision.pattern_id == uuid.UUID(pattern_id)) & CorrectionDecision.revoked_at.is_null())
        .order_by(CorrectionDecision.sequence, ascending=False)
        .limit(limit)
    )
    read = [_outcome(row) for row in rows]
    return [one for one in read if one is not None]


def _outcome(row: dict[str, Any]) -> Outcome | None:
    verdict = Verdict(row["human_decision"])
    said = from_json(row["ai_suggestion"] if verdict is Verdict.REJECTED else row["final_solution"]) or {}
    changes = [msgspec.convert(change, Change) for change in said.get("changes", [])]
    if len(changes) != 1:
        return None
    return Outcome(
        sequence=row["sequence"],
        record=from_json(row["issue_data"])["record"],
        verdict=verdict,
        change=changes[0],
        suggested=row["suggested_hash"],
        chosen=row["final_hash"],
    )
