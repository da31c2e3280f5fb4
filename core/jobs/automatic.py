"""Corrects without a human what the gate lets through."""

from __future__ import annotations

import hashlib

from core.context import Context
from core.corrections import apply
from core.knowledge.gate import AUTOMATIC_MODES
from core.model.corrections import Change, Mode
from core.model.issues import IssueState
from core.opening import takes
from core.review.learn import gate_of
from core.rulebook import rules_of
from core.store import applications, audit, auto_rules, connections, decisions, issues, patterns, records
from core.store.auto_rules import AutoRuleRow
from core.store.connections import ConnectionRow
from core.store.engine import transaction
from core.store.issues import IssueRow
from core.store.records import RecordRow
from core.suggest.local.held import models_of
from core.suggest.local.known import Known
from core.suggest.pipeline import NO_MODELS, mends

ACTOR = "marketwright"
AT_ONCE = 200


async def open_rules(context: Context, pattern_id: str, mode: Mode) -> list[AutoRuleRow]:
    """Return the learned corrections of a pattern whose gate is open in `mode`, the surest first."""
    if mode not in AUTOMATIC_MODES:
        return []
    rules = await auto_rules.of_pattern(pattern_id)
    return [rule for rule in rules if rule.is_active and (await gate_of(context, rule, mode)).is_open]


async def auto_correct(context: Context, row: ConnectionRow, issue: IssueRow, rules: list[AutoRuleRow]) -> bool:
    """Apply the surest of these corrections that mends the issue, and tell whether there was one."""
    record = await records.get(issue.record) if rules and row.enabled else None
    if record is None or record.deleted_at is not None:
        return False
    for rule in rules:
        changes = await _changes(context, row, issue, record, rule)
        if changes and await _apply(context, row, issue, record, rule, changes):
            return True
    return False


async def _changes(
    context: Context, row: ConnectionRow, issue: IssueRow, record: RecordRow, rule: AutoRuleRow
) -> tuple[Change, ...]:
    """Return what a rule would change; nothing where that does not mend the issue, or people said no to it before."""
    catalogue = await _catalogue(context, issue) if apply.asks_catalogue(rule.program) else None
    changes = apply.run(rule.program, record.record, issue.field, catalogue)
    if not changes or not mends(await rules_of(context, row), record, issue, changes):
        return ()
    if not all(takes(context, row, record.kind, change.field) for change in changes):
        return ()
    if await applications.was_taken_back(issue.record, issue.pattern, rule.program_hash):
        return ()
    if await decisions.was_rejected(issue.record, issue.pattern, rule.program_hash):
        return ()
    return changes


async def _catalogue(context: Context, issue: IssueRow) -> Known:
    """Return what the merchant's own models know, for a record of the issue's channel."""
    models = await models_of(context, [issue.merchant])
    return Known(models.get(issue.merchant, NO_MODELS), issue.channel)


async def _apply(
    context: Context,
    row: ConnectionRow,
    issue: IssueRow,
    record: RecordRow,
    rule: AutoRuleRow,
    changes: tuple[Change, ...],
) -> bool:
    """Claim the issue for the correction, if the gate is still open once nobody else can decide on the pattern."""
    now = context.clock()
    async with transaction():
        await patterns.lock(issue.pattern)
        current = await auto_rules.get(rule.auto_rule_id)
        if current is None or not (await gate_of(context, current, row.mode)).is_open:
            return False
        if not await issues.claim(issue.id, IssueState.OPEN, IssueState.CORRECTING):
            return False
        application_id = await applications.insert(
            merchant=issue.merchant,
            connection=issue.connection,
            record=issue.record,
            issue=issue.id,
            pattern=issue.pattern,
            auto_rule=rule.auto_rule_id,
            decision=None,
            push=row.mode is Mode.APPLY_AND_PUSH,
            is_sampled=_sampled(record, issue, context.tuning.knowledge_management.sample_share),
            program=rule.program,
            program_hash=rule.program_hash,
            changes=changes,
            confidence=current.confidence,
            now=now,
        )
        await audit.append(
            ACTOR, "issue.auto_corrected", f"issue:{issue.id}", now, merchant=issue.merchant,
            auto_rule=rule.auto_rule_id, application=application_id,
        )  # fmt: skip
    await context.queue.enqueue("apply_correction", application_id)
    return True


def _sampled(record: RecordRow, issue: IssueRow, share: float) -> bool:
    """Choose the audit sample by a hash, so that neither time nor order of work can be used to steer it."""
    digest = hashlib.sha256(f"{record.id}:{issue.id}:{issue.rule}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32 < share


async def auto_correct_all(context: Context, pattern_id: str) -> int:
    """Correct by itself what is open of a pattern, and return how many issues that were."""
    rules = {mode: await open_rules(context, pattern_id, mode) for mode in AUTOMATIC_MODES}
    if not any(rules.values()):
        return 0
    rows: dict[int, ConnectionRow] = {}
    corrected = after = 0
    while ids := await issues.open_of_pattern(pattern_id, after, AT_ONCE):
        after = ids[-1]
        found = await issues.many(ids)
        rows |= await connections.many({issue.connection for issue in found} - rows.keys())
        for issue in found:
            row = rows[issue.connection]
            corrected += await auto_correct(context, row, issue, rules.get(row.mode, []))
    return corrected
