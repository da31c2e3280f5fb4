"""What is known of a learned correction, as the gate and the screens see it: one place, so that they agree."""

from __future__ import annotations

from core.knowledge.confidence import RECENT, confidence, verdicts_on
from core.knowledge.gate import Standing
from core.knowledge.trust import approvals_by
from core.model.corrections import Verdict
from core.store import applications, decisions
from core.store.auto_rules import AutoRuleRow


async def standing_of(rule: AutoRuleRow) -> Standing:
    """Return what is known of one program: human verdicts, and applications that were taken back."""
    judged = await decisions.judged(rule.pattern_id)
    verdicts = verdicts_on(rule.program_hash, judged)
    approvals = sum(1 for verdict in verdicts if verdict is Verdict.APPROVED)
    _, taken_back = await applications.outcomes(rule.pattern_id, rule.program_hash)
    return Standing(
        is_active=rule.is_active,
        safety=rule.safety,
        approvals=approvals,
        successes=approvals,
        failures=len(verdicts) - approvals + taken_back,
        confidence=confidence(verdicts),
        threshold=rule.threshold,
        success_rate=rule.success_rate,
        decided=len(verdicts),
        lately=tuple(verdicts[-RECENT:]),
        by_reviewer=approvals_by(rule.program_hash, judged),
    )
