"""Records as they are now, with their open issues counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.errors import NotFound
from core.model.issues import Severity
from core.model.records import Record, RecordKind
from core.store.listings.page import Page, bounded, from_cursor, paged
from core.store.listings.where import Condition, all_of, containing, if_given
from core.store.rows import from_json
from core.store.tables import Issue
from core.store.tables import Record as RecordTable


class RecordFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which records. `with_issues` keeps those that have (True) or have not (False) an open issue."""

    kind: RecordKind | None = None
    channel: str | None = None
    connection: int | None = None
    with_issues: bool | None = None
    text: str | None = None


class RecordItem(msgspec.Struct, frozen=True, kw_only=True):
    """A record in a list."""

    id: int
    kind: RecordKind
    external_id: str
    sku: str | None
    title: str | None
    channel: str
    connection_id: int
    connection_name: str
    open_issues: int
    checked_with: str | None
    updated_at: datetime


class RecordIssue(msgspec.Struct, frozen=True, kw_only=True):
    """An open issue of a record, in short."""

    issue_id: int
    severity: Severity
    rule: str
    field: str
    message: str


class RecordView(msgspec.Struct, frozen=True, kw_only=True):
    """A record's page: canonical, and the platform's own `payload` beside it."""

    item: RecordItem
    record: Record
    payload: dict[str, Any]
    source_version: int
    deleted_at: datetime | None
    issues: list[RecordIssue]


_COLUMNS = """
r.id, r.kind, r.external_id, r.sku, r.title, c.channel, r.connection AS connection_id, c.name AS connection_name,
  r.checked_with, r.updated_at,
  (SELECT COUNT(*) FROM issues i WHERE i.record = r.id AND i.state = 'open') AS open_issues
"""
_JOINED = "FROM records r JOIN connections c ON c.id = r.connection"
_RECORDS = f"SELECT {_COLUMNS} {_JOINED} WHERE r.deleted_at IS NULL AND {{}} ORDER BY r.id DESC LIMIT {{}}"
_ONE = f"SELECT {_COLUMNS}, r.record, r.payload, r.source_version, r.deleted_at {_JOINED} WHERE {{}}"
_ISSUES = """
SELECT i.id AS issue_id, i.severity, i.rule, i.field, i.message FROM issues i
WHERE i.record = {} AND i.state = 'open' ORDER BY i.severity, i.id
"""
_HAS_ISSUES = "EXISTS (SELECT 1 FROM issues i WHERE i.record = r.id AND i.state = 'open')"


async def records(
    scope: int | None, filters: RecordFilters | None = None, after: str | None = None, limit: int = 50
) -> Page[RecordItem]:
    """Return a page of the records which their channels still have, the newest first."""
    limit = bounded(limit)
    wanted = filters or RecordFilters()
    key = from_cursor(after, tuple[int])
    beyond = None if key is None else QueryString("r.id < {}", *key)
    where = all_of((*_matching(scope, wanted), beyond))
    rows = await RecordTable.raw(_RECORDS, where, limit + 1)
    page, following = paged(rows, limit, lambda row: (row["id"],))
    return Page(items=[_item(row) for row in page], next=following)


async def one(scope: int | None, record_id: int) -> RecordView:
    """Return a record's page. NotFound outside the scope."""
    where = all_of((QueryString("r.id = {}", record_id), if_given("r.merchant = {}", scope)))
    rows = await RecordTable.raw(_ONE, where)
    if not rows:
        raise NotFound(f"There is no record {record_id}.")
    row = rows[0]
    return RecordView(
        item=_item(row),
        record=from_json(row["record"]),
        payload=from_json(row["payload"]),
        source_version=row["source_version"],
        deleted_at=row["deleted_at"],
        issues=msgspec.convert(await Issue.raw(_ISSUES, record_id), list[RecordIssue]),
    )


def _item(row: dict[str, Any]) -> RecordItem:
    """Read an item; of what it was checked with only pack, version and day are for people."""
    edition = None if row["checked_with"] is None else row["checked_with"].partition("#")[0]
    return msgspec.convert(row | {"checked_with": edition}, RecordItem)


def _matching(scope: int | None, filters: RecordFilters) -> tuple[Condition, ...]:
    has_issues = QueryString(_HAS_ISSUES if filters.with_issues else f"NOT {_HAS_ISSUES}")
    return (
        if_given("r.merchant = {}", scope),
        if_given("r.kind = {}", filters.kind),
        if_given("c.channel = {}", filters.channel),
        if_given("r.connection = {}", filters.connection),
        None if filters.with_issues is None else has_issues,
        containing(("r.title", "r.sku", "r.external_id"), filters.text),
    )
