"""What local models learn from: a bounded sample of one merchant's accepted records, as plain data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from core.corrections import numerals
from core.corrections.steps.numbers import GRAMS, MILLIMETRES
from core.suggest.catalogue.columns import columns_of

MOST = 20_000
"""Examples kept of a merchant; with as many the sample takes a few megabytes."""

_TAG = re.compile(r"<[^<>]{0,500}>")
_NAMELESS = frozenset({
    "n/a", "na", "none", "null", "no-brand", "nobrand", "unbranded", "generic", "unknown", "unbekannt", "-", ".", "?",
    "no brand", "ohne marke", "keine marke", "sans marque", "aucune", "does not apply", "not applicable",
})  # fmt: skip


class Example(msgspec.Struct, frozen=True, array_like=True):
    """What one record teaches. `grams` and `cm3` are None where it does not say; `text` is plain and short.

    `brand` None is a product without one, unless `is_brand_open` says that an issue stands against its brand: then
    nobody knows, and its title teaches nothing of brands.
    """

    record: int
    channel: str
    title: str
    text: str
    brand: str | None
    category: str | None
    grams: float | None
    cm3: float | None
    locale: str | None
    is_brand_open: bool = False
    columns: dict[str, str] = msgspec.field(default_factory=dict)


def example(record_id: int, channel: str, record: Mapping[str, Any], doubted: Collection[str] = ()) -> Example | None:
    """Return what a record teaches, without the fields that are `doubted` because an issue stands against them."""
    title = record.get("title")
    if not isinstance(title, str) or not title.strip():
        return None
    return Example(
        record=record_id,
        channel=channel,
        title=title.strip()[:300],
        text=plain(record.get("description"))[:400],
        brand=None if "brand" in doubted else name(record.get("brand")),
        category=None if "category" in doubted else name(record.get("category")),
        grams=None if "weight" in doubted else grams(record.get("weight")),
        cm3=None if "dimensions" in doubted else cm3(record.get("dimensions")),
        locale=locale[:2].lower() if isinstance(locale := record.get("locale"), str) and len(locale) > 1 else None,
        is_brand_open="brand" in doubted,
        columns=columns_of(record, doubted),
    )


def name(value: object) -> str | None:
    """Return a brand or category that names something, None for `N/A`, `no brand` and their like."""
    text = value.strip() if isinstance(value, str) else ""
    return text if 0 < len(text) <= 200 and text.casefold() not in _NAMELESS else None


def plain(value: object) -> str:
    """Return text without tags, on one line."""
    return " ".join(_TAG.sub(" ", value[:4_000]).split()) if isinstance(value, str) else ""


def grams(weight: object) -> float | None:
    """Return a weight in grams."""
    if not isinstance(weight, dict):
        return None
    unit, number = GRAMS.get(str(weight.get("unit"))), numerals.plain(weight.get("value"))
    found = None if unit is None or number is None or number.adjusted() > 12 else float(number * unit)
    return found if found is not None and 0 < found < 1e7 else None


def cm3(dimensions: object) -> float | None:
    """Return a volume in cubic centimetres."""
    if not isinstance(dimensions, dict):
        return None
    scale, volume = MILLIMETRES.get(str(dimensions.get("unit"))), 1.0
    for side in ("length", "width", "height"):
        number = numerals.plain(dimensions.get(side))
        if scale is None or number is None or not 0 < number < 100_000:
            return None
        volume *= float(number * scale) / 10
    return volume


def merge(
    sample: Mapping[int, Example], changed: Iterable[Example], gone: Collection[int], most: int = MOST
) -> dict[int, Example]:
    """Return the sample with what changed and without what is gone.

    Above `most` the examples of common brands go first, chosen by a hash of their id: neither time nor order of
    work decides what stays, and a brand with few records keeps all of them.
    """
    merged = {key: one for key, one in sample.items() if key not in gone}
    merged |= {one.record: one for one in changed}
    if len(merged) <= most:
        return merged
    seen: dict[tuple[str | None, str | None], int] = {}
    ranks: dict[int, int] = {}
    for key in sorted(merged, key=_lot):
        group = (merged[key].brand, merged[key].category)
        ranks[key] = seen[group] = seen.get(group, 0) + 1
    kept = sorted(merged, key=lambda key: (ranks[key], _lot(key)))[:most]
    return {key: merged[key] for key in kept}


def _lot(record: int) -> bytes:
    return hashlib.blake2b(str(record).encode(), digest_size=8).digest()
