"""Undos: many corrections taken back at once, each with what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.model.corrections import UndoScope, UndoState
from core.privacy import redact
from core.store.listings.where import all_of, if_given, one_of
from core.store.rows import from_json, to_json
from core.store.tables import Application, Undo, UndoItem

AT_ONCE = 1000
BEGUN = (UndoState.WAITING, UndoState.UNDOING)
SETTLED = {
    UndoState.UNDONE: (*BEGUN, UndoState.EDITED, UndoState.FAILED, UndoState.KEPT),
    UndoState.EDITED: BEGUN,
    UndoState.FAILED: BEGUN,
    UndoState.KEPT: (UndoState.EDITED, UndoState.FAILED),
}
"""Which states each outcome may take the place of."""


class UndoRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored undo. `merchant` is 0 where it takes back what was done for several."""

    id: int
    merchant: int
    scope: UndoScope
    digest: str
    size: int
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None


class Candidate(msgspec.Struct, frozen=True):
    """An application that may be taken back, with the merchant it was made for."""

    id: int
    merchant: int


def _read(row: dict[str, Any]) -> UndoRow:
    values = {name: row[name] for name in UndoRow.__struct_fields__}
    values["scope"] = msgspec.convert(from_json(row["scope"]), UndoScope)
    return UndoRow(**values)


async def get(undo_id: int) -> UndoRow | None:
    """Return one undo."""
    row = await Undo.select().where(Undo.id == undo_id).first()
    return None if row is None else _read(row)


async def candidates(
    merchant: int | None, scope: UndoScope, program: tuple[str, str] | None, last: int | None = None
) -> list[Candidate]:
    """Return the applications of a scope that can be undone, oldest first, none after the id `last`.

    `program` is the pattern and the program hash of the scope's rule.
    """
    where = all_of(
        (
            _of(scope, program),
            if_given("a.merchant = {}", merchant),
            if_given("a.id <= {}", last),
            QueryString("a.state IN ('pending', 'pushed', 'verified')"),
        )
    )
    rows = await Application.raw("SELECT a.id, a.merchant FROM applications a WHERE {} ORDER BY a.id", where)
    return [Candidate(row["id"], row["merchant"]) for row in rows]


async def is_known(merchant: int | None, scope: UndoScope) -> bool:
    """Tell whether a merchant has any application of a batch, whatever became of it."""
    where = all_of((_of(scope, None), if_given("a.merchant = {}", merchant)))
    return bool(await Application.raw("SELECT a.id FROM applications a WHERE {} LIMIT 1", where))


def _of(scope: UndoScope, program: tuple[str, str] | None) -> QueryString:
    if program is None:
        return QueryString("a.batch = {}", scope.batch)
    return all_of(
        (
            QueryString("a.pattern = {} AND a.program_hash = {}", uuid.UUID(program[0]), program[1]),
            if_given("a.created_at >= {}", scope.since),
            QueryString("a.is_automatic = {}", True) if scope.by_itself else None,
        )
    )


async def create(
    merchant: int, scope: UndoScope, digest: str, application_ids: Sequence[int], asked_by: str, now: datetime
) -> tuple[int, bool]:
    """Return an undo of exactly these applications, and whether it is new: an unfinished one of the list is used.

    Called inside a transaction.
    """
    made = await Undo.raw(
        "INSERT INTO undos (merchant, scope, digest, size, asked_by, asked_at) VALUES ({}, {}, {}, {}, {}, {})"
        " ON CONFLICT (digest) WHERE finished_at IS NULL DO NOTHING RETURNING id",
        merchant, to_json(scope), digest, len(application_ids), asked_by, now,
    )  # fmt: skip
    if not made:
        row = await Undo.select(Undo.id).where((Undo.digest == digest) & Undo.finished_at.is_null()).first()
        assert row is not None
        return int(row["id"]), False
    undo_id = int(made[0]["id"])
    for start in range(0, len(application_ids), AT_ONCE):
        part = application_ids[start : start + AT_ONCE]
        await UndoItem.insert(*(UndoItem(undo=undo_id, application=number) for number in part))
    return undo_id, True


async def waiting(undo_id: int, after: int, limit: int) -> list[tuple[int, int]]:
    """Return items of an undo that nobody has begun, as item and application, by key."""
    query = UndoItem.select(UndoItem.id, UndoItem.application).where(
        (UndoItem.undo == undo_id) & (UndoItem.state == UndoState.WAITING) & (UndoItem.id > after)
    )
    return [(row["id"], row["application"]) for row in await query.order_by(UndoItem.id).limit(limit)]


async def begun(item_id: int) -> None:
    """Remember that an item's correction is being put back."""
    await UndoItem.update({UndoItem.state: UndoState.UNDOING}).where(
        (UndoItem.id == item_id) & (UndoItem.state == UndoState.WAITING)
    )


async def settle(application_id: int, state: UndoState, now: datetime, message: str | None = None) -> list[int]:
    """Say in every undo that has this application what became of it, and return those undos."""
    changed = (
        await UndoItem.update(
            {
                UndoItem.state: state,
                UndoItem.message: None if message is None else redact(message),
                UndoItem.settled_at: now,
            }
        )
        .where((UndoItem.application == application_id) & UndoItem.state.is_in([str(one) for one in SETTLED[state]]))
        .returning(UndoItem.undo)
    )
    return [int(row["undo"]) for row in changed]


async def finish(undo_ids: Iterable[int], now: datetime) -> list[UndoRow]:
    """End those of these undos of which nothing is left to do, and return them."""
    wanted = list(undo_ids)
    if not wanted:
        return []
    rows = await Undo.raw(
        "UPDATE undos SET finished_at = {} WHERE id IN {} AND finished_at IS NULL AND NOT EXISTS (SELECT 1 FROM"
        " undo_items i WHERE i.undo = undos.id AND i.state IN ('waiting', 'undoing')) RETURNING undos.id",
        now, one_of(wanted),
    )  # fmt: skip
    found = [await get(int(row["id"])) for row in rows]
    return [one for one in found if one is not None]


async def unfinished() -> list[int]:
    """Return ids of undos that are not at their end, oldest first."""
    return [row["id"] for row in await Undo.select(Undo.id).where(Undo.finished_at.is_null()).order_by(Undo.id)]


async def tally(undo_id: int) -> dict[UndoState, int]:
    """Count the items of an undo by what became of them."""
    rows = await UndoItem.raw("SELECT state, count(*) AS n FROM undo_items WHERE undo = {} GROUP BY state", undo_id)
    counts = {row["state"]: int(row["n"]) for row in rows}
    return {state: counts.get(state, 0) for state in UndoState}
