"""Closed issues and how each of them ended, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.model.corrections import Change
from core.model.issues import IssueState, Resolution, Severity
from core.store.listings.corrections import changes_of
from core.store.listings.page import Page, bounded, from_cursor, paged
from core.store.listings.where import all_of, as_uuid, containing, if_given, one_of
from core.store.tables import Application, CorrectionDecision, Issue


class HistoryFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which closed issues."""

    channel: str | None = None
    resolution: Resolution | None = None
    pattern: str | None = None
    connection: int | None = None
    text: str | None = None


class HistoryItem(msgspec.Struct, frozen=True, kw_only=True):
    """A closed issue and how it ended. `decided_by` is None where no person decided."""

    issue_id: int
    severity: Severity
    channel: str
    connection_id: int
    connection_name: str
    record_id: int
    record_title: str | None
    sku: str | None
    field: str
    message: str
    state: IssueState
    resolution: Resolution | None
    decided_by: str | None
    changes: tuple[Change, ...]
    application_id: int | None
    pattern_id: str
    opened_at: datetime
    closed_at: datetime


_CLOSED = """
SELECT i.id AS issue_id, i.severity, i.channel, i.connection AS connection_id, c.name AS connection_name,
  i.record AS record_id, r.title AS record_title, r.sku, i.field, i.message, i.state, i.resolution,
  i.pattern AS pattern_id, i.opened_at, i.closed_at
FROM issues i JOIN records r ON r.id = i.record JOIN connections c ON c.id = i.connection
WHERE i.closed_at IS NOT NULL AND {} ORDER BY i.closed_at DESC, i.id DESC LIMIT {}
"""
_DECIDED = """
SELECT issue, decided_by FROM correction_decisions WHERE revoked_at IS NULL AND issue IN {} ORDER BY sequence
"""
_APPLIED = "SELECT id, issue, changes FROM applications WHERE issue IN {} ORDER BY id"


async def history(
    scope: int | None, filters: HistoryFilters, after: str | None = None, limit: int = 50
) -> Page[HistoryItem]:
    """Return a page of closed issues, the last closed first."""
    limit = bounded(limit)
    key = from_cursor(after, tuple[datetime, int])
    where = all_of(
        (
            if_given("i.merchant = {}", scope),
            if_given("i.channel = {}", filters.channel),
            if_given("i.resolution = {}", filters.resolution),
            if_given("i.pattern = {}", as_uuid(filters.pattern, "pattern") if filters.pattern else None),
            if_given("i.connection = {}", filters.connection),
            containing(("r.title", "r.sku", "i.message"), filters.text),
            None if key is None else QueryString("(i.closed_at, i.id) < ({}, {})", *key),
        )
    )
    rows = await Issue.raw(_CLOSED, where, limit + 1)
    page, following = paged(rows, limit, lambda row: (row["closed_at"], row["issue_id"]))
    issues = one_of([row["issue_id"] for row in page])
    people = {row["issue"]: row["decided_by"] for row in await CorrectionDecision.raw(_DECIDED, issues)}
    applied = {row["issue"]: row for row in await Application.raw(_APPLIED, issues)}
    return Page(items=[_closed(row, people, applied.get(row["issue_id"])) for row in page], next=following)


def _closed(row: dict[str, Any], people: dict[int, str], applied: dict[str, Any] | None) -> HistoryItem:
    read = {
        "pattern_id": str(row["pattern_id"]),
        "decided_by": people.get(row["issue_id"]),
        "changes": () if applied is None else changes_of(applied["changes"]),
        "application_id": None if applied is None else applied["id"],
    }
    return msgspec.convert(row | read, HistoryItem)
