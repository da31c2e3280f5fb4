"""Carries corrections out: pushes the changed fields, reads back, verifies, undoes."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from core.channel import Push
from core.context import Context
from core.corrections import apply
from core.errors import Conflict, MarketwrightError, NeedsAttention, NotFound, Rejected, RetryLater
from core.jobs import keep
from core.jobs.automatic import auto_correct_all
from core.model.corrections import ApplicationState, Change
from core.model.issues import Resolution
from core.model.records import SourceRecord
from core.opening import open_connection
from core.queue import job
from core.review.learn import note_outcome, take_back
from core.review.undo import check_unedited
from core.store import alerts, applications, audit, connections, decisions, issues, records
from core.store.applications import ApplicationRow
from core.store.connections import ConnectionRow
from core.store.engine import transaction
from core.store.records import RecordRow

MOST_ATTEMPTS = 8


@job
async def auto_correct_pattern(context: Context, pattern_id: str) -> None:
    """Correct what is open of a pattern, if its gate is open by now."""
    await auto_correct_all(context, pattern_id)


@job
async def sweep_corrections(context: Context) -> None:
    """Enqueue again what was to be pushed, verified or undone and is not."""
    names = {
        ApplicationState.PENDING: "apply_correction",
        ApplicationState.PUSHED: "verify_correction",
        ApplicationState.UNDOING: "undo_correction",
    }
    for application_id, state in await applications.due(context.clock()):
        await context.queue.enqueue(names[state], application_id)


@job
async def apply_correction(context: Context, application_id: int) -> None:
    """Push a pending correction's changed fields, and nothing else."""
    loaded = await _load(application_id, ApplicationState.PENDING)
    if loaded is None:
        return
    application, row, record = loaded
    if any(apply.get(record.record, change.field) != change.before for change in application.changes):
        await _superseded(context, application)
        return
    if not application.push:
        await _apply_locally(context, row, application, record)
        return
    try:
        after = await _push(context, row, record, application.changes)
    except (RetryLater, NeedsAttention) as error:
        await _postpone(context, row, application, error)
        return
    except (Conflict, Rejected, NotFound) as error:
        await _refused(context, row, application, error)
        return
    now = context.clock()
    checked = keep.check(context, row, [after])
    async with transaction():
        if not await applications.move(application.id, ApplicationState.PENDING, ApplicationState.PUSHED, now):
            return
        await keep.write(row, checked, now)
    await context.queue.enqueue("verify_correction", application.id)


@job
async def verify_correction(context: Context, application_id: int) -> None:
    """Read a pushed record again and say whether the correction holds."""
    loaded = await _load(application_id, ApplicationState.PUSHED)
    if loaded is None:
        return
    application, row, record = loaded
    try:
        channel, opened = open_connection(context, row)
        now_there = await channel.pull_one(opened, record.kind, record.external_id)
    except (RetryLater, NeedsAttention) as error:
        await _postpone(context, row, application, error)
        return
    except NotFound:
        await _fail(context, row, application, "The channel no longer has the record.", "not_found")
        return
    wrong = [change for change in application.changes if apply.get(now_there.record, change.field) != change.after]
    if wrong:
        await _fail(
            context, row, application, f"{wrong[0].field} does not hold what was written.", "not_verified", now_there
        )
        return
    await _verified(context, row, application, now_there)


@job
async def undo_correction(context: Context, application_id: int) -> None:
    """Put back what a correction changed, unless the channel holds something else by now."""
    loaded = await _load(application_id, ApplicationState.UNDOING)
    if loaded is None:
        return
    application, row, record = loaded
    changes = apply.revert(application.changes)
    try:
        if application.push:
            after = await _push_undo(context, row, application, record, changes)
        else:
            after = _locally(record, changes)
    except (RetryLater, NeedsAttention) as error:
        await _postpone(context, row, application, error)
        return
    except (Rejected, NotFound, Conflict) as error:
        await _undo_failed(context, row, application, error)
        return
    await _undone(context, row, application, after)


async def _load(application_id: int, state: ApplicationState) -> tuple[ApplicationRow, ConnectionRow, RecordRow] | None:
    """Return what a job needs, or None when the application is not in the state it is for."""
    application = await applications.get(application_id)
    if application is None or application.state is not state:
        return None
    row = await connections.get(application.connection)
    record = await records.get(application.record)
    return None if row is None or record is None else (application, row, record)


async def _push(context: Context, row: ConnectionRow, record: RecordRow, changes: tuple[Change, ...]) -> SourceRecord:
    channel, opened = open_connection(context, row)
    if channel.push_product is None:
        raise Rejected(f"{channel.title} takes no changes of this kind.", code="not_supported")
    push = Push(external_id=record.external_id, record=record.record, raw=record.raw, changes=changes)
    return (await channel.push_product(opened, push)).record


async def _push_undo(
    context: Context, row: ConnectionRow, application: ApplicationRow, record: RecordRow, changes: tuple[Change, ...]
) -> SourceRecord:
    """Read the record afresh before putting it back: what was edited there since is not overwritten unless forced."""
    channel, opened = open_connection(context, row)
    there = await channel.pull_one(opened, record.kind, record.external_id)
    fresh = msgspec.structs.replace(record, record=there.record, raw=there.raw, source_version=there.version)
    if not application.is_forced:
        check_unedited(application, fresh)
    return await _push(context, row, fresh, changes)


def _locally(record: RecordRow, changes: tuple[Change, ...]) -> SourceRecord:
    return SourceRecord(
        kind=record.kind,
        external_id=record.external_id,
        version=record.source_version,
        record=apply.patch(record.record, changes),
        raw=record.raw,
    )


