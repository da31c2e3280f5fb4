"""The canonical fields as a tree, so that a rule on a field that does not exist is refused and not silent."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from core.corrections.paths import Segment, parse
from core.model.records import FIELDS, RecordKind

FREE: dict[str, Any] = {}
FREE["*"] = FREE
_ADDRESS = dict.fromkeys(
    ("name", "company", "line1", "line2", "city", "region", "postal_code", "country", "phone", "email")
)
_WEIGHT = dict.fromkeys(("value", "unit"))
_VARIANT: dict[str, Any] = {
    **dict.fromkeys(("sku", "external_id", "gtin", "mpn", "title", "price", "compare_at_price", "quantity", "status")),
    "options": FREE,
    "weight": _WEIGHT,
    "attributes": FREE,
}
_BRANCHES: dict[RecordKind, dict[str, Any]] = {
    RecordKind.PRODUCT: {
        "images": dict.fromkeys(("url", "alt", "width", "height", "bytes", "format", "external_id", "redirects")),
        "weight": _WEIGHT,
        "dimensions": dict.fromkeys(("length", "width", "height", "unit")),
        "attributes": FREE,
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
            ("sku", "title", "quantity", "unit_price", "external_id", "total", "product_id", "variant_id", "status")
        )
        | {"attributes": FREE},
        "attributes": FREE,
        "shipments": dict.fromkeys(("carrier", "tracking_number", "tracking_url", "shipped_at")),
    },
    RecordKind.STOCK: {"attributes": FREE},
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


_CONTAINERS = frozenset(
    {"images", "tags", "bullets", "options", "variants", "lines", "shipments", "values", "methods", "countries"}
)
_AMOUNTS = frozenset(
    {"price", "compare_at_price", "value", "length", "total", "shipping_total", "tax_total", "unit_price"}
)
_NUMBERS = frozenset({"quantity", "warranty_months", "lead_time_days", "bytes"})
_FLAGS = frozenset({"brand_registered", "redirects"})
_SIDES = frozenset({"width", "height"})


class Nature(StrEnum):
    """What a field usually holds. `amount` is a number, as JSON has it or written as text; `free` may be anything."""

    TEXT = "text"
    NUMBER = "number"
    AMOUNT = "amount"
    FREE = "free"


def nature(kind: RecordKind, names: tuple[str, ...]) -> Nature:
    """Return what a field holds by its nature; `[]` in `names` stands for the items of a list."""
    tree: Any = {**dict.fromkeys(FIELDS[kind]), **_BRANCHES[kind]}
    for place, name in enumerate(names):
        if name == "[]":
            continue
        if tree is None or name not in tree:
            return Nature.FREE
        tree = tree[name]
        if tree is None and name in _CONTAINERS and names[place + 1 : place + 2] != ("[]",):
            return Nature.FREE
    if tree is not None or names[-1] in _FLAGS:
        return Nature.FREE
    if names[-1] in _NUMBERS or (names[0] == "images" and names[-1] in _SIDES):
        return Nature.NUMBER
    return Nature.AMOUNT if names[-1] in _AMOUNTS or names[-1] in _SIDES else Nature.TEXT


def walked(parts: tuple[Segment, ...]) -> tuple[str, ...]:
    """Return the names up to the last list that the pattern walks, each list marked: `variants[]`."""
    last = max((place for place, (_, each) in enumerate(parts) if each), default=-1)
    return tuple(f"{name}[]" if each else name for name, each in parts[: last + 1])
