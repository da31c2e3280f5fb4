"""Knowledge that leaves for another installation, or came from one."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from core.knowledge.signature import PART
from core.knowledge.similar import family_of, leaf_of
from core.knowledge.transfer import CarriedPattern, CarriedRule
from core.model.corrections import Safety
from core.store.rows import from_json, to_json
from core.store.tables import AutoCorrectionRule, IssuePattern

_RULES = """
SELECT p.pattern_signature, p.issue_description AS title, p.fix_safety, p.signature_hash, a.correction_logic,
  a.program_hash, a.safety, a.confidence_threshold, a.approvals, a.rejections, a.application_count, a.success_rate
FROM issue_patterns p JOIN auto_correction_rules a ON a.pattern_id = p.pattern_id
WHERE p.merchant = {} ORDER BY p.signature_hash, a.program_hash
"""
_KNOWN = """
SELECT p.signature_hash, a.program_hash FROM issue_patterns p
LEFT JOIN auto_correction_rules a ON a.pattern_id = p.pattern_id WHERE p.merchant = {}
"""
_ADD = """
INSERT INTO issue_patterns (pattern_id, marketplace_name, issue_type, issue_description, pattern_signature,
  occurrence_count, last_seen_at, merchant, signature_hash, fix_safety, created_at, leaf, family, confidence, phase)
VALUES ({}, {}, {}, {}, {}, 0, {}, {}, {}, {}, {}, {}, {}, 0.0, 'detected')
ON CONFLICT (merchant, signature_hash) DO NOTHING
"""


async def patterns_of(merchant: int) -> list[CarriedPattern]:
    """Return a merchant's own patterns that have learned a correction somebody approved.

    Parts that were split off by hand stay: their name may hold a value of a record, or the number of a connection.
    """
    found: dict[str, CarriedPattern] = {}
    for row in await IssuePattern.raw(_RULES, merchant):
        if row["approvals"] > 0 and PART not in (from_json(row["pattern_signature"]).get("context") or {}):
            pattern = found.setdefault(row["signature_hash"], _pattern(row))
            pattern.rules.append(_rule(row))
    return list(found.values())


def _pattern(row: dict[str, Any]) -> CarriedPattern:
    signature = from_json(row["pattern_signature"])
    return CarriedPattern(
        channel=signature["channel"],
        rule=signature["rule"],
        field=signature["field"],
        shape=signature["shape"],
        context=signature.get("context") or {},
        title=row["title"],
        fix_safety=None if row["fix_safety"] is None else Safety(row["fix_safety"]),
        rules=[],
    )


def _rule(row: dict[str, Any]) -> CarriedRule:
    return CarriedRule(
        program=tuple(from_json(row["correction_logic"])),
        safety=Safety(row["safety"]),
        threshold=float(row["confidence_threshold"]),
        approvals=row["approvals"],
        rejections=row["rejections"],
        applications=row["application_count"],
        success_rate=round(float(row["success_rate"]) / 100, 4),
    )


async def known(merchant: int) -> dict[str, set[str]]:
    """Return the programs that a merchant's patterns know, by the pattern's hash."""
    found: dict[str, set[str]] = {}
    for row in await IssuePattern.raw(_KNOWN, merchant):
        found.setdefault(row["signature_hash"], set()).update({row["program_hash"]} - {None})
    return found


async def add_pattern(merchant: int, pattern: CarriedPattern, now: datetime) -> str:
    """Make a pattern where it is new, not seen yet, and return its id."""
    signature = pattern.signature
    await IssuePattern.raw(
        _ADD, uuid.uuid4(), pattern.channel, pattern.rule, pattern.title, to_json(signature), now, merchant,
        signature.hash(), pattern.fix_safety, now, leaf_of(signature.field)[:200], family_of(signature.rule)[:120],
    )  # fmt: skip
    row = await (
        IssuePattern.select(IssuePattern.pattern_id)
        .where((IssuePattern.merchant == merchant) & (IssuePattern.signature_hash == signature.hash()))
        .first()
    )
    assert row is not None
    return str(row["pattern_id"])


async def note(auto_rule_id: str, rule: CarriedRule) -> None:
    """Remember what people elsewhere thought of a correction; here it has to be approved anew."""
    await AutoCorrectionRule.update(
        {
            AutoCorrectionRule.carried_approvals: rule.approvals,
            AutoCorrectionRule.carried_rejections: rule.rejections,
        }
    ).where(AutoCorrectionRule.auto_rule_id == uuid.UUID(auto_rule_id))
