"""The fields of a product that other fields may determine, as flat short texts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

LONGEST = 80
MOST_ATTRIBUTES = 12
TEXTS = ("brand", "category", "condition", "currency", "gtin", "mpn", "product_type", "sku", "tax_class", "title")
NUMBERS = ("lead_time_days", "warranty_months")
INSIDE = {"weight": ("value", "unit"), "dimensions": ("unit",)}


def columns_of(record: Mapping[str, Any], doubted: Collection[str] = ()) -> dict[str, str]:
    """Return a product's columns by field path, without fields that are `doubted`; prices and stock are none."""
    found = {name: text for name in TEXTS if name not in doubted and (text := _text(record.get(name)))}
    for name in NUMBERS:
        value = record.get(name)
        if name not in doubted and isinstance(value, int) and not isinstance(value, bool):
            found[name] = str(value)
    for name, parts in INSIDE.items():
        held = record.get(name)
        if name not in doubted and isinstance(held, dict):
            found |= {f"{name}.{part}": text for part in parts if (text := _text(held.get(part)))}
    attributes = record.get("attributes")
    if "attributes" not in doubted and isinstance(attributes, dict):
        plain = sorted((str(key), text) for key, value in attributes.items() if (text := _text(value)))
        found |= {f"attributes.{key}": text for key, text in plain[:MOST_ATTRIBUTES] if "." not in key and key}
    return found


def written(field: str, text: str) -> str | int:
    """Return a column's text as the JSON value that stands in the field."""
    return int(text) if field in NUMBERS and text.isascii() and text.isdigit() and len(text) < 10 else text


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) and len(value) <= LONGEST and value.isprintable() else ""
