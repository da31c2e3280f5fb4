"""The audit log, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.store.listings.page import Page, bounded, from_cursor, paged
from core.store.listings.where import all_of, if_given
from core.store.rows import from_json
from core.store.tables import AuditEntry


class AuditItem(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to which thing, and when."""

    id: int
    at: datetime
    merchant: int | None
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


class AuditFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries. `subject` is exact, as `issue:12`."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None


_ENTRIES = """
SELECT e.id, e.at, e.merchant, e.actor, e.action, e.subject, e.detail FROM audit_log e
WHERE {} ORDER BY e.id DESC LIMIT {}
"""


async def entries(
    scope: int | None, filters: AuditFilters | None = None, after: str | None = None, limit: int = 50
) -> Page[AuditItem]:
    """Return a page of the log. A merchant sees its own entries only."""
    limit = bounded(limit)
    wanted = filters or AuditFilters()
    key = from_cursor(after, tuple[int])
    where = all_of(
        (
            if_given("e.merchant = {}", scope),
            if_given("e.actor = {}", wanted.actor),
            if_given("e.action = {}", wanted.action),
            if_given("e.subject = {}", wanted.subject),
            None if key is None else QueryString("e.id < {}", *key),
        )
    )
    rows = await AuditEntry.raw(_ENTRIES, where, limit + 1)
    page, following = paged(rows, limit, lambda row: (row["id"],))
    items = [msgspec.convert(row | {"detail": from_json(row["detail"])}, AuditItem) for row in page]
    return Page(items=items, next=following)
