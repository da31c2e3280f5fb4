"""Corrections that other merchants learned for the same cause, and share: at a discount, until people here decide."""

from __future__ import annotations

from collections.abc import Sequence

from core.corrections import apply
from core.knowledge.confidence import RECENT, confidence_of
from core.knowledge.safety import safety_of
from core.knowledge.transfer import writes_values
from core.model.corrections import Safety, Source
from core.model.records import Record
from core.store.auto_rules import CAREFUL, AutoRuleRow
from core.store.shared import SharedRule
from core.suggest.learned import ELSEWHERE
from core.suggest.proposal import Proposal


def propose(
    shared: Sequence[SharedRule], own: Sequence[AutoRuleRow], record: Record, field: str, fix_safety: Safety | None
) -> list[Proposal]:
    """Return what shared programs would do; of one that people here have decided on, their own word counts."""
    decided = {rule.program_hash for rule in own if rule.approvals + rule.rejections}
    found = []
    for rule in shared:
        if rule.program_hash in decided or writes_values(rule.program):
            continue
        changes = apply.run(rule.program, record, field)
        if changes:
            careful = max(rule.safety, safety_of(rule.program, fix_safety), key=CAREFUL.__getitem__)
            found.append(
                Proposal(
                    source=Source.LEARNED,
                    program=rule.program,
                    program_hash=rule.program_hash,
                    changes=changes,
                    confidence=ELSEWHERE * _sure(rule),
                    evidence=(evidence(rule),),
                    safety=careful,
                )
            )
    return found


def _sure(rule: SharedRule) -> float:
    recent = min(rule.rejections, RECENT)
    return confidence_of(total=rule.approvals + rule.rejections, approved=rule.approvals, recent=recent)


def evidence(rule: SharedRule) -> str:
    """Say where it comes from and what people there thought of it."""
    whose = "another merchant" if rule.merchants == 1 else f"{rule.merchants} other merchants"
    return f"Shared by {whose}: {rule.approvals} of {rule.approvals + rule.rejections} decisions there approved it."
