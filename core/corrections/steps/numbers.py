"""Steps on numbers and units. The value stays equal, or the step abstains."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from core.corrections import numerals
from core.corrections.abstains import Abstains
from core.corrections.arguments import FieldValue
from core.corrections.currencies import places_of

GRAMS = {"mg": Decimal("0.001"), "g": Decimal(1), "kg": Decimal(1000), "oz": Decimal("28.349523125"),
         "lb": Decimal("453.59237"), "t": Decimal(1_000_000)}  # fmt: skip
MILLIMETRES = {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000), "in": Decimal("25.4"),
               "ft": Decimal("304.8"), "yd": Decimal("914.4")}  # fmt: skip


def decimal_places(value: object, *, places: int = 2) -> str:
    """Write a number with `places` decimals. A number that would lose digits is left alone."""
    number = numerals.plain(value)
    if number is None or not 0 <= places <= 10:
        raise Abstains
    rounded = number.quantize(Decimal(1).scaleb(-places)) if number.adjusted() < 25 - places else None
    if rounded is None or rounded != number:
        raise Abstains
    return numerals.written(rounded)


def currency_places(value: object, *, currency: FieldValue = "currency") -> str:
    """Write an amount with the decimals of its currency (ISO 4217). One that would lose digits is left alone."""
    return decimal_places(value, places=places_of(currency))


def round_to(value: object, *, places: int = 2) -> str:
    """Round half up to `places` decimals. This changes the value."""
    number = numerals.plain(value)
    if number is None or not 0 <= places <= 10 or number.adjusted() >= 25 - places:
        raise Abstains
    return numerals.written(number.quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP"))


def parse_number(value: object, *, decimal: Literal["auto", ",", "."] = "auto") -> str:
    """Read `11,95`, `1.234,50` or `€ 10.50` as a plain number; leave alone what may mean two things."""
    if not isinstance(value, str):
        raise Abstains
    number = numerals.read(value, decimal)
    if number is None:
        raise Abstains
    return numerals.written(number)


def convert_unit(value: object, *, source: str, target: str, places: int = 3) -> str:
    """Convert a weight or a length from one unit to another, rounded to `places` decimals."""
    number = numerals.plain(value)
    table = next((units for units in (GRAMS, MILLIMETRES) if source in units and target in units), None)
    if number is None or table is None or not 0 <= places <= 10 or number.adjusted() > 12:
        raise Abstains
    converted = (number * table[source] / table[target]).quantize(Decimal(1).scaleb(-places))
    return shortest(converted)


def shortest(number: Decimal) -> str:
    """Write a number without zeros at the end of its fraction."""
    text = numerals.written(number)
    return text.rstrip("0").rstrip(".") if "." in text else text
