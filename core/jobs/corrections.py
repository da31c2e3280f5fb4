"""Carries corrections out: pushes the changed fields, reads back, verifies."""

from __future__ import annotations

from core.context import Context
from core.corrections import apply
from core.errors import Conflict, MarketwrightError, NeedsAttention, NotFound, Refused, Rejected, RetryLater
from core.jobs import carry, keep, outcomes
from core.jobs.automatic import auto_correct_all
from core.jobs.carry import Work
from core.knowledge.gate import AUTOMATIC_MODES
from core.model.corrections import ApplicationState, Mode, Stage
from core.queue import job
from core.store import applications, auto_rules, canaries, connections, records
from core.store.engine import transaction


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
    """Push a pending correction's changed fields, and nothing else.

    A record that holds the new values already was pushed by a try that was cut off; it is only verified.
    """
    work = await carry.take(context, application_id, ApplicationState.PENDING)
    if work is None:
        return
    changes = work.application.changes
    if (unwanted := await _unwanted(work)) is not None:
        await outcomes.superseded(context, work, unwanted)
    elif carry.holds(work.record.record, changes):
        if await applications.move(application_id, ApplicationState.PENDING, ApplicationState.PUSHED, context.clock()):
            await context.queue.enqueue("verify_correction", application_id)
    elif not carry.holds(work.record.record, apply.revert(changes)):
        await outcomes.superseded(context, work, "The record changed before it was pushed.")
    else:
        await (_push if work.application.push else _apply_locally)(context, work)


@job
async def verify_correction(context: Context, application_id: int) -> None:
    """Read a pushed record again and say whether the correction holds."""
    work = await carry.take(context, application_id, ApplicationState.PUSHED)
    if work is None:
        return
    if not work.application.push:
        await _verify_locally(context, work)
        return
    try:
        there = await carry.read(context, work)
    except (RetryLater, NeedsAttention) as error:
        await outcomes.postpone(context, work, error)
        return
    except MarketwrightError as error:
        await outcomes.failed(context, work, error.message, error.code)
        return
    wrong = [change.field for change in work.application.changes if not carry.holds(there.record, (change,))]
    if there.deleted:
        await outcomes.superseded(context, work, "The channel no longer has the record.", there)
    elif wrong:
        await outcomes.failed(context, work, f"{wrong[0]} does not hold what was written.", "not_verified", there)
    else:
        await outcomes.verified(context, work, there)


async def _unwanted(work: Work) -> str | None:
    """Say why a pending correction must not go out any more: an admin, or its rule itself, has stopped it since."""
    application, connection = work.application, work.connection
    if work.record.deleted_at is not None:
        return "The channel no longer has the record."
    if not connection.enabled or connection.mode is Mode.OBSERVE:
        return "The connection takes no corrections any more."
    if application.auto_rule is None:
        return None
    rule = await auto_rules.get(application.auto_rule)
    if rule is None or not rule.is_active:
        return "Its auto rule was switched off."
    spread = await canaries.get(application.auto_rule, connection.id, application.push)
    if spread is not None and spread.stage is Stage.STOPPED:
        return f"It does not spread here any more. {spread.reason or ''}".strip()
    allowed = (Mode.APPLY_AND_PUSH,) if application.push else AUTOMATIC_MODES
    return None if connection.mode in allowed else "The connection corrects nothing by itself any more."


async def _push(context: Context, work: Work) -> None:
    try:
        after = await carry.push(context, work.connection, work.record, work.application.changes)
    except (RetryLater, NeedsAttention) as error:
        await outcomes.postpone(context, work, error)
        return
    except (Conflict, NotFound) as error:
        await _look_again(context, work, error)
        return
    except (Rejected, Refused) as error:
        await outcomes.failed(context, work, error.message, error.code)
        return
    now = context.clock()
    application = work.application
    checked = await keep.check(context, work.connection, [after])
    async with transaction():
        if not await applications.move(application.id, ApplicationState.PENDING, ApplicationState.PUSHED, now):
            return
        kept = await keep.write(work.connection, checked, now)
    await context.queue.enqueue("verify_correction", application.id)
    await keep.ask_for_suggestions(context, kept.opened)


async def _look_again(context: Context, work: Work, error: Conflict | NotFound) -> None:
    """Read what the channel holds instead: a correction that met an edit, or a record that is gone, failed at nothing.

    A conflict without an edit to these fields is tried again with the record as it is now.
    """
    try:
        there = await carry.read(context, work)
    except MarketwrightError as unread:
        await outcomes.postpone(context, work, unread)
        return
    if there.deleted or not carry.holds(there.record, apply.revert(work.application.changes)):
        await outcomes.superseded(context, work, error.message, there)
    elif isinstance(error, NotFound) or work.application.attempts >= outcomes.TELL_AFTER:
        await outcomes.failed(context, work, error.message, error.code, there)
    else:
        async with transaction():
            await keep.write(work.connection, await keep.check(context, work.connection, [there]), context.clock())
        await outcomes.postpone(context, work, error)


async def _apply_locally(context: Context, work: Work) -> None:
    """Change the record here only. It is laid over what the channel says next, as long as that is what it was."""
    now = context.clock()
    try:
        checked = await keep.check(context, work.connection, [carry.locally(work.record, work.application.changes)])
    except (NotFound, Refused) as error:
        await outcomes.failed(context, work, error.message, error.code)
        return
    async with transaction():
        await connections.lock(work.connection.id)
        if not await applications.move(work.application.id, ApplicationState.PENDING, ApplicationState.PUSHED, now):
            return
        current = await records.get(work.record.id)
        if current is None or current.content_hash != work.record.content_hash:
            raise RetryLater("The record changed just now; look at it again.", code="changed_meanwhile")
        await keep.write(work.connection, checked, now)
    await context.queue.enqueue("verify_correction", work.application.id)


async def _verify_locally(context: Context, work: Work) -> None:
    if carry.holds(work.record.record, work.application.changes):
        await outcomes.verified(context, work, carry.locally(work.record, ()))
    else:
        await outcomes.superseded(context, work, "The channel has changed it since.")
