"""Steps which take the value from elsewhere in the record: proposals for a person, never notation."""

from __future__ import annotations

import re
from decimal import Decimal

from core.corrections import numerals
from core.corrections.abstains import Abstains
from core.corrections.arguments import FieldValue, WholeRecord
from core.corrections.steps.numbers import GRAMS, MILLIMETRES, shortest
from core.corrections.steps.values import missing

_BY = re.compile(r"\b(?:by|von|de|par|di)\s+((?:[A-ZÄÖÜÉ][\w&'’.-]*)(?:\s+[A-ZÄÖÜÉ][\w&'’.-]*){0,2})\s*$")


def brand_from_title(value: object, *, title: FieldValue = "title", brands: tuple[str, ...] = ()) -> str:
    """Take the brand out of the title: the longest of `brands` in it, else what follows a final "by"."""
    if not missing(value) or not isinstance(title, str) or len(title) > 1_000:
        raise Abstains
    words = f" {_folded(title)} "
    inside = [brand for brand in brands if _folded(brand) and f" {_folded(brand)} " in words]
    if inside:
        return max(inside, key=len)
    match = _BY.search(title.strip())
    if match is None:
        raise Abstains
    return match.group(1)


def weight_from_dimensions(
    value: object, *, record: WholeRecord, divisor: int = 5_000, unit: str = "kg"
) -> dict[str, str]:
    """Compute the volumetric weight, length x width x height in cm³ over `divisor` for kilograms, with its unit."""
    sides = record.get("dimensions") if isinstance(record, dict) else None
    if not missing(value) or not isinstance(sides, dict) or divisor < 1 or unit not in GRAMS:
        raise Abstains
    scale = MILLIMETRES.get(str(sides.get("unit")))
    lengths = [numerals.plain(sides.get(side)) for side in ("length", "width", "height")]
    known = [length for length in lengths if length is not None and 0 < length < 100_000]
    if scale is None or len(known) < 3:
        raise Abstains
    volume = known[0] * known[1] * known[2] * (scale / 10) ** 3
    weight = (volume / divisor * 1000 / GRAMS[unit]).quantize(Decimal("0.001"))
    if not weight:
        raise Abstains
    return {"value": shortest(weight), "unit": unit}


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[\w&'’+]+", text.casefold()))
