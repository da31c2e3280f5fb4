"""Puts back what a correction changed."""

from __future__ import annotations

import msgspec

from core.context import Context
from core.corrections import apply
from core.errors import Conflict, MarketwrightError, NeedsAttention, NotFound, Refused, Rejected, RetryLater
from core.jobs import carry, keep, outcomes, undo_many
from core.jobs.carry import Work
from core.model.corrections import ApplicationState, AuditVerdict, UndoState
from core.model.records import SourceRecord
from core.queue import job
from core.review import canary
from core.review.learn import note_outcome, take_back
from core.review.undo import check_unedited
from core.store import alerts, applications, audit, issues, undos
from core.store.engine import transaction


@job
async def undo_correction(context: Context, application_id: int) -> None:
    """Put back what a correction changed, unless the channel holds something else by now."""
    work = await carry.take(context, application_id, ApplicationState.UNDOING)
    if work is None:
        return
    try:
        after = await (_put_back if work.application.push else _put_back_locally)(context, work)
    except (RetryLater, NeedsAttention) as error:
        await outcomes.postpone(context, work, error)
        return
    except (Rejected, NotFound, Conflict, Refused) as error:
        await _not_undone(context, work, error)
        return
    await _undone(context, work, after)


async def _put_back(context: Context, work: Work) -> SourceRecord:
    """Read the record afresh before putting it back: what was edited there since is not overwritten unless forced.

    A record that holds the old values already was put back by a try that was cut off.
    """
    changes = apply.revert(work.application.changes)
    there = await carry.read(context, work)
    if there.deleted:
        raise NotFound("The channel no longer has the record.")
    if carry.holds(there.record, changes):
        return there
    fresh = msgspec.structs.replace(work.record, record=there.record, raw=there.raw, source_version=there.version)
    if not work.application.is_forced:
        try:
            check_unedited(work.application, fresh)
        except Conflict:
            await _keep(context, work, there)
            raise
    return await carry.push(context, work.connection, fresh, changes)


async def _keep(context: Context, work: Work, there: SourceRecord) -> None:
    """Keep what the channel holds instead, so that the three versions that are shown are those of now."""
    checked = await keep.check(context, work.connection, [there])
    async with transaction():
        kept = await keep.write(work.connection, checked, context.clock())
    await keep.ask_for_suggestions(context, kept.opened)


async def _put_back_locally(context: Context, work: Work) -> SourceRecord:
    """Put back what was corrected here only; a newer word of the channel has done so already."""
    changes = apply.revert(work.application.changes)
    if carry.holds(work.record.record, changes):
        return carry.locally(work.record, ())
    if not work.application.is_forced:
        check_unedited(work.application, work.record)
    return carry.locally(work.record, changes)


async def _undone(context: Context, work: Work, after: SourceRecord) -> None:
    """Mark a correction undone and count that against its rule; the issue opens anew as the record is checked."""
    now = context.clock()
    application, row = work.application, work.connection
    checked = await keep.check(context, row, [after])
    async with transaction():
        await outcomes.lock(work)
        moved = await applications.move(application.id, ApplicationState.UNDOING, ApplicationState.UNDONE, now)
        if not moved:
            return
        kept = await keep.write(row, checked, now, holding=application.pattern)
        await issues.reopen(application.issue)
        if application.auto_rule is not None:
            who = application.undone_by or outcomes.ACTOR
            await canary.stopped(context, application, row.name, f"was undone by {who}.", by_person=True)
            if application.audit_verdict is not AuditVerdict.WRONG:
                await note_outcome(context, application.merchant, application.auto_rule, worked=False, added=0)
        if application.decision is not None:
            await take_back(context, application.decision)
        settled = await undos.settle(application.id, UndoState.UNDONE, now)
        await audit.append(
            application.undone_by or outcomes.ACTOR, "application.undone", f"application:{application.id}", now,
            merchant=row.merchant,
        )  # fmt: skip
    await alerts.close(row.merchant, f"undo:{application.id}", now)
    await keep.ask_for_suggestions(context, [*kept.opened, application.issue])
    await undo_many.finish(context, settled)


async def _not_undone(context: Context, work: Work, error: MarketwrightError) -> None:
    """Leave the correction standing as it was when it could not be undone, and say so."""
    now = context.clock()
    application, row = work.application, work.connection
    verified = application.verified_at is not None
    back = ApplicationState.VERIFIED if verified else ApplicationState.PUSHED
    stamps = {"verified_at": application.verified_at} if verified else {}
    outcome = UndoState.EDITED if isinstance(error, Conflict) else UndoState.FAILED
    async with transaction():
        if not await applications.move(
            application.id, ApplicationState.UNDOING, back, now, error=error.message, **stamps
        ):
            return
        settled = await undos.settle(application.id, outcome, now, error.message)
    if not settled:
        message = f"A correction on {row.name} could not be undone: {error.message}"
        await alerts.open_one(row.merchant, f"undo:{application.id}", message, now, connection=row.id)
    await undo_many.finish(context, settled)
    if not verified:
        await context.queue.enqueue("verify_correction", application.id)
