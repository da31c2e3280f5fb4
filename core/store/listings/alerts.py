"""What people should know, newest first."""

from __future__ import annotations

from datetime import datetime

import msgspec
from piccolo.querystring import QueryString

from core.store.listings.page import Page, bounded, from_cursor, paged
from core.store.listings.where import all_of, if_given
from core.store.tables import Alert


class AlertItem(msgspec.Struct, frozen=True, kw_only=True):
    """One alert. `connection_id` is None where it concerns the installation."""

    id: int
    merchant: int
    connection_id: int | None
    connection_name: str | None
    subject: str
    severity: str
    message: str
    created_at: datetime
    closed_at: datetime | None


_ALERTS = """
SELECT a.id, a.merchant, a.connection AS connection_id, c.name AS connection_name, a.subject, a.severity, a.message,
  a.created_at, a.closed_at
FROM alerts a LEFT JOIN connections c ON c.id = a.connection WHERE {} ORDER BY a.id DESC LIMIT {}
"""


async def alerts(
    scope: int | None, after: str | None = None, limit: int = 50, *, closed: bool = False
) -> Page[AlertItem]:
    """Return a page of open alerts, or of closed ones."""
    limit = bounded(limit)
    key = from_cursor(after, tuple[int])
    where = all_of(
        (
            if_given("a.merchant = {}", scope),
            QueryString("a.closed_at IS NOT NULL" if closed else "a.closed_at IS NULL"),
            None if key is None else QueryString("a.id < {}", *key),
        )
    )
    rows = await Alert.raw(_ALERTS, where, limit + 1)
    page, following = paged(rows, limit, lambda row: (row["id"],))
    return Page(items=msgspec.convert(page, list[AlertItem]), next=following)
