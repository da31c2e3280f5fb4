"""The review queue: open issues one by one or grouped by their cause."""

from __future__ import annotations

from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.model.corrections import Safety, Source
from core.model.issues import Category, Severity
from core.store.listings.corrections import changes_of, program_of, sentence_of
from core.store.listings.page import Page, bounded, from_cursor, paged
from core.store.listings.where import all_of, as_uuid, containing, if_given, one_of
from core.store.rows import from_json
from core.store.tables import Issue, Suggestion


class Sort(StrEnum):
    """The order of the queue: what pays most first, or by age."""

    BENEFIT = "benefit"
    NEWEST = "newest"
    OLDEST = "oldest"


class QueueFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which open issues, in which order. `text` looks into title, SKU and message."""

    sort: Sort = Sort.BENEFIT
    channel: str | None = None
    severity: Severity | None = None
    category: Category | None = None
    pattern: str | None = None
    connection: int | None = None
    text: str | None = None


class BestSuggestion(msgspec.Struct, frozen=True, kw_only=True):
    """The first-ranked suggestion of an issue, with its first change's before and after; `count` counts all of them."""

    id: int
    before: Any
    after: Any
    source: Source
    confidence: float
    safety: Safety
    sentence: str
    count: int


class QueueItem(msgspec.Struct, frozen=True, kw_only=True):
    """One open issue with what a reviewer needs to decide at a glance."""

    issue_id: int
    severity: Severity
    category: Category
    channel: str
    connection_id: int
    connection_name: str
    record_id: int
    record_title: str | None
    sku: str | None
    field: str
    message: str
    rule: str
    pack: str
    actual: Any
    suggestion: BestSuggestion | None
    pattern_id: str
    opened_at: datetime
    benefit: float


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers beside the navigation: open issues, automatic corrections of today, open alerts, failed pushes.

    `to_check` counts what was drawn from the automatic ones for a person to check.
    """

    pending: int
    auto_today: int
    alerts: int
    failed: int
    to_check: int


_ITEMS = """
SELECT i.id AS issue_id, i.severity, i.category, i.channel, i.connection AS connection_id, c.name AS connection_name,
  i.record AS record_id, r.title AS record_title, r.sku, i.field, i.message, i.rule, i.pack, i.actual,
  i.pattern AS pattern_id, i.opened_at, i.benefit
FROM issues i JOIN records r ON r.id = i.record JOIN connections c ON c.id = i.connection
WHERE i.state = 'open' AND {} AND {} ORDER BY
"""
_ORDERS = {Sort.BENEFIT: "i.benefit DESC, i.id DESC", Sort.NEWEST: "i.id DESC", Sort.OLDEST: "i.id"}
_MATCHING = "FROM issues i JOIN records r ON r.id = i.record WHERE i.state = 'open' AND {}"
_TOTAL = f"SELECT COUNT(*) AS n {_MATCHING}"
_TOTAL_WITHOUT_RECORDS = "SELECT COUNT(*) AS n FROM issues i WHERE i.state = 'open' AND {}"
_COUNTS = """
SELECT
  (SELECT COUNT(*) FROM issues i WHERE i.state = 'open' AND {}) AS pending,
  (SELECT COUNT(*) FROM applications a WHERE a.is_automatic = {} AND a.created_at >= {} AND {}) AS auto_today,
  (SELECT COUNT(*) FROM alerts l WHERE l.closed_at IS NULL AND {}) AS alerts,
  (SELECT COUNT(*) FROM applications a JOIN issues i ON i.id = a.issue
   WHERE a.state = 'failed' AND i.closed_at IS NULL AND {}) AS failed,
  (SELECT COUNT(*) FROM applications a
   WHERE a.is_sampled AND a.audit_verdict IS NULL AND a.state = 'verified' AND {}) AS to_check
