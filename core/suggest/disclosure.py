"""What a model may see of a record: an allow-list of product fields, with personal data taken out of their text."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Any

from core.corrections import paths
from core.model.records import Record, RecordKind
from core.privacy import is_secret_name
from core.suggest.masking import mask

ALLOWED = (
    "title", "description", "brand", "gtin", "mpn", "category", "product_type", "condition", "price",
    "compare_at_price", "currency", "weight", "dimensions", "attributes", "tags", "options", "variants", "bullets",
    "warranty_months", "locale",
)  # fmt: skip
"""Of a product. Stock levels, addresses of pages and images, policies and everything of the platform's stay here."""

ALLOWED_OF_VARIANT = (
    "title",
    "gtin",
    "mpn",
    "price",
    "compare_at_price",
    "weight",
    "dimensions",
    "options",
    "attributes",
)
CODES = ("gtin", "mpn", "price", "compare_at_price", "currency", "warranty_months", "locale")
"""Fields in which a short run of digits is what it says, and no phone number."""

OBJECTS = ("weight", "dimensions", "attributes", "options", "variants")
"""Fields that hold objects: no answer has a place for one, so that a call would be for nothing."""

LONGEST_TEXT, LONGEST_CODE, MOST_ITEMS, DEEPEST = 4000, 20, 30, 5
_PERSONAL = re.compile(
    r"(?i)(?:^|[_\W])(?:e-?mail|phone|tel(?:ephone)?|mobile|address|adresse|street|customer|client|buyer|supplier|vendor|"
    r"contact|owner|seller|person|birth|iban|passw\w*|kunde|lieferant|fournisseur)(?:$|[_\W])"
)


def may_ask(kind: RecordKind, field: str) -> bool:
    """Tell whether a model may be asked about a field: it stands in a product and on the allow-list."""
    parts = field.split(".")
    if kind is not RecordKind.PRODUCT or parts[0] not in ALLOWED or parts[-1] in OBJECTS:
        return False
    if mask(field) != field or any(map(_is_personal, parts)):
        return False
    if parts[0] == "variants":
        return len(parts) > 2 and parts[2] in ALLOWED_OF_VARIANT
    return True


def disclose(record: Record, field: str, names: Set[str] = frozenset()) -> Record:
    """Return of a product what a model may see. Of its variants only the one that `field` is in, in its place."""
    shown = {name: _clean(record[name], names, name) for name in ALLOWED if name in record and name != "variants"}
    variant = _variant(record, field)
    if variant is not None:
        place, found = variant
        kept = {name: _clean(found[name], names, name) for name in ALLOWED_OF_VARIANT if name in found}
        shown["variants"] = {str(place): kept}
    return shown


def _variant(record: Record, field: str) -> tuple[int, dict[str, Any]] | None:
    parts = field.split(".")
    place = paths.as_index(parts[1]) if parts[0] == "variants" and len(parts) > 1 else None
    found = paths.get(record, f"variants.{place}")
    return (place, found) if place is not None and isinstance(found, dict) else None


def _clean(value: Any, names: Set[str], name: str, depth: int = 0) -> Any:
    """Return a value with its texts masked and bounded; what is nested too deeply is left out."""
    if isinstance(value, str):
        if depth == 0 and name in CODES and _is_code(value):
            return value
        return mask(value[:LONGEST_TEXT], names)
    if depth >= DEEPEST:
        return None
    if isinstance(value, list):
        return [_clean(item, names, name, depth + 1) for item in value[:MOST_ITEMS]]
    if isinstance(value, dict):
        pairs = [(key, held) for key, held in value.items() if not _is_personal(key) and mask(key, names) == key]
        return {key: _clean(held, names, key, depth + 1) for key, held in pairs[:MOST_ITEMS]}
    return value


def _is_code(value: str) -> bool:
    """Tell a price or a number of the trade from a phone number that stands in its field."""
    digits = sum(map(str.isdigit, value))
    return len(value) <= LONGEST_CODE and "@" not in value and (digits < 7 or digits in {8, 12, 13, 14})


def _is_personal(key: str) -> bool:
    return is_secret_name(key) or bool(_PERSONAL.search(key))
