"""The canonical fields as a tree, so that a rule on a field that does not exist is refused and not silent."""

from __future__ import annotations

from typing import Any

from core.corrections.paths import Segment, parse
from core.model.records import FIELDS, RecordKind

FREE: dict[str, Any] = {"*": None}
ATTRIBUTES: dict[str, Any] = {}
ATTRIBUTES["*"] = ATTRIBUTES  # platforms nest theirs: attributes.battery.weight.unit
_ADDRESS = dict.fromkeys(
    ("name", "company", "line1", "line2", "city", "region", "postal_code", "country", "phone", "email")
)
_WEIGHT = dict.fromkeys(("value", "unit"))
_VARIANT: dict[str, Any] = {
    **dict.fromkeys(("sku", "external_id", "gtin", "mpn", "title", "price", "compare_at_price", "quantity", "status")),
    "options": FREE,
    "weight": _WEIGHT,
    "attributes": ATTRIBUTES,
}
_BRANCHES: dict[RecordKind, dict[str, Any]] = {
    RecordKind.PRODUCT: {
        "images": dict.fromkeys(("url", "alt", "width", "height", "bytes", "format", "external_id", "redirects")),
        "weight": _WEIGHT,
        "dimensions": dict.fromkeys(("length", "width", "height", "unit")),
        "attributes": ATTRIBUTES,
        "options": {"name": None, "values": None},
        "variants": _VARIANT,
        "shipping": {"methods": None, "countries": None, "*": None},
        "policies": dict.fromkeys(("return", "payment", "shipping")),
    },
    RecordKind.ORDER: {
        "buyer": dict.fromkeys(("name", "email", "phone")),
        "shipping_address": _ADDRESS,
        "billing_address": _ADDRESS,
        "lines": dict.fromkeys(
            ("sku", "title", "quantity", "unit_price", "external_id", "total", "product_id", "variant_id")
        ),
        "attributes": ATTRIBUTES,
        "shipments": dict.fromkeys(("carrier", "tracking_number", "tracking_url", "shipped_at")),
    },
    RecordKind.STOCK: {},
}


def known(kind: RecordKind, pattern: str) -> tuple[Segment, ...]:
    """Return the parts of a field pattern; ValueError where the kind of record has no such field."""
    parts = parse(pattern)
    tree: dict[str, Any] | None = {**dict.fromkeys(FIELDS[kind]), **_BRANCHES[kind]}
    for name, _ in parts:
        if tree is None or (name not in tree and "*" not in tree):
            raise ValueError(f"a {kind} has no field {pattern}")
        tree = tree.get(name) if name in tree else tree["*"]
    return parts


def walked(parts: tuple[Segment, ...]) -> tuple[str, ...]:
    """Return the names up to the last list that the pattern walks, each list marked: `variants[]`."""
    last = max((place for place, (_, each) in enumerate(parts) if each), default=-1)
    return tuple(f"{name}[]" if each else name for name, each in parts[: last + 1])
