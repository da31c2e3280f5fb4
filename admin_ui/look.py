"""How the review queue is being looked at: its filters, its place and its way of listing, kept in the address."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from litestar import Request

from admin_ui.listed import filters_of
from core.store.listings.review import QueueFilters

VIEWS = ("grouped", "plain")
NARROWING = ("channel", "severity", "category", "pattern", "connection", "text")


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One way to look at the queue. `issue` is the chosen one, None where the first of the list is shown."""

    filters: QueueFilters
    view: str = "grouped"
    after: str | None = None
    issue: int | None = None

    @property
    def query(self) -> str:
        """Return the query string that brings this look back, without the chosen issue."""
        return urlencode(self.parts(issue=None))

    @property
    def narrowed(self) -> bool:
        """Tell whether a filter is set."""
        return any(getattr(self.filters, name) for name in NARROWING)

    def parts(self, **changes: Any) -> dict[str, Any]:
        """Return the parts of the query that differ from what stands without it."""
        filters = {name: getattr(self.filters, name) for name in ("sort", *NARROWING)}
        known = {"view": self.view, **filters, "after": self.after, "issue": self.issue, **changes}
        usual = {"view": "grouped", "sort": "benefit"}
        return {name: value for name, value in known.items() if value and usual.get(name) != value}

    def address(self, path: str = "/review", **changes: Any) -> str:
        """Return the address of this look with some parts changed; another list starts at its first page."""
        if "view" in changes:
            changes = {"after": None, "issue": None, **changes}
        query = urlencode(self.parts(**changes))
        return f"{path}?{query}" if query else path

    def cleared(self) -> str:
        """Return the address without any filter."""
        nothing: dict[str, Any] = dict.fromkeys(NARROWING)
        return self.address("/review", after=None, issue=None, **nothing)


def read(query: dict[str, str]) -> Look:
    """Read a look from the parts of an address; what is not understood counts as not given."""
    filters = filters_of(query, QueueFilters)
    issue = query.get("issue", "")
    view = query.get("view", "")
    return Look(
        filters=filters,
        view=view if view in VIEWS else "plain" if filters.pattern else "grouped",
        after=query.get("after") or None,
        issue=int(issue) if issue.isascii() and issue.isdigit() and len(issue) < 19 else None,
    )


def of_request(request: Request[Any, Any, Any]) -> Look:
    """Read the look that a request's own address names."""
    return read({name: str(value) for name, value in request.query_params.items()})


def of_address(address: str) -> Look:
    """Read the look that some address of the queue names."""
    return read(dict(parse_qsl(urlsplit(address).query)))
