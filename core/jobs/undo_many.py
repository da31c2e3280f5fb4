"""Takes back many corrections, one after the other, and ends the undo when each has its outcome."""

from __future__ import annotations

from collections.abc import Iterable

from core.context import Context
from core.errors import Conflict, Refused, RetryLater
from core.model.corrections import ApplicationState, UndoState
from core.queue import job
from core.review.undo import begin
from core.store import alerts, applications, undos
from core.store.applications import ApplicationRow

AT_ONCE = 200
SOON = 5.0
BESIDE = ("in_flight", "already_undoing", "not_undoable")
"""Somebody else has carried the correction on meanwhile; it is looked at again."""
ENDED = (ApplicationState.UNDONE, ApplicationState.FAILED, ApplicationState.SUPERSEDED)
"""States that leave nothing to undo: what the channel refused, or what was given up, was never there."""


@job
async def carry_undo(context: Context, undo_id: int) -> None:
    """Begin what of an undo nobody has begun yet. What is edited since stays as it is, and is told."""
    undo = await undos.get(undo_id)
    if undo is None or undo.finished_at is not None:
        return
    after, left = 0, False
    while items := await undos.waiting(undo_id, after, AT_ONCE):
        after = items[-1][0]
        for item_id, application_id in items:
            left |= not await _begin(context, undo.asked_by, item_id, application_id)
    if left:
        await context.queue.enqueue("carry_undo", undo_id, delay=SOON)
        return
    await finish(context, [undo_id])


@job
async def sweep_undos(context: Context) -> None:
    """Enqueue again the undos that are not at their end."""
    for undo_id in await undos.unfinished():
        await context.queue.enqueue("carry_undo", undo_id)


async def finish(context: Context, undo_ids: Iterable[int]) -> None:
    """End those of these undos of which nothing is left to do, and tell people what could not be undone."""
    now = context.clock()
    for undo in await undos.finish(undo_ids, now):
        counts = await undos.tally(undo.id)
        edited, failed = counts[UndoState.EDITED], counts[UndoState.FAILED]
        if edited or failed:
            message = (
                f"An undo of {undo.size} corrections ended: {counts[UndoState.UNDONE]} undone,"
                f" {edited} edited since and left as they are, {failed} failed. See /undos/{undo.id}"
            )
            await alerts.open_one(undo.merchant, f"undo_many:{undo.id}", message, now)


async def _begin(context: Context, name: str, item_id: int, application_id: int) -> bool:
    """Begin one item, and tell whether it is in hand: False where a worker is pushing it right now."""
    application = await applications.get(application_id)
    if application is None:
        await undos.settle(application_id, UndoState.FAILED, context.clock(), "The correction is gone.")
    elif application.state in ENDED:
        await undos.settle(application_id, UndoState.UNDONE, context.clock())
    elif application.state is ApplicationState.UNDOING:
        await undos.begun(item_id)
    else:
        return await _put_back(context, name, item_id, application)
    return True


async def _put_back(context: Context, name: str, item_id: int, application: ApplicationRow) -> bool:
    try:
        await begin(context, name, application)
    except Conflict as error:
        await undos.settle(application.id, UndoState.EDITED, context.clock(), error.message)
    except RetryLater:
        return False
    except Refused as error:
        if error.code in BESIDE:
            return False
        await undos.settle(application.id, UndoState.FAILED, context.clock(), error.message)
    else:
        await undos.begun(item_id)
    return True
