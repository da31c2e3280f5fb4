"""Auto rules: each pattern's learned corrections, and what keeps one from applying itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from core.knowledge.gate import Standing, decide
from core.model.corrections import Mode, Program, Safety, Stage
from core.model.tuning import KnowledgeManagement
from core.store.listings.corrections import program_of, sentence_of
from core.store.listings.where import as_uuid
from core.store.tables import AutoCorrectionRule


class CanaryItem(msgspec.Struct, frozen=True, kw_only=True):
    """How far a rule has spread on one connection, pushed or in our copy only, and why it stopped."""

    connection_id: int
    connection_name: str
    push: bool
    stage: Stage
    reason: str | None


class RuleItem(msgspec.Struct, frozen=True, kw_only=True):
    """A learned correction. Rates are shares from 0 to 1; `waits_for` says what keeps it from applying itself."""

    auto_rule_id: str
    pattern_id: str
    sentence: str
    program: Program
    program_hash: str
    safety: Safety
    threshold: float
    confidence: float
    certified_bound: float
    success_rate: float
    applications: int
    approvals: int
    rejections: int
    missing_approvals: int
    is_active: bool
    off_reason: str | None
    waits_for: tuple[str, ...]
    created_at: datetime
    canaries: tuple[CanaryItem, ...] = ()


_OF_PATTERN = """
SELECT * FROM auto_correction_rules WHERE pattern_id = {}
ORDER BY is_active DESC, confidence DESC, approvals DESC, auto_rule_id
"""


_CANARIES = """
SELECT y.auto_rule, y.connection AS connection_id, c.name AS connection_name, y.push, y.stage, y.reason
FROM canaries y JOIN connections c ON c.id = y.connection JOIN auto_correction_rules a ON a.auto_rule_id = y.auto_rule
WHERE a.pattern_id = {} ORDER BY y.connection, y.push DESC
"""


async def of_pattern(pattern_id: str, mode: Mode, learning: KnowledgeManagement) -> list[RuleItem]:
    """Return a pattern's rules, the likeliest first, judged for a connection in `mode`."""
    rows = await AutoCorrectionRule.raw(_OF_PATTERN, as_uuid(pattern_id, "pattern"))
    spread: dict[str, list[CanaryItem]] = {}
    for row in await AutoCorrectionRule.raw(_CANARIES, as_uuid(pattern_id, "pattern")):
        spread.setdefault(str(row["auto_rule"]), []).append(
            msgspec.convert(row | {"push": bool(row["push"])}, CanaryItem)
        )
    found = [_rule(row, mode, learning) for row in rows]
    return [msgspec.structs.replace(one, canaries=tuple(spread.get(one.auto_rule_id, ()))) for one in found]


def _rule(row: dict[str, Any], mode: Mode, learning: KnowledgeManagement) -> RuleItem:
    program = program_of(row["correction_logic"])
    standing = Standing(
        is_active=row["is_active"],
        safety=Safety(row["safety"]),
        approvals=row["approvals"],
        successes=row["approvals"],
        failures=row["rejections"],
        confidence=row["confidence"],
        threshold=float(row["confidence_threshold"]),
        success_rate=float(row["success_rate"]) / 100,
    )
    gate = decide(standing, mode, learning)
    read = {
        "auto_rule_id": str(row["auto_rule_id"]),
        "pattern_id": str(row["pattern_id"]),
        "sentence": sentence_of(program),
        "program": program,
        "threshold": standing.threshold,
        "success_rate": standing.success_rate,
        "applications": row["application_count"],
        "missing_approvals": gate.missing,
        "waits_for": gate.blocks,
    }
    return msgspec.convert(row | read, RuleItem)
