"""Checks on measured things: money in the decimals of its currency, weights that dimensions make plausible."""

from __future__ import annotations

from decimal import Decimal

from core.corrections import numerals
from core.corrections.arguments import FieldValue
from core.corrections.currencies import places_of
from core.rules.checks.kinds import FOR_NUMBERS, FOR_OBJECTS, Check, define

METRES = {"mm": "0.001", "cm": "0.01", "m": "1", "in": "0.0254", "inch": "0.0254", "ft": "0.3048"}
KILOGRAMS = {
    "mg": "0.000001", "g": "0.001", "gr": "0.001", "kg": "1", "oz": "0.028349523125", "lb": "0.45359237",
    "lbs": "0.45359237",
}  # fmt: skip
"""The international yard and pound agreement of 1959."""


def currency_decimals(value: object, *, currency: FieldValue, exact: bool = False, zeros: bool = True) -> bool:
    """Hold when an amount is written with at most the decimals of its currency (ISO 4217), or `exact`ly those.

    With `zeros: false`, zeros at its end are no decimals. An amount whose currency is not known counts as one of two.
    """
    written = numerals.decimals_written(value)
    if written is None:
        return True
    places = places_of(currency)
    if exact or written <= places:
        return written == places or not exact
    read = numerals.plain(value)
    return not zeros and read is not None and read == round(read, places)


def multiple_of(value: object, *, step: Decimal) -> bool:
    """Hold when the number is a multiple of `step`."""
    read = numerals.plain(value)
    return read is None or step == 0 or read % step == 0


def plausible_for_dimensions(
    value: object, *, dimensions: FieldValue, lightest: Decimal = Decimal(5), heaviest: Decimal = Decimal(23000)
) -> bool:
    """Hold when weight divided by volume lies between `lightest` and `heaviest` kg/m³.

    The weight is `{value, unit}`, the dimensions `{length, width, height, unit}`; what cannot be read holds. By
    default between loosely packed feathers and gold alloys.
    """
    density = density_of(value, dimensions)
    return density is None or lightest <= density <= heaviest


def density_of(weight: object, dimensions: object) -> Decimal | None:
    """Return kg/m³ of a weight over dimensions, None where one of them cannot be read."""
    if not isinstance(weight, dict) or not isinstance(dimensions, dict):
        return None
    mass = _scaled(weight.get("value"), weight.get("unit"), KILOGRAMS)
    sides = [_scaled(dimensions.get(name), dimensions.get("unit"), METRES) for name in ("length", "width", "height")]
    volume = Decimal(1)
    for side in sides:
        if side is None or side <= 0:
            return None
        volume *= side
    return None if mass is None or mass <= 0 or volume == 0 else mass / volume


def _scaled(value: object, unit: object, table: dict[str, str]) -> Decimal | None:
    factor = table.get(unit.strip().lower()) if isinstance(unit, str) else None
    read = numerals.plain(value)
    return None if read is None or factor is None else read * Decimal(factor)


MEASURES: tuple[Check, ...] = (
    define(currency_decimals, FOR_NUMBERS, actual=numerals.decimals_written),
    define(multiple_of, FOR_NUMBERS),
    define(plausible_for_dimensions, FOR_OBJECTS),
)