"""


async def queue(scope: int | None, filters: QueueFilters, after: str | None = None, limit: int = 50) -> Page[QueueItem]:
    """Return a page of open issues in the filters' order; `total` is counted on the first page."""
    limit = bounded(limit)
    where = matching(scope, filters)
    key = from_cursor(after, tuple[float, int])
    beyond = QueryString("1 = 1") if key is None else _beyond(filters.sort, *key)
    sql = _ITEMS + _ORDERS[filters.sort] + " LIMIT {}"
    rows = await Issue.raw(sql, where, beyond, limit + 1)
    page, following = paged(rows, limit, lambda row: (row["benefit"], row["issue_id"]))
    best = await _best_suggestions([row["issue_id"] for row in page])
    total = None if after else await _total(filters, where)
    return Page(items=[_item(row, best.get(row["issue_id"])) for row in page], next=following, total=total)


async def next_after(scope: int | None, issue_id: int, filters: QueueFilters) -> int | None:
    """Return the issue that follows in this queue, from the top again after the last; None when no other is left."""
    here = await Issue.select(Issue.benefit).where(Issue.id == issue_id).first()
    where = matching(scope, filters)
    others = QueryString("i.id <> {}", issue_id)
    sql = f"SELECT i.id {_MATCHING} AND {{}} ORDER BY {_ORDERS[filters.sort]} LIMIT 1"
    rows: list[dict[str, Any]] = []
    if here is not None:
        rows = await Issue.raw(sql, where, _beyond(filters.sort, here["benefit"], issue_id))
    rows = rows or await Issue.raw(sql, where, others)
    return rows[0]["id"] if rows else None


async def counts(scope: int | None, now: datetime | None = None) -> Counts:
    """Return the numbers beside the navigation; the day begins at midnight UTC."""
    midnight = datetime.combine((now or datetime.now(UTC)).date(), time(), UTC)
    i, a, alert = (all_of([if_given(f"{table}.merchant = {{}}", scope)]) for table in "ial")
    rows = await Issue.raw(_COUNTS, i, True, midnight, a, alert, i, a)
    return msgspec.convert(rows[0], Counts)


def matching(scope: int | None, filters: QueueFilters) -> QueryString:
    """Return the condition of a scope and filters on `issues i` and `records r`."""
    pattern = as_uuid(filters.pattern, "pattern") if filters.pattern else None
    return all_of(
        (
            if_given("i.merchant = {}", scope),
            if_given("i.channel = {}", filters.channel),
            if_given("i.severity = {}", filters.severity),
            if_given("i.category = {}", filters.category),
            if_given("i.pattern = {}", pattern),
            if_given("i.connection = {}", filters.connection),
            containing(("r.title", "r.sku", "i.message"), filters.text),
        )
    )


async def _total(filters: QueueFilters, where: QueryString) -> int:
    """Count what matches; records are looked into only where a text is looked for."""
    rows = await Issue.raw(_TOTAL if filters.text else _TOTAL_WITHOUT_RECORDS, where)
    return int(rows[0]["n"])


def _beyond(sort: Sort, benefit: float, issue_id: int) -> QueryString:
    if sort is Sort.BENEFIT:
        return QueryString("(i.benefit, i.id) < ({}, {})", benefit, issue_id)
    return QueryString("i.id < {}" if sort is Sort.NEWEST else "i.id > {}", issue_id)


async def _best_suggestions(issues: list[int]) -> dict[int, BestSuggestion]:
    rows = await Suggestion.raw("SELECT * FROM suggestions WHERE issue IN {} ORDER BY issue, rank", one_of(issues))
    best: dict[int, BestSuggestion] = {}
    for row in rows:
        first = best.get(row["issue"])
        best[row["issue"]] = msgspec.structs.replace(first, count=first.count + 1) if first else _suggestion(row)
    return best


def _suggestion(row: dict[str, Any]) -> BestSuggestion:
    changes = changes_of(row["changes"])
    return BestSuggestion(
        id=row["id"],
        before=changes[0].before if changes else None,
        after=changes[0].after if changes else None,
        source=Source(row["source"]),
        confidence=row["confidence"],
        safety=Safety(row["safety"]),
        sentence=sentence_of(program_of(row["program"])),
        count=1,
    )


def _item(row: dict[str, Any], suggestion: BestSuggestion | None) -> QueueItem:
    read = {
        "actual": from_json(row["actual"]),
        "pattern_id": str(row["pattern_id"]),
        "suggestion": suggestion,
    }
    return msgspec.convert(row | read, QueueItem)
