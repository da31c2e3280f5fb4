"""A correction and an edit of the same field: the three versions, and what people make of them."""

from __future__ import annotations

from typing import Any

import msgspec

from core.context import Context
from core.corrections import apply
from core.errors import NotFound, Refused
from core.model.corrections import ApplicationState, Change, UndoState
from core.model.issues import IssueState
from core.model.people import Actor
from core.opening import takes
from core.review.undo import UNDOABLE
from core.rulebook import rules_of
from core.store import alerts, applications, audit, connections, issues, patterns, records, undos
from core.store.applications import ApplicationRow
from core.store.connections import ConnectionRow
from core.store.engine import transaction
from core.store.records import RecordRow
from core.suggest.pipeline import broken_by


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a correction: before it, what it wrote or was to write, and what is known to be there now."""

    field: str
    before: Any
    after: Any
    now: Any


class Met(msgspec.Struct, frozen=True, kw_only=True):
    """A correction beside what its record holds now. `is_edited` says that this is neither ours nor the old value.

    `may_undo`: the earlier value can be put back over the edit; `may_put_back`: ours can.
    """

    application_id: int
    issue_id: int
    record_id: int
    title: str | None
    sku: str | None
    channel: str
    connection_name: str
    state: ApplicationState
    sentence: str
    versions: tuple[Versions, ...]
    is_edited: bool
    may_undo: bool
    may_put_back: bool
    error: str | None


async def met(context: Context, actor: Actor, application_id: int) -> Met:
    """Return a correction with the three versions of each of its fields."""
    application, row, record = await _seen(actor, application_id)
    versions = tuple(
        Versions(
            field=change.field,
            before=change.before,
            after=change.after,
            now=apply.get(record.record, change.field),
        )
        for change in application.changes
    )
    stands = application.state in UNDOABLE
    is_edited = any(one.now != one.after and (stands or one.now != one.before) for one in versions)
    ended = stands or application.state is ApplicationState.SUPERSEDED
    reachable = row.enabled and record.deleted_at is None
    return Met(
        application_id=application.id,
        issue_id=application.issue,
        record_id=record.id,
        title=record.title,
        sku=record.sku,
        channel=row.channel,
        connection_name=row.name,
        state=application.state,
        sentence=apply.describe(application.program),
        versions=versions,
        is_edited=is_edited and ended,
        may_undo=stands and reachable and any(one.now != one.before for one in versions),
        may_put_back=ended and reachable and any(one.now != one.after for one in versions),
        error=application.error,
    )


async def keep_theirs(context: Context, actor: Actor, application_id: int) -> None:
    """Leave what is there now as it is, and settle the conflict where an undo met it."""
    application, _, _ = await _seen(actor, application_id)
    now = context.clock()
    async with transaction():
        await undos.settle(application.id, UndoState.KEPT, now, f"{actor.name} kept what is there.")
        await audit.append(
            actor.name, "application.keep_theirs", f"application:{application.id}", now, merchant=application.merchant
        )
    await alerts.close(application.merchant, f"undo:{application.id}", now)


async def put_ours_back(context: Context, actor: Actor, application_id: int) -> int:
    """Write over the edit what the correction gave the fields, as a correction of its own, and return its id.

    Refused where the channel does not take it, where it would break a rule, or while another correction of the issue
    is under way.
    """
    application, row, record = await _seen(actor, application_id)
    changes = _back(application, record)
    if not changes or not (application.state in UNDOABLE or application.state is ApplicationState.SUPERSEDED):
        raise Refused("There is nothing to put back.", code="nothing_to_put_back")
    if not row.enabled or not all(takes(context, row, record.kind, change.field) for change in changes):
        raise Refused(f"{row.name} takes no such change from here.", code="not_supported")
    broken = broken_by(await rules_of(context, row), record, apply.patch(record.record, changes))
    if broken:
        raise Refused(f"It would break another rule: {broken[0].message} ({broken[0].rule})", code="breaks_rule")
    now = context.clock()
    async with transaction():
        await patterns.lock(application.pattern)
        if await applications.in_flight(application.issue):
            raise Refused("Another correction of this issue is under way; wait for it.", code="in_flight")
        await issues.claim(application.issue, IssueState.OPEN, IssueState.CORRECTING)
        made = await applications.insert(
            merchant=application.merchant,
            connection=application.connection,
            record=application.record,
            issue=application.issue,
            pattern=application.pattern,
            auto_rule=None,
            decision=None,
            push=application.push,
            is_sampled=False,
            program=application.program,
            program_hash=application.program_hash,
            changes=changes,
            confidence=0.0,
            now=now,
            asked_by=actor.name,
        )
        await undos.settle(application.id, UndoState.KEPT, now, f"{actor.name} had ours put back.")
        await audit.append(
            actor.name, "application.put_ours_back", f"application:{application.id}", now,
            merchant=application.merchant, application=made,
        )  # fmt: skip
    await alerts.close(application.merchant, f"undo:{application.id}", now)
    await context.queue.enqueue("apply_correction", made)
    return made


def _back(application: ApplicationRow, record: RecordRow) -> tuple[Change, ...]:
    now = {change.field: apply.get(record.record, change.field) for change in application.changes}
    return tuple(
        Change(field=change.field, before=now[change.field], after=change.after)
        for change in application.changes
        if now[change.field] != change.after
    )


async def _seen(actor: Actor, application_id: int) -> tuple[ApplicationRow, ConnectionRow, RecordRow]:
    application = await applications.get(application_id)
    if application is None or (actor.merchant is not None and application.merchant != actor.merchant):
        raise NotFound("There is no such application.")
    row = await connections.get(application.connection)
    record = await records.get(application.record)
    assert row is not None
    assert record is not None
    return application, row, record
