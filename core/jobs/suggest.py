"""Looks for corrections of open issues, and applies by itself what the gate lets through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.context import Context
from core.jobs.across import upheld
from core.jobs.ask import wants_model
from core.jobs.automatic import auto_correct, open_rules
from core.jobs.keep import ask_for_suggestions
from core.model.corrections import Mode
from core.model.issues import IssueState, Resolution
from core.opening import takes
from core.queue import job
from core.rulebook import rules_of
from core.rules.evaluate import CompiledPack
from core.store import auto_rules, connections, decisions, issues, local_models, patterns, records, suggestions
from core.store.connections import ConnectionRow
from core.store.engine import transaction
from core.store.issues import IssueRow
from core.store.records import RecordRow
from core.suggest.local.held import models_of
from core.suggest.local.models import Models
from core.suggest.pipeline import NO_MODELS, propose
from core.suggest.proposal import Proposal

AT_ONCE = 200


@job
async def suggest(context: Context, *issue_ids: int) -> None:
    """Give these issues their suggestions; those that do not stand any more are closed."""
    found = [issue for issue in await issues.many(issue_ids) if issue.state is IssueState.OPEN]
    rows = await connections.many({issue.connection for issue in found})
    held = {record.id: record for record in await records.many({issue.record for issue in found})}
    packs = {row.id: await rules_of(context, row) for row in rows.values()}
    merchants = {issue.merchant for issue in found}
    editions = await local_models.checksums(merchants)
    models = await models_of(context, merchants)
    standing: set[int] = set()
    for row in rows.values():
        own = [(issue, held.get(issue.record)) for issue in found if issue.connection == row.id]
        standing |= await upheld(row, packs[row.id], own)
    by_pattern: dict[str, list[IssueRow]] = {}
    for issue in found:
        if issue.id in standing:
            by_pattern.setdefault(issue.pattern, []).append(issue)
        else:
            await _close(context, rows[issue.connection], issue)
    for pattern_id, members in by_pattern.items():
        await _suggest(context, pattern_id, members, rows, held, packs, models)
        for mode in {rows[issue.connection].mode for issue in members}:
            rules = await open_rules(context, pattern_id, mode)
            for issue in members:
                if rules and rows[issue.connection].mode is mode:
                    await auto_correct(context, rows[issue.connection], issue, rules)
    await ask_newer(context, found, editions)


async def ask_newer(context: Context, found: Sequence[IssueRow], editions: Mapping[int, str]) -> None:
    """Look again at the issues of merchants whose models were learned while these were being looked at.

    Learning rings for what has been looked at already, so that without this what was under way would be passed over.
    """
    now = await local_models.checksums({issue.merchant for issue in found})
    outdated = [one.id for one in found if now.get(one.merchant) != editions.get(one.merchant)]
    await ask_for_suggestions(context, outdated)


async def _suggest(
    context: Context,
    pattern_id: str,
    standing: Sequence[IssueRow],
    rows: Mapping[int, ConnectionRow],
    held: Mapping[int, RecordRow],
    packs: Mapping[int, CompiledPack],
    models: Mapping[int, Models],
) -> None:
    """Store what is proposed for issues of one pattern.

    Nothing is proposed that could not be applied: what is only observed, and what the channel takes no changes of.
    """
    rules = await auto_rules.of_pattern(pattern_id)
    refused = await decisions.rejected([issue.id for issue in standing])
    proposals: dict[int, list[Proposal]] = {}
    for issue in standing:
        row, record = rows[issue.connection], held[issue.record]
        useful = row.mode is not Mode.OBSERVE and takes(context, row, record.kind, issue.field)
        proposals[issue.id] = []
        if useful:
            pack, no = packs[row.id], refused.get(issue.id, ())
            known = models.get(issue.merchant, NO_MODELS)
            proposals[issue.id] = propose(context, pack, issue, record, rules, no, known)
    now = context.clock()
    async with transaction():
        await patterns.lock(pattern_id)
        await issues.mark_suggested(list(proposals), now)
        await suggestions.replace(proposals, now)
    if wants_model(context, standing, proposals):
        await context.queue.enqueue("ask_model", pattern_id)


async def _close(context: Context, row: ConnectionRow, issue: IssueRow) -> None:
    """End an issue that does not stand, unless the record has changed again meanwhile."""
    pack = await rules_of(context, row)
    async with transaction():
        await connections.lock(row.id)
        record = await records.get(issue.record)
        if record is None or await upheld(row, pack, [(issue, record)]):
            return
        if record.deleted_at is not None:
            resolution = Resolution.RECORD_DELETED
        elif issue.pack != pack.edition:
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
