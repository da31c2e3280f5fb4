"""Applications: one correction carried out on one record."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from core.model.corrections import ApplicationState, AuditVerdict, Change, Program
from core.privacy import redact
from core.store.listings.where import one_of
from core.store.rows import from_json, to_json
from core.store.tables import Application

UNFINISHED = (ApplicationState.PENDING, ApplicationState.PUSHED, ApplicationState.UNDOING)


class ApplicationRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored application. `changes` hold before and after."""

    id: int
    merchant: int
    connection: int
    record: int
    issue: int
    pattern: str
    auto_rule: str | None
    decision: str | None
    is_automatic: bool
    push: bool
    program: Program
    program_hash: str
    changes: tuple[Change, ...]
    state: ApplicationState
    attempts: int
    pushed_at: datetime | None
    verified_at: datetime | None
    undone_by: str | None
    is_forced: bool
    is_sampled: bool
    asked_by: str | None
    audit_verdict: AuditVerdict | None
    error: str | None


def _read(row: dict[str, Any]) -> ApplicationRow:
    values = {name: row[name] for name in ApplicationRow.__struct_fields__}
    for name in ("auto_rule", "decision", "pattern"):
        values[name] = None if row[name] is None else str(row[name])
    values["program"] = tuple(from_json(row["program"]))
    values["changes"] = tuple(msgspec.convert(from_json(row["changes"]), list[Change]))
    values["state"] = ApplicationState(row["state"])
    for name in ("is_automatic", "push", "is_forced", "is_sampled"):
        values[name] = bool(row[name])
    values["audit_verdict"] = None if row["audit_verdict"] is None else AuditVerdict(row["audit_verdict"])
    return ApplicationRow(**values)


async def get(application_id: int) -> ApplicationRow | None:
    """Return one application."""
    row = await Application.select().where(Application.id == application_id).first()
    return None if row is None else _read(row)


async def many(ids: Iterable[int]) -> list[ApplicationRow]:
    """Return applications by id, oldest first."""
    wanted = list(ids)
    if not wanted:
        return []
    query = Application.select().where(Application.id.is_in(wanted)).order_by(Application.id)
    return [_read(row) for row in await query]


async def insert(
    *,
    merchant: int,
    connection: int,
    record: int,
    issue: int,
    pattern: str,
    auto_rule: str | None,
    decision: str | None,
    push: bool,
    is_sampled: bool,
    program: Program,
    program_hash: str,
    changes: Sequence[Change],
    confidence: float,
    now: datetime,
    batch: str | None = None,
    asked_by: str | None = None,
) -> int:
    """Add a pending application and return its id. What nobody decided on or asked for is automatic."""
    row = Application(
        merchant=merchant,
        connection=connection,
        record=record,
        issue=issue,
        pattern=uuid.UUID(pattern),
        auto_rule=None if auto_rule is None else uuid.UUID(auto_rule),
        decision=None if decision is None else uuid.UUID(decision),
        is_automatic=decision is None and asked_by is None,
        is_sampled=is_sampled,
        push=push,
        program=to_json(program),
        program_hash=program_hash,
        changes=to_json(list(changes)),
        confidence=confidence,
        created_at=now,
        batch=batch,
        asked_by=asked_by,
    )
    rows = await Application.insert(row)
    return int(rows[0]["id"])


async def hold(application_id: int, state: ApplicationState, now: datetime, until: datetime) -> bool:
    """Keep others from an application in `state` that is due, and tell whether this caller may carry it on.

    A worker that is killed lets go of it by `until`; `move` and `postpone` let go of it at once.
    """
    held = (
        await Application.update({Application.held_until: until})
        .where((Application.id == application_id) & (Application.state == state) & _is_free(now) & _is_due(now))
        .returning(Application.id)
    )
    return bool(held)


async def move(
    application_id: int, expected: ApplicationState, state: ApplicationState, now: datetime, **values: Any
) -> bool:
    """Move an application from one state to another, due at once, and tell whether this caller was the one who did."""
    return await _move(application_id, Application.state == expected, state, now, values)


async def cancel(application_id: int, now: datetime, undone_by: str) -> bool:
    """Take back an application that nobody has begun to carry out, and tell whether that was so."""
    waiting = (Application.state == ApplicationState.PENDING) & _is_free(now)
    return await _move(application_id, waiting, ApplicationState.UNDONE, now, {"undone_by": undone_by})


