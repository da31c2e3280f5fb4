"""Auto rules: each pattern's learned corrections, and what keeps one from applying itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from core.knowledge.gate import decide, evidence
from core.model.corrections import Mode, Program, Safety
from core.model.tuning import KnowledgeManagement
from core.store import auto_rules
from core.store.listings.corrections import program_of, sentence_of
from core.store.listings.where import as_uuid
from core.store.standings import standing_of
from core.store.tables import AutoCorrectionRule


class RuleItem(msgspec.Struct, frozen=True, kw_only=True):
    """A learned correction. Rates are shares from 0 to 1; `waits_for` says what keeps it from applying itself.

    `reviewers` people approved it; `left_out` of the approvals are more than the word of one of them may weigh.
    """

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
    reviewers: int
    left_out: int
    missing_approvals: int
    is_active: bool
    off_reason: str | None
    waits_for: tuple[str, ...]
    created_at: datetime
    is_shared: bool


_OF_PATTERN = """
SELECT a.*, s.id AS shared FROM auto_correction_rules a
LEFT JOIN shared_corrections s ON s.auto_rule = a.auto_rule_id WHERE a.pattern_id = {}
ORDER BY a.is_active DESC, a.confidence DESC, a.approvals DESC, a.auto_rule_id
"""


async def of_pattern(pattern_id: str, mode: Mode, learning: KnowledgeManagement) -> list[RuleItem]:
    """Return a pattern's rules, the likeliest first, judged for a connection in `mode`."""
    rows = await AutoCorrectionRule.raw(_OF_PATTERN, as_uuid(pattern_id, "pattern"))
    return [await _rule(row, mode, learning) for row in rows]


async def _rule(row: dict[str, Any], mode: Mode, learning: KnowledgeManagement) -> RuleItem:
    program = program_of(row["correction_logic"])
    standing = await standing_of(auto_rules.read(row))
    gate, known = decide(standing, mode, learning), evidence(standing, learning)
    found = {
        "auto_rule_id": str(row["auto_rule_id"]),
        "pattern_id": str(row["pattern_id"]),
        "sentence": sentence_of(program),
        "program": program,
        "threshold": standing.threshold,
        "success_rate": standing.success_rate,
        "applications": row["application_count"],
        "certified_bound": gate.bound,
        "reviewers": known.people,
        "left_out": known.left_out,
        "missing_approvals": gate.missing,
        "waits_for": gate.blocks,
        "is_shared": row["shared"] is not None,
    }
    return msgspec.convert(row | found, RuleItem)
