"""Read orders, all that changed or one, and ship them with their tracking numbers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from marketwright import Connection, Malformed, NotFound, Page, Record, RecordKind, SourceRecord
from plugins.woocommerce import wire
from plugins.woocommerce.client import Store, open_store
from plugins.woocommerce.pages import walk_with_trash
from plugins.woocommerce.wire import Json, objects

OWN_TRACKING = "_marketwright_shipments"
"""Where we keep a shipment with an order when no tracking extension does: core shows its fulfilments elsewhere."""
_TRACKING = ("_wc_shipment_tracking_items", OWN_TRACKING)


async def pull(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
    """Yield the orders changed since the cursor, then those put in the trash since."""
    store = open_store(connection)
    async for batch in walk_with_trash(store, "/orders", cursor):
        yield Page(records=tuple(source(item) for item in batch.items), cursor=batch.cursor, total=batch.total)


async def pull_one(connection: Connection, external_id: str) -> SourceRecord:
    """Read one order afresh."""
    return await fetch(open_store(connection), external_id)


async def fetch(store: Store, external_id: str) -> SourceRecord:
    """Return an order as the store has it now. Raise `NotFound` where it has none."""
    if not external_id.isdigit():
        raise NotFound("A WooCommerce order id is a number.")
    return source(await store.get_object(f"/orders/{external_id}"))


def source(raw: Json) -> SourceRecord:
    """Return the record of an order; one in the trash counts as deleted."""
    identity = raw.get("id")
    if not isinstance(identity, int):
        raise Malformed("An order should have a number as its id.", where="id")
    version = wire.microseconds(raw.get("date_modified_gmt") or raw.get("date_created_gmt")) or 0
    if raw.get("status") == "trash":
        return SourceRecord(kind=RecordKind.ORDER, external_id=str(identity), version=version, deleted=True)
    return SourceRecord(kind=RecordKind.ORDER, external_id=str(identity), version=version, record=record(raw), raw=raw)


def record(raw: Json) -> Record:
    """Return the canonical order. Amounts are as the store gives them: tax is apart, and in the total."""
    billing = _object(raw, "billing")
    return {
        "external_id": str(raw["id"]),
        "number": raw.get("number"),
        "status": raw.get("status"),
        "placed_at": wire.with_zone(raw.get("date_created_gmt")),
        "updated_at": wire.with_zone(raw.get("date_modified_gmt")),
        "currency": raw.get("currency"),
        "total": raw.get("total"),
        "shipping_total": raw.get("shipping_total"),
        "tax_total": raw.get("total_tax"),
        "buyer": {"name": _name(billing), "email": billing.get("email"), "phone": billing.get("phone")},
        "shipping_address": _address(_object(raw, "shipping")),
        "billing_address": _address(billing),
        "lines": [_line(item) for item in _list(raw, "line_items")],
        "shipments": [_shipment(item) for item in _tracking(raw)],
    }


def _line(item: Json) -> Record:
    """Return one line. `price` is a bare number, after discounts and without tax, as the store computes it."""
    return {
        "external_id": str(item.get("id", "")),
        "sku": item.get("sku"),
        "title": item.get("name"),
        "quantity": item.get("quantity"),
        "unit_price": item.get("price"),
        "total": item.get("total"),
        "product_id": str(item.get("product_id") or ""),
        "variant_id": str(item.get("variation_id") or ""),
    }


def _address(theirs: Json) -> Record | None:
    """Return an address, or None where the store has none: digital orders leave every field empty."""
    if not any(value for name, value in theirs.items() if name != "country"):
        return None
    return {
        "name": _name(theirs),
        "company": theirs.get("company"),
        "line1": theirs.get("address_1"),
        "line2": theirs.get("address_2"),
        "city": theirs.get("city"),
        "region": theirs.get("state"),
        "postal_code": theirs.get("postcode"),
        "country": theirs.get("country"),
    }


def _name(theirs: Json) -> str:
    return " ".join(str(theirs.get(part) or "") for part in ("first_name", "last_name")).strip()


def _tracking(raw: Json) -> list[Json]:
    """Return the shipments that a tracking extension, or we, keep with the order's meta data."""
    return [
        item
        for meta in _list(raw, "meta_data")
        if meta.get("key") in _TRACKING and isinstance(meta.get("value"), list)
        for item in objects(meta["value"])
    ]


def _shipment(item: Json) -> Record:
    return {
        "carrier": item.get("tracking_provider") or item.get("custom_tracking_provider"),
        "tracking_number": item.get("tracking_number"),
        "tracking_url": item.get("custom_tracking_link") or item.get("tracking_link") or None,
        "shipped_at": item.get("date_shipped"),
    }


def _object(raw: Json, name: str) -> Json:
    value = raw.get(name)
    return value if isinstance(value, dict) else {}


def _list(raw: Json, name: str) -> list[Json]:
    value = raw.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