async def _apply_locally(context: Context, row: ConnectionRow, application: ApplicationRow, record: RecordRow) -> None:
    now = context.clock()
    async with transaction():
        if await applications.move(application.id, ApplicationState.PENDING, ApplicationState.PUSHED, now):
            await keep.write(row, keep.check(context, row, [_locally(record, application.changes)]), now)
    await _verified(context, row, application, _locally(record, application.changes))


async def _verified(context: Context, row: ConnectionRow, application: ApplicationRow, source: SourceRecord) -> None:
    """Mark a correction verified, end its issue, and count the outcome."""
    now = context.clock()
    decision = None if application.decision is None else await decisions.get(application.decision)
    resolution = Resolution.AUTO_CORRECTED if decision is None else Resolution(decision.verdict)
    checked = keep.check(context, row, [source])
    async with transaction():
        moved = await applications.move(
            application.id, ApplicationState.PUSHED, ApplicationState.VERIFIED, now, error=None
        )
        if not moved:
            return
        await keep.write(row, checked, now, closing={application.issue: resolution})
        await issues.close([application.issue], resolution, now)
        if application.auto_rule is not None:
            await note_outcome(context, application.merchant, application.auto_rule, worked=True, added=1)
        await audit.append(
            "marketwright", "application.verified", f"application:{application.id}", now, merchant=row.merchant
        )


async def _undone(context: Context, row: ConnectionRow, application: ApplicationRow, after: SourceRecord) -> None:
    """Mark a correction undone and count that against its rule; the issue opens anew as the record is checked."""
    now = context.clock()
    checked = keep.check(context, row, [after])
    async with transaction():
        moved = await applications.move(application.id, ApplicationState.UNDOING, ApplicationState.UNDONE, now)
        if not moved:
            return
        kept = await keep.write(row, checked, now)
        if application.auto_rule is not None:
            await note_outcome(context, application.merchant, application.auto_rule, worked=False, added=0)
        if application.decision is not None:
            await take_back(context, application.decision)
        await audit.append(
            application.undone_by or "marketwright", "application.undone", f"application:{application.id}", now,
            merchant=row.merchant,
        )  # fmt: skip
    if kept.opened:
        await context.queue.enqueue("suggest", *kept.opened)


async def _fail(
    context: Context,
    row: ConnectionRow,
    application: ApplicationRow,
    message: str,
    code: str,
    found: SourceRecord | None = None,
) -> None:
    """Mark a correction failed, open its issue again, count it against its rule, and tell a person."""
    now = context.clock()
    checked = [] if found is None else keep.check(context, row, [found])
    async with transaction():
        if not await applications.move(application.id, application.state, ApplicationState.FAILED, now, error=message):
            return
        await issues.reopen(application.issue)
        if checked:
            await keep.write(row, checked, now)
        if application.auto_rule is not None:
            await note_outcome(context, application.merchant, application.auto_rule, worked=False, added=1)
        await audit.append(
            "marketwright", "application.failed", f"application:{application.id}", now, merchant=row.merchant, code=code
        )
    await alerts.open_one(
        row.merchant, f"application:{application.id}", f"A correction on {row.name} failed: {message}", now,
        connection=row.id,
    )  # fmt: skip
    await context.queue.enqueue("suggest", application.issue)


async def _refused(
    context: Context, row: ConnectionRow, application: ApplicationRow, error: Conflict | Rejected | NotFound
) -> None:
    """End a correction that the channel did not take; one that met an edit there has failed at nothing."""
    if isinstance(error, Conflict):
        await _superseded(context, application)
    else:
        await _fail(context, row, application, error.message, error.code)


async def _superseded(context: Context, application: ApplicationRow) -> None:
    """Leave alone a record that changed before its correction was pushed; its issue is looked at anew."""
    async with transaction():
        if not await applications.move(
            application.id, ApplicationState.PENDING, ApplicationState.SUPERSEDED, context.clock()
        ):
            return
        await issues.reopen(application.issue)
    await context.queue.enqueue("suggest", application.issue)


async def _undo_failed(
    context: Context, row: ConnectionRow, application: ApplicationRow, error: MarketwrightError
) -> None:
    """Leave the correction standing when it could not be undone, and say so."""
    now = context.clock()
    async with transaction():
        await applications.move(
            application.id, ApplicationState.UNDOING, ApplicationState.VERIFIED, now, error=error.message
        )
    await alerts.open_one(
        row.merchant, f"undo:{application.id}", f"A correction on {row.name} could not be undone: {error.message}", now,
        connection=row.id,
    )  # fmt: skip


async def _postpone(
    context: Context, row: ConnectionRow, application: ApplicationRow, error: MarketwrightError
) -> None:
    """Leave it for later; after many tries give it up and say so."""
    now = context.clock()
    if application.attempts >= MOST_ATTEMPTS and application.state is ApplicationState.PENDING:
        await _fail(context, row, application, error.message, error.code)
        return
    await applications.postpone(application.id, now + _wait(error, application.attempts), error.message)
    if isinstance(error, NeedsAttention):
        await connections.update(row.id, now, state="needs_attention", state_reason=error.message)
        await alerts.open_one(
            row.merchant, f"connection:{row.id}", f"{row.name}: {error.message}", now, severity="error",
            connection=row.id,
        )  # fmt: skip


def _wait(error: MarketwrightError, attempts: int) -> timedelta:
    named = error.after if isinstance(error, RetryLater) and error.after is not None else 0.0
    return timedelta(seconds=max(named, min(5.0 * 2**attempts, 3600.0)))
