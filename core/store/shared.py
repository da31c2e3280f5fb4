"""Learned corrections that merchants share: programs and counts, never records and never whose they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from core.model.corrections import Program, Safety
from core.store.auto_rules import CAREFUL
from core.store.rows import from_json
from core.store.tables import AutoCorrectionRule, IssuePattern, Merchant, SharedCorrection

_OFFERED = """
SELECT a.correction_logic, a.program_hash, a.safety, a.approvals, a.rejections, p.merchant
FROM issue_patterns mine JOIN merchants m ON m.id = mine.merchant
JOIN issue_patterns p ON p.signature_hash = mine.signature_hash AND p.merchant <> mine.merchant
JOIN auto_correction_rules a ON a.pattern_id = p.pattern_id
JOIN shared_corrections s ON s.auto_rule = a.auto_rule_id
WHERE mine.pattern_id = {} AND m.receives_shared = {} AND a.is_active = {} AND a.approvals > 0
ORDER BY a.program_hash, a.auto_rule_id
"""
_RECEIVERS = """
SELECT p.pattern_id FROM issue_patterns p JOIN merchants m ON m.id = p.merchant
JOIN issue_patterns mine ON mine.signature_hash = p.signature_hash AND mine.merchant <> p.merchant
WHERE mine.pattern_id = {} AND m.receives_shared = {} ORDER BY p.signature_hash, p.pattern_id
"""
_TAKE_BACK = """
DELETE FROM shared_corrections WHERE auto_rule IN (SELECT auto_rule_id FROM auto_correction_rules WHERE pattern_id = {})
RETURNING id
"""
_SHARED_WITH = """
SELECT mine.pattern_id FROM issue_patterns mine WHERE mine.merchant = {} AND EXISTS (
  SELECT 1 FROM issue_patterns p JOIN auto_correction_rules a ON a.pattern_id = p.pattern_id
  JOIN shared_corrections s ON s.auto_rule = a.auto_rule_id
  WHERE p.signature_hash = mine.signature_hash AND p.merchant <> mine.merchant)
ORDER BY mine.signature_hash
"""


class SharedRule(msgspec.Struct, frozen=True, kw_only=True):
    """A correction that other merchants share, with the decisions of all of them together; `merchants` counts them."""

    program: Program
    program_hash: str
    safety: Safety
    approvals: int
    rejections: int
    merchants: int


async def share(auto_rule_ids: Iterable[str], by: str, now: datetime) -> None:
    """Let learned corrections be proposed to other merchants; what is shared already stays as it is."""
    for auto_rule_id in auto_rule_ids:
        await SharedCorrection.raw(
            "INSERT INTO shared_corrections (auto_rule, shared_by, shared_at) VALUES ({}, {}, {})"
            " ON CONFLICT (auto_rule) DO NOTHING",
            uuid.UUID(auto_rule_id), by, now,
        )  # fmt: skip


async def take_back(pattern_id: str) -> int:
    """Share nothing of a pattern any more, and return how many corrections that were."""
    return len(await SharedCorrection.raw(_TAKE_BACK, uuid.UUID(pattern_id)))


async def offered_to(pattern_id: str) -> list[SharedRule]:
    """Return what other merchants share for the cause of a pattern, the most approved first.

    Nothing where its merchant does not receive it; a correction that is switched off where it was learned is not
    offered either.
    """
    found: dict[str, SharedRule] = {}
    for row in await AutoCorrectionRule.raw(_OFFERED, uuid.UUID(pattern_id), True, True):
        one = _read(row)
        before = found.get(one.program_hash)
        found[one.program_hash] = one if before is None else _together(before, one)
    return sorted(found.values(), key=lambda one: (-one.approvals, one.program_hash))


def _read(row: dict[str, Any]) -> SharedRule:
    return SharedRule(
        program=tuple(from_json(row["correction_logic"])),
        program_hash=row["program_hash"],
        safety=Safety(row["safety"]),
        approvals=row["approvals"],
        rejections=row["rejections"],
        merchants=1,
    )


def _together(one: SharedRule, other: SharedRule) -> SharedRule:
    return msgspec.structs.replace(
        one,
        safety=max(one.safety, other.safety, key=CAREFUL.__getitem__),
        approvals=one.approvals + other.approvals,
        rejections=one.rejections + other.rejections,
        merchants=one.merchants + 1,
    )


async def receivers(pattern_id: str) -> list[str]:
    """Return the patterns of other merchants to which what is shared of this one is proposed."""
    return [str(row["pattern_id"]) for row in await IssuePattern.raw(_RECEIVERS, uuid.UUID(pattern_id), True)]


async def served(merchant: int) -> list[str]:
    """Return the patterns of a merchant for which another one shares something."""
    return [str(row["pattern_id"]) for row in await IssuePattern.raw(_SHARED_WITH, merchant)]


async def receives(merchant: int) -> bool:
    """Tell whether what others share is proposed to a merchant."""
    row = await Merchant.select(Merchant.receives_shared).where(Merchant.id == merchant).first()
    return row is not None and bool(row["receives_shared"])


async def set_receives(merchant: int, *, receives: bool) -> None:
    """Propose to a merchant what others share, or stop."""
    await Merchant.update({Merchant.receives_shared: receives}).where(Merchant.id == merchant)
