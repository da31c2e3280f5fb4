"""Applications: one correction carried out on one record."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from core.model.corrections import ApplicationState, Change, Program
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
    undone_by: str | None
    is_forced: bool


def _read(row: dict[str, Any]) -> ApplicationRow:
    values = {name: row[name] for name in ApplicationRow.__struct_fields__}
    for name in ("auto_rule", "decision", "pattern"):
        values[name] = None if row[name] is None else str(row[name])
    values["program"] = tuple(from_json(row["program"]))
    values["changes"] = tuple(msgspec.convert(from_json(row["changes"]), list[Change]))
    values["state"] = ApplicationState(row["state"])
    for name in ("is_automatic", "push", "is_forced"):
        values[name] = bool(row[name])
    return ApplicationRow(**values)


async def get(application_id: int) -> ApplicationRow | None:
    """Return one application."""
    row = await Application.select().where(Application.id == application_id).first()
    return None if row is None else _read(row)


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
) -> int:
    """Add a pending application and return its id. Without a decision it is automatic."""
    row = Application(
        merchant=merchant,
        connection=connection,
        record=record,
        issue=issue,
        pattern=uuid.UUID(pattern),
        auto_rule=None if auto_rule is None else uuid.UUID(auto_rule),
        decision=None if decision is None else uuid.UUID(decision),
        is_automatic=decision is None,
        is_sampled=is_sampled,
        push=push,
        program=to_json(program),
        program_hash=program_hash,
        changes=to_json(list(changes)),
        confidence=confidence,
        created_at=now,
    )
    rows = await Application.insert(row)
    return int(rows[0]["id"])


async def move(
    application_id: int, expected: ApplicationState, state: ApplicationState, now: datetime, **values: Any
) -> bool:
    """Move an application from one state to another, and tell whether this caller was the one who did."""
    stamps = {
        ApplicationState.PUSHED: Application.pushed_at,
        ApplicationState.VERIFIED: Application.verified_at,
        ApplicationState.UNDONE: Application.undone_at,
    }
    changes: dict[Any, Any] = {getattr(Application, name): value for name, value in values.items()}
    changes[Application.state] = state
    if state in stamps and stamps[state] not in changes:
        changes[stamps[state]] = now
    moved = (
        await Application.update(changes)
        .where((Application.id == application_id) & (Application.state == expected))
        .returning(Application.id)
    )
    return bool(moved)


async def postpone(application_id: int, due_at: datetime, error: str) -> None:
    """Leave an application for later and remember why."""
    await Application.update(
        {Application.attempts: Application.attempts + 1, Application.due_at: due_at, Application.error: error}
    ).where(Application.id == application_id)


async def due(now: datetime, limit: int = 500) -> list[tuple[int, ApplicationState]]:
    """Return applications that are not finished and due, oldest first."""
    query = Application.select(Application.id, Application.state).where(
        Application.state.is_in([str(state) for state in UNFINISHED])
        & (Application.due_at.is_null() | (Application.due_at <= now))
    )
    rows = await query.order_by(Application.id).limit(limit)
    return [(row["id"], ApplicationState(row["state"])) for row in rows]


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
