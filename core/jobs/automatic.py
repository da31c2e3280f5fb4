"""Corrects without a human what the gate lets through."""

from __future__ import annotations

import hashlib

from core.context import Context
from core.corrections import apply
from core.model.corrections import Mode
from core.model.issues import IssueState
from core.review.learn import gate_of
from core.store import applications, audit, auto_rules, connections, issues, patterns, records
from core.store.auto_rules import AutoRuleRow
from core.store.connections import ConnectionRow
from core.store.engine import transaction
from core.store.issues import IssueRow
from core.store.records import RecordRow
from core.suggest.pipeline import mends

ACTOR = "marketwright"


async def auto_correct(context: Context, row: ConnectionRow, issue: IssueRow) -> bool:
    """Apply the surest learned correction of an issue whose gate is open, and tell whether there was one."""
    for rule in await auto_rules.of_pattern(issue.pattern):
        gate = await gate_of(context, rule, row.mode)
        if gate.is_open and await _apply(context, row, issue, rule):
            return True
    return False


async def _apply(context: Context, row: ConnectionRow, issue: IssueRow, rule: AutoRuleRow) -> bool:
    record = await records.get(issue.record)
    if record is None or record.deleted_at is not None:
        return False
    if await applications.was_taken_back(issue.record, issue.pattern, rule.program_hash):
        return False
    changes = apply.run(rule.program, record.record, issue.field)
    pack = context.library.pack(row.channel, row.rulepack)
    if not changes or not mends(pack, record, issue, changes):
        return False
    now = context.clock()
    async with transaction():
        await patterns.lock(issue.pattern)
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
            confidence=rule.confidence,
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
    rows = {row.id: row for row in await connections.all_of(None)}
    corrected = 0
    for issue in await issues.many(await issues.open_of_pattern(pattern_id)):
        corrected += await auto_correct(context, rows[issue.connection], issue)
    return corrected
