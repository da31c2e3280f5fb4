"""Looks for corrections of open issues, and applies by itself what the gate lets through."""

from __future__ import annotations

from core.context import Context
from core.jobs.automatic import auto_correct, open_rules
from core.jobs.keep import ask_for_suggestions
from core.model.corrections import Mode
from core.model.issues import IssueState, Resolution
from core.opening import takes
from core.queue import job
from core.store import connections, issues, records, suggestions
from core.store.auto_rules import AutoRuleRow
from core.store.connections import ConnectionRow
from core.store.engine import transaction
from core.store.issues import IssueRow
from core.store.records import RecordRow
from core.suggest.pipeline import propose

AT_ONCE = 200


@job
async def suggest(context: Context, *issue_ids: int) -> None:
    """Give these issues their suggestions; those that do not stand any more are closed."""
    found = [issue for issue in await issues.many(issue_ids) if issue.state is IssueState.OPEN]
    rows = await connections.many({issue.connection for issue in found})
    rules: dict[tuple[str, Mode], list[AutoRuleRow]] = {}
    standing = [issue for issue in found if await _suggest_one(context, rows[issue.connection], issue)]
    for issue in standing:
        row = rows[issue.connection]
        cause = (issue.pattern, row.mode)
        if cause not in rules:
            rules[cause] = await open_rules(context, *cause)
        await auto_correct(context, row, issue, rules[cause])


async def _suggest_one(context: Context, row: ConnectionRow, issue: IssueRow) -> bool:
    """Store what is proposed for an issue, and tell whether the issue stands at all.

    Nothing is proposed that could not be applied: what is only observed, and what the channel takes no changes of.
    """
    record = await records.get(issue.record)
    if record is None or not _stands(context, row, issue, record):
        await _close(context, row, issue)
        return False
    useful = row.mode is not Mode.OBSERVE and takes(context, row, record.kind, issue.field)
    proposals = await propose(context, row, issue, record) if useful else []
    now = context.clock()
    async with transaction():
        await issues.mark_suggested(issue.id, now)
        await suggestions.replace(issue.id, proposals, now)
    return True


def _stands(context: Context, row: ConnectionRow, issue: IssueRow, record: RecordRow) -> bool:
    """Tell whether the record violates the rule still: it may have changed while a correction was under way."""
    if record.deleted_at is not None:
        return False
    violations = context.library.pack(row.channel, row.rulepack).evaluate(record.kind, record.record)
    return any((one.rule, one.field) == (issue.rule, issue.field) for one in violations)


async def _close(context: Context, row: ConnectionRow, issue: IssueRow) -> None:
    """End an issue that does not stand, unless the record has changed again meanwhile."""
    pack = context.library.pack(row.channel, row.rulepack)
    async with transaction():
        await connections.lock(row.id)
        record = await records.get(issue.record)
        if record is None or _stands(context, row, issue, record):
            return
        if record.deleted_at is not None:
            resolution = Resolution.RECORD_DELETED
        elif issue.pack != pack.name:
            resolution = Resolution.RULE_CHANGED
        else:
            resolution = Resolution.CHANGED_AT_SOURCE
        await issues.close([issue.id], resolution, context.clock())


@job
async def suggest_again(context: Context, pattern_id: str) -> None:
    """Look again for corrections of a pattern's open issues, after a decision taught something new."""
    after = 0
    while ids := await issues.open_of_pattern(pattern_id, after, AT_ONCE):
        after = ids[-1]
        await ask_for_suggestions(context, ids)


@job
async def sweep_suggestions(context: Context) -> None:
    """Enqueue again the issues that nobody has looked for suggestions for."""
    await ask_for_suggestions(context, await issues.without_suggestions())
