"""What becomes of an application: verified, failed, superseded, or left for later. Each is one transaction."""

from __future__ import annotations

from datetime import timedelta

from core.context import Context
from core.errors import MarketwrightError, NeedsAttention, RetryLater
from core.jobs import keep
from core.jobs.across import upheld
from core.jobs.carry import Work
from core.jobs.keep import Checked
from core.model.corrections import ApplicationState
from core.model.issues import Resolution
from core.model.records import SourceRecord
from core.review import canary
from core.review.learn import note_outcome
from core.store import alerts, applications, audit, connections, decisions, issues, records
from core.store.connections import ConnectionRow
from core.store.engine import transaction

ACTOR = "marketwright"

TELL_AFTER = 8
"""After so many tries a person is told; the correction goes on waiting, because the channel has not refused it."""


async def verified(context: Context, work: Work, source: SourceRecord) -> None:
    """Mark a correction verified, end its issue, and count the outcome. An issue that still stands opens again."""
    now = context.clock()
    application, row = work.application, work.connection
    decision = None if application.decision is None else await decisions.get(application.decision)
    resolution = Resolution.AUTO_CORRECTED if decision is None else Resolution(decision.verdict)
    resolution = Resolution.APPROVED if application.asked_by is not None else resolution
    checked = await keep.check(context, row, [source])
    async with transaction():
        await lock(work)
        if not await applications.move(application.id, ApplicationState.PUSHED, ApplicationState.VERIFIED, now):
            return
        kept = await keep.write(row, checked, now, closing={application.issue: resolution}, holding=application.pattern)
        stands = await _stands(checked[0], application.issue, row)
        if stands:
            await issues.reopen(application.issue)
        else:
            await issues.close([application.issue], resolution, now)
        spreads = False
        if application.auto_rule is not None:
            await note_outcome(context, application.merchant, application.auto_rule, worked=True, added=1)
            spreads = await canary.verified(context, application)
        await audit.append(ACTOR, "application.verified", f"application:{application.id}", now, merchant=row.merchant)
    await alerts.close(row.merchant, _subject(work), now)
    await keep.ask_for_suggestions(context, [*kept.opened, *([application.issue] if stands else [])])
    if spreads:
        await context.queue.enqueue("auto_correct_pattern", application.pattern)


async def failed(context: Context, work: Work, message: str, code: str, found: SourceRecord | None = None) -> None:
    """Mark a correction failed, open its issue again, count it against its rule, and tell a person."""
    now = context.clock()
    application, row = work.application, work.connection
    checked = await _checked(context, work, found)
    async with transaction():
        await lock(work)
        if not await applications.move(application.id, application.state, ApplicationState.FAILED, now, error=message):
            return
        kept = await keep.write(row, checked, now, closing=_ended(work), holding=application.pattern)
        await issues.reopen(application.issue)
        if application.auto_rule is not None:
            await canary.stopped(context, application, row.name, f"failed: {message}", by_person=False)
            await note_outcome(context, application.merchant, application.auto_rule, worked=False, added=1)
        await audit.append(
            ACTOR, "application.failed", f"application:{application.id}", now, merchant=row.merchant, code=code
        )
    await alerts.open_one(
        row.merchant, _subject(work), f"A correction on {row.name} failed: {message}", now, connection=row.id
    )
    await keep.ask_for_suggestions(context, [*kept.opened, application.issue])


async def superseded(context: Context, work: Work, reason: str, found: SourceRecord | None = None) -> None:
    """End a correction that is not wanted any more, which counts for nothing; its issue is looked at anew."""
    now = context.clock()
    application, row = work.application, work.connection
    checked = await _checked(context, work, found)
    async with transaction():
        await lock(work)
        if not await applications.move(
            application.id, application.state, ApplicationState.SUPERSEDED, now, error=reason
        ):
            return
        kept = await keep.write(row, checked, now, closing=_ended(work), holding=application.pattern)
        await issues.reopen(application.issue)
        freed = await canary.freed(application)
    await alerts.close(row.merchant, _subject(work), now)
    await keep.ask_for_suggestions(context, [*kept.opened, application.issue])
    if freed:
        await context.queue.enqueue("auto_correct_pattern", application.pattern)


async def postpone(context: Context, work: Work, error: MarketwrightError) -> None:
    """Leave it for later, and after many tries say so."""
    now = context.clock()
    application, row = work.application, work.connection
    await applications.postpone(application.id, now + wait(error, application.attempts), error.message)
    if application.attempts == TELL_AFTER:
        message = f"A correction on {row.name} is waiting: {error.message}"
        await alerts.open_one(row.merchant, _subject(work), message, now, connection=row.id)
    if isinstance(error, NeedsAttention):
        await connections.update(row.id, now, state="needs_attention", state_reason=error.message)
        await alerts.open_one(
            row.merchant, f"connection:{row.id}", f"{row.name}: {error.message}", now, severity="error",
            connection=row.id,
        )  # fmt: skip


async def lock(work: Work) -> None:
    """Lock the connection of a local correction before the correction itself, as the writer of its records does."""
    if not work.application.push:
        await connections.lock(work.connection.id)


def wait(error: MarketwrightError, attempts: int) -> timedelta:
    """Return how long to wait after so many attempts, as long as the channel asks for at least."""
    named = error.after if isinstance(error, RetryLater) and error.after is not None else 0.0
    return timedelta(seconds=max(named, min(5.0 * 2 ** min(attempts, 10), 3600.0)))


async def _stands(checked: Checked, issue_id: int, row: ConnectionRow) -> bool:
    """Tell whether the issue of a correction stands: by what was checked, across records by what is stored."""
    issue = await issues.get(issue_id)
    if issue is None:
        return False
    if issue.rule in checked.pack.across.ids:
        return bool(await upheld(row, checked.pack, [(issue, await records.get(issue.record))]))
    return any((one.rule, one.field) == (issue.rule, issue.field) for one in checked.violations)


async def _checked(context: Context, work: Work, found: SourceRecord | None) -> list[Checked]:
    return [] if found is None else await keep.check(context, work.connection, [found])


def _ended(work: Work) -> dict[int, Resolution]:
    """Say how the issue ends if a fresh look at the record finds it gone without our doing."""
    return {work.application.issue: Resolution.CHANGED_AT_SOURCE}


def _subject(work: Work) -> str:
    return f"application:{work.application.id}"
