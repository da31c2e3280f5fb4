"""Looks for corrections of open issues, and applies by itself what the gate lets through."""

from __future__ import annotations

from core.context import Context
from core.jobs.automatic import auto_correct
from core.model.corrections import Mode
from core.model.issues import IssueState
from core.queue import job
from core.store import connections, issues, records, suggestions
from core.store.connections import ConnectionRow
from core.store.engine import transaction
from core.store.issues import IssueRow
from core.suggest.pipeline import propose

AT_ONCE = 100


@job
async def suggest(context: Context, *issue_ids: int) -> None:
    """Give these issues their suggestions."""
    found = [issue for issue in await issues.many(issue_ids) if issue.state is IssueState.OPEN]
    rows = {row.id: row for row in await connections.all_of(None)}
    pending: list[IssueRow] = []
    for issue in found:
        row = rows[issue.connection]
        if row.mode is Mode.OBSERVE:
            async with transaction():
                await issues.mark_suggested(issue.id, context.clock())
            continue
        await _suggest_one(context, row, issue)
        pending.append(issue)
    for issue in pending:
        await auto_correct(context, rows[issue.connection], issue)


async def _suggest_one(context: Context, row: ConnectionRow, issue: IssueRow) -> None:
    record = await records.get(issue.record)
    if record is None:
        return
    proposals = await propose(context, row, issue, record)
    now = context.clock()
    async with transaction():
        await suggestions.replace(issue.id, proposals, now)
        await issues.mark_suggested(issue.id, now)


@job
async def suggest_again(context: Context, pattern_id: str) -> None:
    """Look again for corrections of a pattern's open issues, after a decision taught something new."""
    async with transaction():
        ids = await issues.suggest_again(pattern_id)
    for start in range(0, len(ids), AT_ONCE):
        await context.queue.enqueue("suggest", *ids[start : start + AT_ONCE])


@job
async def sweep_suggestions(context: Context) -> None:
    """Enqueue again the issues that nobody has looked for suggestions for."""
    ids = await issues.without_suggestions()
    for start in range(0, len(ids), AT_ONCE):
        await context.queue.enqueue("suggest", *ids[start : start + AT_ONCE])