async def _move(
    application_id: int, condition: Any, state: ApplicationState, now: datetime, values: dict[str, Any]
) -> bool:
    stamps = {
        ApplicationState.PUSHED: "pushed_at",
        ApplicationState.VERIFIED: "verified_at",
        ApplicationState.UNDONE: "undone_at",
    }
    named = {"due_at": None, "held_until": None, "attempts": 0} | values
    named["error"] = redact(named["error"]) if named.get("error") else None
    if state in stamps:
        named.setdefault(stamps[state], now)
    changes: dict[Any, Any] = {getattr(Application, name): value for name, value in named.items()}
    changes[Application.state] = state
    moved = (
        await Application.update(changes)
        .where((Application.id == application_id) & condition)
        .returning(Application.id)
    )
    return bool(moved)


async def postpone(application_id: int, due_at: datetime, error: str) -> None:
    """Leave an application for later and remember why."""
    await Application.update(
        {
            Application.attempts: Application.attempts + 1,
            Application.due_at: due_at,
            Application.held_until: None,
            Application.error: redact(error),
        }
    ).where(Application.id == application_id)


def _is_due(now: datetime) -> Any:
    return Application.due_at.is_null() | (Application.due_at <= now)


def _is_free(now: datetime) -> Any:
    return Application.held_until.is_null() | (Application.held_until <= now)


async def due(now: datetime, limit: int = 500) -> list[tuple[int, ApplicationState]]:
    """Return applications that are not finished, due, and that no worker is at, oldest first."""
    query = Application.select(Application.id, Application.state).where(
        Application.state.is_in([str(state) for state in UNFINISHED]) & _is_due(now) & _is_free(now)
    )
    rows = await query.order_by(Application.id).limit(limit)
    return [(row["id"], ApplicationState(row["state"])) for row in rows]


async def laid(record_ids: Sequence[int]) -> dict[int, list[ApplicationRow]]:
    """Return the corrections that are kept here only, and stand, by record, oldest first."""
    found: dict[int, list[ApplicationRow]] = {}
    if record_ids:
        rows = await Application.raw(
            "SELECT * FROM applications WHERE record IN {} AND NOT push AND state IN ('pushed', 'verified')"
            " ORDER BY id",
            one_of(record_ids),
        )
        for row in rows:
            found.setdefault(row["record"], []).append(_read(row))
    return found


async def in_flight(issue: int) -> bool:
    """Tell whether a correction of an issue is under way."""
    states = [str(state) for state in UNFINISHED]
    return bool(await Application.exists().where((Application.issue == issue) & Application.state.is_in(states)))


async def was_taken_back(record: int, pattern: str, program_hash: str) -> bool:
    """Tell whether this very correction was undone on this record before, or refused by its channel."""
    found = await (
        Application.select(Application.id)
        .where(
            (Application.record == record)
            & (Application.pattern == uuid.UUID(pattern))
            & (Application.program_hash == program_hash)
            & Application.state.is_in([str(ApplicationState.UNDONE), str(ApplicationState.FAILED)])
        )
        .first()
    )
    return found is not None


async def of_decision(decision_id: str) -> ApplicationRow | None:
    """Return the application that a decision led to."""
    row = await Application.select().where(Application.decision == uuid.UUID(decision_id)).first()
    return None if row is None else _read(row)


async def outcomes(pattern: str, program_hash: str) -> tuple[int, int]:
    """Return how many automatic applications of a program stand, and how many were undone or refused.

    What a person approved counts by its decision, and here only where the channel refused it.
    """
    rows = await Application.raw(
        "SELECT state, count(*) AS n FROM applications"
        " WHERE pattern = {} AND program_hash = {} AND (is_automatic = {} OR state = 'failed') GROUP BY state",
        uuid.UUID(pattern), program_hash, True,
    )  # fmt: skip
    counts = {row["state"]: row["n"] for row in rows}
    bad = counts.get(ApplicationState.UNDONE, 0) + counts.get(ApplicationState.FAILED, 0)
    return counts.get(ApplicationState.VERIFIED, 0), bad
