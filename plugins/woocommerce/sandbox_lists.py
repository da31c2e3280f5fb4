"""The twin's lists: paging, order and filters, with the headers and refusals of the real store."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from marketwright.testing import Answer, Request
from plugins.woocommerce.sandbox_save import Refusal, invalid
from plugins.woocommerce.sandbox_shapes import ZONE, Json, only
from plugins.woocommerce.sandbox_shop import Shop

_ORDERS = ("date", "id", "include", "title", "slug", "modified", "name")
_KEYS: dict[str, Callable[[Json], Any]] = {
    "id": lambda item: item["id"],
    "modified": lambda item: (item.get("date_modified") or "", item["id"]),
    "title": lambda item: item.get("name", ""),
    "name": lambda item: item.get("name", ""),
    "slug": lambda item: item.get("slug", ""),
}


def listed(shop: Shop, request: Request, items: Iterable[Json], show: Callable[[Json], Json]) -> Answer:
    """Answer one page of a list, filtered and sorted as asked: 10 newest first, if nothing is asked."""
    size, page = _number(request, "per_page", 10, 1, 100), _number(request, "page", 1, 1, 10**9)
    found = _sorted(shop, request, list(filter(_wanted(request), items)))
    offset = _number(request, "offset", (page - 1) * size, 0, 10**9)
    pages = -(-len(found) // size)
    chosen = [only(show(item), request.get("_fields")) for item in found[offset : offset + size]]
    totals = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
    headers = clock(shop) | ({} if shop.modes.strips_totals else totals)
    if page < pages:
        headers["Link"] = f'<{request.base_url}{request.path}?page={page + 1}>; rel="next"'
    return Answer(json=chosen, headers=headers)


def clock(shop: Shop) -> dict[str, str]:
    """Return the `Date` header by the shop's clock."""
    return {"Date": format_datetime(datetime.fromtimestamp(shop.now(), UTC), usegmt=True)}


def _number(request: Request, name: str, default: int, least: int, most: int) -> int:
    text = request.get(name)
    if not text:
        return default
    if not text.isdigit() or not least <= int(text) <= most:
        raise invalid(
            name,
            "rest_out_of_bounds",
            f"{name} must be between {least} (inclusive) and {most} (inclusive)",
        )
    return int(text)


def _sorted(shop: Shop, request: Request, items: list[Json]) -> list[Json]:
    by, order = request.get("orderby", "date"), request.get("order", "desc")
    if by not in _ORDERS or (by == "modified" and shop.modes.version < 10):
        raise invalid("orderby", "rest_not_in_enum", f"orderby is not one of {', '.join(_ORDERS)}.")
    key = _KEYS.get(by, lambda item: (item.get("date_created_gmt") or "", item["id"]))
    return sorted(items, key=key, reverse=order != "asc")


def _wanted(request: Request) -> Callable[[Json], bool]:
    """Return what says whether an item passes the filters. Without a status everything is shown but the trash."""
    status, after = request.get("status", "any"), request.get("modified_after")
    ids = [part for text in request.values("include") for part in text.split(",")]
    skus, search = request.get("sku"), request.get("search").casefold()

    def passes(item: Json) -> bool:
        if "status" in item and not (item["status"] != "trash" if status == "any" else item["status"] == status):
            return False
        if after and not _is_after(request, item, after):
            return False
        if (ids and str(item["id"]) not in ids) or (skus and item.get("sku") not in skus.split(",")):
            return False
        return not search or search in html.unescape(item.get("name", "")).casefold()

    return passes


def _is_after(request: Request, item: Json, after: str) -> bool:
    """Compare modification times; without `dates_are_gmt` the time asked for is the shop's own."""
    wanted = datetime.fromisoformat(after.removesuffix("Z")).replace(tzinfo=UTC).timestamp()
    if request.get("dates_are_gmt") not in {"true", "1"}:
        wanted -= ZONE
    moved = item.get("date_modified_gmt") or item.get("date_created_gmt") or "1970-01-01T00:00:00"
    return datetime.fromisoformat(moved).replace(tzinfo=UTC).timestamp() > wanted


def body_of(request: Request) -> Json:
    """Return a JSON body. A body of another type is ignored; broken JSON is refused."""
    if "json" not in request.headers.get("content-type", ""):
        return {}
    try:
        sent = request.json()
    except ValueError as error:
        raise Refusal(
            400, "rest_invalid_json", "Invalid JSON body passed.", json_error_code=4, json_error_message="Syntax error"
        ) from error
    return sent if isinstance(sent, dict) else {}
