"""What a decision or an outcome makes of a pattern: standings, confidence, phase."""

from __future__ import annotations

from collections.abc import Sequence

from core.context import Context
from core.knowledge.certificate import lower_bound
from core.knowledge.confidence import Judged, confidence, reproduced, verdicts_on
from core.knowledge.gate import AUTOMATIC_MODES, Gate, Standing, decide, next_success_rate, phase_of
from core.model.corrections import Mode, Program, Safety, Verdict
from core.store import alerts, applications, auto_rules, decisions, patterns, suggestions
from core.store.auto_rules import AutoRuleRow
from core.store.patterns import PatternRow


async def standing_of(rule: AutoRuleRow, judged: Sequence[Judged] | None = None) -> Standing:
    """Return what is known of one program: human verdicts, and applications that were taken back.

    `judged` are the pattern's decisions, where the caller has read them already: there may be thousands.
    """
    judged = await decisions.judged(rule.pattern_id) if judged is None else judged
    verdicts = verdicts_on(rule.program_hash, judged)
    approvals = sum(1 for verdict in verdicts if verdict is Verdict.APPROVED)
    _, taken_back = await applications.outcomes(rule.pattern_id, rule.program_hash)
    return Standing(
        is_active=rule.is_active,
        safety=rule.safety,
        approvals=approvals,
        successes=approvals - reproduced(rule.program_hash, judged),
        failures=len(verdicts) - approvals + taken_back,
        confidence=confidence(verdicts),
        threshold=rule.threshold,
        success_rate=rule.success_rate,
    )


async def gate_of(context: Context, rule: AutoRuleRow, mode: Mode, judged: Sequence[Judged] | None = None) -> Gate:
    """Answer whether a learned program may be applied by itself on a connection in `mode`."""
    return decide(await standing_of(rule, judged), mode, context.tuning.knowledge_management)


async def learn(
    context: Context, pattern: PatternRow, program: Program, program_hash: str, safety: Safety
) -> tuple[AutoRuleRow, float]:
    """Bring one program of a pattern up to its decisions and return its rule and confidence.

    Called inside the transaction that holds the pattern's lock.
    """
    now = context.clock()
    rule = await auto_rules.ensure(
        pattern.pattern_id, program, program_hash, safety, context.tuning.ai_monitoring.confidence_threshold, now
    )
    judged = await decisions.judged(pattern.pattern_id)
    standing = await standing_of(rule, judged)
    bound = lower_bound(standing.successes, standing.failures, context.tuning.knowledge_management.certified_level)
    rejections = sum(1 for verdict in verdicts_on(program_hash, judged) if verdict is Verdict.REJECTED)
    await auto_rules.note(
        rule.auto_rule_id,
        approvals=standing.approvals,
        rejections=rejections,
        confidence=standing.confidence,
        bound=bound,
    )
    if rejections:
        await auto_rules.restore(pattern.pattern_id, by=program_hash)
    await suggestions.set_confidence(pattern.pattern_id, program_hash, standing.confidence)
    await note_pattern(context, pattern.pattern_id, judged)
    return rule, standing.confidence


async def note_pattern(context: Context, pattern_id: str, judged: Sequence[Judged] | None = None) -> None:
    """Store the confidence of the pattern's best program, and its phase."""
    rules = await auto_rules.of_pattern(pattern_id)
    judged = await decisions.judged(pattern_id) if judged is None else judged
    open_gate = False
    for rule in rules:
        gate = await gate_of(context, rule, AUTOMATIC_MODES[0], judged)
        open_gate = open_gate or gate.is_open
    await patterns.note(
        pattern_id,
        confidence=max((rule.confidence for rule in rules), default=0.0),
        phase=phase_of(
            decisions=len(judged), is_automatic=open_gate, applications=sum(rule.applications for rule in rules)
        ),
    )


async def take_back(context: Context, decision_id: str) -> bool:
    """Let a decision teach nothing any more, and tell whether it did until now. Called inside a transaction."""
    decision = await decisions.get(decision_id)
    pattern = None if decision is None else await patterns.get(decision.pattern_id)
    if decision is None or pattern is None:
        return False
    await patterns.lock(pattern.pattern_id)
    if not await decisions.revoke(decision_id, context.clock()):
        return False
    concerned = {decision.suggested_hash, decision.final_hash, *await decisions.spoken_for(decision_id)}
    if decision.final_hash is not None and decision.verdict is Verdict.MODIFIED:
        await auto_rules.restore(pattern.pattern_id, by=decision.final_hash)
    for program_hash in concerned - {None}:
        rule = await auto_rules.find(pattern.pattern_id, str(program_hash))
        if rule is not None:
            await learn(context, pattern, rule.program, rule.program_hash, rule.safety)
    return True


async def note_outcome(context: Context, merchant: int, auto_rule_id: str, *, worked: bool, added: int) -> None:
    """Count an outcome of an automatic application; a rule that fails too often switches itself off and says so."""
    rule = await auto_rules.get(auto_rule_id)
    if rule is None:
        return
    tuning = context.tuning.knowledge_management
    rate = next_success_rate(rule.success_rate, worked=worked, learning_rate=tuning.learning_rate)
    await auto_rules.note_outcome(auto_rule_id, success_rate=rate, added=added)
    if rate < tuning.success_floor and rule.is_active:
        reason = f"Its success rate fell to {rate:.0%}, below {tuning.success_floor:.0%}."
        await auto_rules.switch(auto_rule_id, is_active=False, reason=reason)
        await alerts.open_one(
            merchant,
            f"auto_rule:{auto_rule_id}",
            f"An auto rule switched itself off. {reason}",
            context.clock(),
            severity="error",
        )
    await note_pattern(context, rule.pattern_id)
