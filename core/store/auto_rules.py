"""Auto rules: the learned corrections of patterns."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from core.model.corrections import Program, Safety
from core.store.rows import from_json, identity, to_json
from core.store.tables import AutoCorrectionRule

CAREFUL = {Safety.SAFE: 0, Safety.REVIEW: 1, Safety.DISPLAY: 2}


class AutoRuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored auto rule. `threshold`, `success_rate` and `confidence` are 0 to 1."""

    auto_rule_id: str
    pattern_id: str
    program: Program
    program_hash: str
    safety: Safety
    threshold: float
    success_rate: float
    applications: int
    approvals: int
    rejections: int
    confidence: float
    is_active: bool
    off_reason: str | None
    carried_approvals: int = 0
    carried_rejections: int = 0
    replaced_by: str | None = None


def _read(row: dict[str, Any]) -> AutoRuleRow:
    return AutoRuleRow(
        auto_rule_id=str(row["auto_rule_id"]),
        pattern_id=str(row["pattern_id"]),
        program=tuple(from_json(row["correction_logic"])),
        program_hash=row["program_hash"],
        safety=Safety(row["safety"]),
        threshold=float(row["confidence_threshold"]),
        success_rate=float(row["success_rate"]) / 100,
        applications=row["application_count"],
        approvals=row["approvals"],
        rejections=row["rejections"],
        confidence=row["confidence"],
        is_active=bool(row["is_active"]),
        off_reason=row["off_reason"],
        carried_approvals=row["carried_approvals"],
        carried_rejections=row["carried_rejections"],
        replaced_by=row["replaced_by"],
    )


async def get(auto_rule_id: str) -> AutoRuleRow | None:
    """Return one auto rule."""
    key = identity(auto_rule_id)
    row = (
        None if key is None else await AutoCorrectionRule.select().where(AutoCorrectionRule.auto_rule_id == key).first()
    )
    return None if row is None else _read(row)


async def of_pattern(pattern_id: str) -> list[AutoRuleRow]:
    """Return a pattern's auto rules, the surest first."""
    rows = (
        await AutoCorrectionRule.select()
        .where(AutoCorrectionRule.pattern_id == uuid.UUID(pattern_id))
        .order_by(AutoCorrectionRule.confidence, ascending=False)
        .order_by(AutoCorrectionRule.created_at)
    )
    return [_read(row) for row in rows]


async def find(pattern_id: str, program_hash: str) -> AutoRuleRow | None:
    """Return the auto rule of one program of a pattern."""
    row = await (
        AutoCorrectionRule.select()
        .where(
            (AutoCorrectionRule.pattern_id == uuid.UUID(pattern_id)) & (AutoCorrectionRule.program_hash == program_hash)
        )
        .first()
    )
    return None if row is None else _read(row)


async def ensure(
    pattern_id: str, program: Program, program_hash: str, safety: Safety, threshold: float, now: datetime
) -> AutoRuleRow:
    """Return the auto rule of a program, making it where the program is new; it never becomes less careful.

    The caller holds the pattern's lock.
    """
    found = await find(pattern_id, program_hash)
    if found is not None and CAREFUL[safety] > CAREFUL[found.safety]:
        await AutoCorrectionRule.update({AutoCorrectionRule.safety: safety}).where(
            AutoCorrectionRule.auto_rule_id == uuid.UUID(found.auto_rule_id)
        )
        return msgspec.structs.replace(found, safety=safety)
    if found is not None:
        return found
    siblings = await of_pattern(pattern_id)
    row = AutoCorrectionRule(
        auto_rule_id=uuid.uuid4(),
        pattern_id=uuid.UUID(pattern_id),
        correction_logic=to_json(program),
        program_hash=program_hash,
        safety=safety,
        confidence_threshold=Decimal(str(siblings[0].threshold if siblings else threshold)),
        created_at=now,
    )
    await AutoCorrectionRule.insert(row)
    made = await find(pattern_id, program_hash)
    assert made is not None
    return made


async def note(auto_rule_id: str, *, approvals: int, rejections: int, confidence: float, bound: float) -> None:
    """Store what decisions have made of it."""
    await AutoCorrectionRule.update(
        {
            AutoCorrectionRule.approvals: approvals,
            AutoCorrectionRule.rejections: rejections,
            AutoCorrectionRule.confidence: confidence,
            AutoCorrectionRule.certified_bound: bound,
        }
    ).where(AutoCorrectionRule.auto_rule_id == uuid.UUID(auto_rule_id))


async def note_outcome(auto_rule_id: str, *, success_rate: float, added: int) -> None:
    """Store the success rate (0 to 1) after an outcome, and count `added` applications."""
    await AutoCorrectionRule.update(
        {
            AutoCorrectionRule.success_rate: Decimal(str(round(success_rate * 100, 2))),
            AutoCorrectionRule.application_count: AutoCorrectionRule.application_count + added,
        }
    ).where(AutoCorrectionRule.auto_rule_id == uuid.UUID(auto_rule_id))


async def switch(auto_rule_id: str, *, is_active: bool, reason: str | None) -> None:
    """Switch it on or off, and say why it is off."""
    await AutoCorrectionRule.update(
        {AutoCorrectionRule.is_active: is_active, AutoCorrectionRule.off_reason: reason}
    ).where(AutoCorrectionRule.auto_rule_id == uuid.UUID(auto_rule_id))


async def replace(pattern_id: str, program_hashes: Sequence[str], by: str) -> None:
    """Let a program take the place of others of its pattern: these are not proposed any more."""
    if program_hashes:
        await AutoCorrectionRule.update({AutoCorrectionRule.replaced_by: by}).where(
            (AutoCorrectionRule.pattern_id == uuid.UUID(pattern_id))
            & AutoCorrectionRule.program_hash.is_in(list(program_hashes))
        )


async def restore(pattern_id: str, by: str) -> None:
    """Give those that a program had replaced their place again."""
    await AutoCorrectionRule.update({AutoCorrectionRule.replaced_by: None}).where(
        (AutoCorrectionRule.pattern_id == uuid.UUID(pattern_id)) & (AutoCorrectionRule.replaced_by == by)
    )


async def set_threshold(pattern_id: str, threshold: float) -> None:
    """Set the threshold (0 to 1) of every program of a pattern."""
    await AutoCorrectionRule.update({AutoCorrectionRule.confidence_threshold: Decimal(str(round(threshold, 2)))}).where(
        AutoCorrectionRule.pattern_id == uuid.UUID(pattern_id)
    )
