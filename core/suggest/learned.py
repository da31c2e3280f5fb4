"""Corrections that people approved for the same pattern before."""

from __future__ import annotations

from collections.abc import Sequence

from core.corrections import apply
from core.corrections.catalogue import Catalogue
from core.knowledge.confidence import RECENT, confidence_of
from core.model.corrections import Source
from core.model.records import Record
from core.store.auto_rules import AutoRuleRow
from core.suggest.proposal import Proposal

ELSEWHERE = 0.5
"""What a decision made in another installation weighs."""


def propose(
    rules: Sequence[AutoRuleRow], record: Record, field: str, catalogue: Catalogue | None = None
) -> list[Proposal]:
    """Return what the pattern's learned programs would do.

    A program nobody approved proposes nothing, nor one whose place another took, and a constant only after two
    people's decisions agree on it.
    """
    found = []
    for rule in rules:
        if rule.replaced_by or rule.approvals + rule.carried_approvals < (2 if _is_constant(rule) else 1):
            continue
        changes = apply.run(rule.program, record, field, catalogue)
        if changes:
            found.append(
                Proposal(
                    source=Source.LEARNED,
                    program=rule.program,
                    program_hash=rule.program_hash,
                    changes=changes,
                    confidence=max(rule.confidence, _carried(rule)),
                    evidence=_evidence(rule),
                    safety=rule.safety,
                )
            )
    return found


def _carried(rule: AutoRuleRow) -> float:
    """Return how sure people elsewhere were, at a discount, until people here have decided."""
    if rule.approvals + rule.rejections:
        return 0.0
    total = rule.carried_approvals + rule.carried_rejections
    recent = min(rule.carried_rejections, RECENT)
    return ELSEWHERE * confidence_of(total=total, approved=rule.carried_approvals, recent=recent)


def _is_constant(rule: AutoRuleRow) -> bool:
    return any("set_value" in step for step in rule.program)


def _evidence(rule: AutoRuleRow) -> tuple[str, ...]:
    if rule.carried_approvals and not rule.approvals + rule.rejections:
        total = rule.carried_approvals + rule.carried_rejections
        return (f"{rule.carried_approvals} of {total} decisions in another installation approved it.",)
    lines = [f"{rule.approvals} of {rule.approvals + rule.rejections} decisions on this correction approved it."]
    if rule.applications:
        lines.append(f"Applied by itself {rule.applications} times; {rule.success_rate:.0%} of it held.")
    return tuple(lines)
