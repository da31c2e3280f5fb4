"""Undos of many: how far they are, and what became of each of their corrections."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.errors import NotFound
from core.model.corrections import ApplicationState, Change, UndoScope, UndoState
from core.store.listings.corrections import changes_of
from core.store.listings.page import Page, bounded, from_cursor, paged
from core.store.listings.where import all_of, if_given, one_of
from core.store.rows import from_json
from core.store.tables import Undo, UndoItem


class UndoSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One undo of `size` corrections with what became of them; `finished_at` is None while some are under way."""

    id: int
    scope: UndoScope
    size: int
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    waiting: int = 0
    undoing: int = 0
    undone: int = 0
    edited: int = 0
    failed: int = 0
    kept: int = 0

    @property
    def settled(self) -> int:
        """Return how many have their outcome."""
        return self.size - self.waiting - self.undoing


class UndoneItem(msgspec.Struct, frozen=True, kw_only=True):
    """One correction of an undo."""

    application_id: int
    issue_id: int
    record_title: str | None
    sku: str | None
    state: UndoState
    application_state: ApplicationState
    changes: tuple[Change, ...]
    message: str | None
    settled_at: datetime | None


class UndoView(msgspec.Struct, frozen=True, kw_only=True):
    """An undo's page: what needs a person first."""

    undo: UndoSummary
    items: Page[UndoneItem]


_UNDOS = "SELECT id, scope, size, asked_by, asked_at, finished_at FROM undos u WHERE {} ORDER BY u.id DESC LIMIT {}"
_TALLY = "SELECT undo, state, COUNT(*) AS n FROM undo_items WHERE undo IN {} GROUP BY undo, state"
_BEYOND = "(CASE i.state WHEN 'edited' THEN 0 WHEN 'failed' THEN 1 ELSE 2 END, i.id) > ({}, {})"
_ITEMS = """
SELECT i.id, CASE i.state WHEN 'edited' THEN 0 WHEN 'failed' THEN 1 ELSE 2 END AS rank,
  i.application AS application_id, a.issue AS issue_id, r.title AS record_title, r.sku,
  i.state, a.state AS application_state, a.changes, i.message, i.settled_at
FROM undo_items i JOIN applications a ON a.id = i.application JOIN records r ON r.id = a.record
WHERE {} ORDER BY CASE i.state WHEN 'edited' THEN 0 WHEN 'failed' THEN 1 ELSE 2 END, i.id LIMIT {}
"""


async def undos(scope: int | None, after: str | None = None, limit: int = 50) -> Page[UndoSummary]:
    """Return a page of undos, newest first."""
    limit = bounded(limit)
    key = from_cursor(after, tuple[int])
    beyond = None if key is None else QueryString("u.id < {}", *key)
    rows = await Undo.raw(_UNDOS, all_of((if_given("u.merchant = {}", scope), beyond)), limit + 1)
    page, following = paged(rows, limit, lambda row: (row["id"],))
    return Page(items=await _summaries(page), next=following)


async def one(scope: int | None, undo_id: int, after: str | None = None, limit: int = 50) -> UndoView:
    """Return an undo's page, `after` being the cursor of its corrections. NotFound outside the scope."""
    rows = await Undo.raw(_UNDOS, all_of((if_given("u.merchant = {}", scope), QueryString("u.id = {}", undo_id))), 1)
    if not rows:
        raise NotFound("There is no such undo.")
    limit = bounded(limit)
    key = from_cursor(after, tuple[int, int])
    beyond = None if key is None else QueryString(_BEYOND, *key)
    items = await UndoItem.raw(_ITEMS, all_of((QueryString("i.undo = {}", undo_id), beyond)), limit + 1)
    page, following = paged(items, limit, lambda row: (row["rank"], row["id"]))
    [undo] = await _summaries(rows)
    return UndoView(undo=undo, items=Page(items=[_item(row) for row in page], next=following))


async def _summaries(rows: list[dict[str, Any]]) -> list[UndoSummary]:
    counts: dict[int, dict[str, int]] = {}
    for row in await UndoItem.raw(_TALLY, one_of([row["id"] for row in rows])):
        counts.setdefault(row["undo"], {})[row["state"]] = row["n"]
    read = [row | {"scope": from_json(row["scope"])} | counts.get(row["id"], {}) for row in rows]
    return [msgspec.convert(row, UndoSummary) for row in read]


def _item(row: dict[str, Any]) -> UndoneItem:
    return msgspec.convert(row | {"changes": changes_of(row["changes"])}, UndoneItem)
