"""Undo: put back what a correction changed, unless somebody edited it since."""

from __future__ import annotations

from core.context import Context
from core.corrections import apply
from core.errors import Conflict, NotFound, Refused
from core.model.corrections import ApplicationState, UndoState
from core.model.people import Actor
from core.review import canary
from core.review.learn import note_outcome, take_back
from core.store import applications, audit, connections, decisions, issues, patterns, records, undos
from core.store.applications import ApplicationRow
from core.store.engine import transaction
from core.store.records import RecordRow

UNDOABLE = (ApplicationState.VERIFIED, ApplicationState.PUSHED)


async def undo(context: Context, actor: Actor, application_id: int, *, force: bool = False) -> None:
    """Put back what an application changed.

    Conflict, with the three versions, when the record was edited since; `force` puts `before` back all the same.
    """
    application = await applications.get(application_id)
    if application is None or (actor.merchant is not None and application.merchant != actor.merchant):
        raise NotFound("There is no such application.")
    await begin(context, actor.name, application, force=force)


async def begin(context: Context, name: str, application: ApplicationRow, *, force: bool = False) -> None:
    """Have an application put back in the name of a person who may; errors as those of `undo`."""
    if application.state is ApplicationState.PENDING:
        await _cancel(context, name, application)
        return
    if application.state not in UNDOABLE:
        raise Refused(f"It is {application.state}; there is nothing to undo.", code="not_undoable")
    record = await records.get(application.record)
    assert record is not None
    if not force:
        check_unedited(application, record)
    now = context.clock()
    async with transaction():
        moved = await applications.move(
            application.id, application.state, ApplicationState.UNDOING, now, undone_by=name, due_at=None,
            attempts=0, is_forced=force,
        )  # fmt: skip
        if not moved:
            raise Refused("Somebody else is undoing it already.", code="already_undoing")
        await audit.append(
            name, "application.undo", f"application:{application.id}", now, merchant=application.merchant,
            forced=force,
        )  # fmt: skip
    await context.queue.enqueue("undo_correction", application.id)


def check_unedited(application: ApplicationRow, record: RecordRow) -> None:
    """Raise Conflict with the three versions when a changed field no longer holds what the correction gave it."""
    now = {change.field: apply.get(record.record, change.field) for change in application.changes}
    if any(now[change.field] != change.after for change in application.changes):
        raise Conflict(
            "The record was edited since this correction.",
            code="edited_since",
            versions={
                "before": {change.field: change.before for change in application.changes},
                "after": {change.field: change.after for change in application.changes},
                "now": now,
            },
        )


async def _cancel(context: Context, name: str, application: ApplicationRow) -> None:
    """Take back an application that nobody has begun to carry out, and open its issue again."""
    now = context.clock()
    connection = await connections.get(application.connection)
    assert connection is not None
    async with transaction():
        if not await applications.cancel(application.id, now, name):
            raise Refused("It is being carried out right now; undo it in a moment.", code="in_flight")
        await patterns.lock(application.pattern)
        if application.decision is not None:
            await take_back(context, application.decision)
        if application.auto_rule is not None:
            await canary.stopped(context, application, connection.name, f"was undone by {name}.", by_person=True)
            await note_outcome(context, application.merchant, application.auto_rule, worked=False, added=0)
        await issues.reopen(application.issue)
        await undos.settle(application.id, UndoState.UNDONE, now)
        await audit.append(
            name, "application.cancel", f"application:{application.id}", now, merchant=application.merchant
        )
    await context.queue.enqueue("suggest", application.issue)


async def undo_decision(context: Context, actor: Actor, decision_id: str) -> None:
    """Take back a decision: it teaches nothing any more, and what it applied is put back."""
    decision = await decisions.get(decision_id)
    pattern = None if decision is None else await patterns.get(decision.pattern_id)
    if decision is None or pattern is None or (actor.merchant is not None and pattern.merchant != actor.merchant):
        raise NotFound("There is no such decision.")
    application = await applications.of_decision(decision_id)
    applied = application is not None and application.state in (*UNDOABLE, ApplicationState.PENDING)
    if application is not None and applied:
        await undo(context, actor, application.id)
    now = context.clock()
    async with transaction():
        if not await take_back(context, decision_id) and not applied:
            raise Refused("This decision was taken back already.", code="already_revoked")
        await issues.look_again(pattern=pattern.pattern_id)
        await audit.append(actor.name, "decision.revoke", f"decision:{decision_id}", now, merchant=pattern.merchant)
    await context.queue.enqueue("suggest_again", pattern.pattern_id)
