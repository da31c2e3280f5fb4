"""The audit sample as reviewers are asked about it: what applied itself, was drawn by chance, and nobody checked."""

from __future__ import annotations

from piccolo.querystring import QueryString

from core.store.listings.applications import APPLICATIONS, ApplicationItem, application
from core.store.listings.page import Page, bounded, from_cursor, paged
from core.store.listings.where import all_of, if_given
from core.store.tables import Application

_OPEN = "a.is_sampled AND a.audit_verdict IS NULL AND a.state = 'verified'"
_COUNT = "SELECT COUNT(*) AS n FROM applications a WHERE {} AND {}"


async def to_check(scope: int | None, after: str | None = None, limit: int = 50) -> Page[ApplicationItem]:
    """Return a page of what is to be checked, oldest first."""
    limit = bounded(limit)
    key = from_cursor(after, tuple[int])
    where = all_of(
        (
            QueryString(_OPEN),
            if_given("a.merchant = {}", scope),
            None if key is None else QueryString("a.id > {}", *key),
        )
    )
    rows = await Application.raw(f"{APPLICATIONS} WHERE {{}} ORDER BY a.id LIMIT {{}}", where, limit + 1)
    page, following = paged(rows, limit, lambda row: (row["id"],))
    return Page(items=[application(row) for row in page], next=following)


async def count(scope: int | None) -> int:
    """Return how many are to be checked."""
    rows = await Application.raw(_COUNT, QueryString(_OPEN), all_of([if_given("a.merchant = {}", scope)]))
    return int(rows[0]["n"])
