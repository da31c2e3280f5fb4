"""Canonical records: what a channel's product, order or stock level looks like to us.

A record is a JSON object with fixed field names; its values are kept as received (a price of `"10"` stays
`"10"`), because a rule judges them and a correction mends them. The structs are for code that wants types.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from core.model.verdicts import PlatformVerdict

Record = dict[str, Any]


class RecordKind(StrEnum):
    """What a record describes."""

    PRODUCT = "product"
    ORDER = "order"
    STOCK = "stock"


class SourceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record as a channel gave it.

    `version` orders what the platform says of one record: microseconds since the epoch (UTC) of its own
    modification time. A lower version never overwrites a higher one, whichever way it came.
    `raw` is the platform's own payload, so that a push changes only what a correction changed.
    `deleted` says that the platform no longer has it; `record` and `raw` are then empty.
    `verdicts` is all that the platform objects to in it, as told with the record; None where this answer does not
    say, so that what it said before stands.
    """

    kind: RecordKind
    external_id: str
    version: int
    record: Record = msgspec.field(default_factory=dict)
    raw: dict[str, Any] = msgspec.field(default_factory=dict)
    deleted: bool = False
    verdicts: tuple[PlatformVerdict, ...] | None = None


PRODUCT_FIELDS = (
    "sku", "external_id", "title", "description", "brand", "gtin", "mpn", "category", "product_type", "condition",
    "status", "price", "compare_at_price", "currency", "quantity", "images", "weight", "dimensions", "attributes",
    "tags", "options", "variants", "bullets", "handle", "tax_class", "warranty_months", "lead_time_days", "shipping",
    "policies", "brand_registered", "locale", "url", "updated_at",
)  # fmt: skip
ORDER_FIELDS = (
    "external_id", "number", "status", "placed_at", "updated_at", "currency", "total", "shipping_total", "tax_total",
    "buyer", "shipping_address", "billing_address", "lines", "shipments",
)  # fmt: skip
STOCK_FIELDS = ("sku", "external_id", "location", "quantity", "updated_at")
FIELDS: dict[RecordKind, tuple[str, ...]] = {
    RecordKind.PRODUCT: PRODUCT_FIELDS,
    RecordKind.ORDER: ORDER_FIELDS,
    RecordKind.STOCK: STOCK_FIELDS,
}


class Shipment(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel on its way. `lines` maps the platform's line id to a quantity; empty means all that is left."""

    carrier: str
    tracking_number: str
    tracking_url: str | None = None
    shipped_at: str | None = None
    lines: dict[str, int] = msgspec.field(default_factory=dict)
    notify_buyer: bool = True


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    """An order that will not be sent. `reason` is for people; `restock` gives what it held back to the stock."""

    reason: str = ""
    restock: bool = True
    notify_buyer: bool = True
