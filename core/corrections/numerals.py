"""Numbers as people and platforms write them. Nothing here rounds, and nothing guesses."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_PLAIN = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,20})?", re.ASCII)
_GROUPED = r"[1-9][0-9]{0,2}([.,' \u00a0\u202f’])[0-9]{3}(?:\3[0-9]{3})*"
_WRITTEN = re.compile(rf"(-?)({_GROUPED}|[0-9]+)(?:([.,])([0-9]+))?", re.ASCII)
_CODE = re.compile(r"^[A-Z]{3}(?=[ \u00a0\u202f0-9-])|(?<=[ \u00a0\u202f0-9])[A-Z]{3}$")
_BIGGEST = 10**30


def plain(value: object) -> Decimal | None:
    """Read a JSON number, or text such as `10.50`; None for anything else, `11,95` and `NaN` included."""
    if isinstance(value, str):
        return Decimal(value) if len(value) <= 52 and _PLAIN.fullmatch(value) else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value) if -_BIGGEST < value < _BIGGEST else None
    if isinstance(value, float):
        return Decimal(repr(value)) if -1e30 < value < 1e30 else None
    return None


def is_plain(value: object) -> bool:
    """Say whether `plain` would read a value."""
    if isinstance(value, str):
        return len(value) <= 52 and _PLAIN.fullmatch(value) is not None
    return plain(value) is not None


def decimals_written(value: object) -> int | None:
    """Count the decimals that a plain number is written with; None where it is no plain number."""
    number = plain(value)
    if number is None:
        return None
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else None


def written(number: Decimal) -> str:
    """Write a number in full, without an exponent."""
    return format(number, "f")


def read(text: str, decimal: str = "auto") -> Decimal | None:
    """Read a number with grouping, a decimal comma or a currency sign; None where it may mean two things.

    `1.234,50`, `1,234.50`, `1 234,50`, `1'234.50`, `€ 11,95` and `11,95 EUR` have one meaning. `1,234` and `1.234`
    have two: they are read only where `decimal` says which sign is the decimal one.
    """
    match = _WRITTEN.fullmatch(_without_currency(text)) if len(text) <= 64 else None
    if match is None:
        return None
    sign, whole, grouping, point, fraction = match.groups()
    if grouping is not None and point is None and grouping in ".,":
        return _one_sign(sign, whole, grouping, decimal)
    if point is not None and (point == grouping or decimal not in ("auto", point)):
        return None
    digits = re.sub(r"[^0-9]", "", whole)
    return Decimal(f"{sign}{digits}.{fraction}" if fraction else f"{sign}{digits}")


def _one_sign(sign: str, whole: str, mark: str, decimal: str) -> Decimal | None:
    """Read `1,234` or `1,234,567`, where one sign stands alone and may be either."""
    parts = whole.split(mark)
    if decimal == mark:
        return Decimal(f"{sign}{parts[0]}.{parts[1]}") if len(parts) == 2 else None
    if decimal != "auto" or len(parts) > 2:
        return Decimal(sign + "".join(parts))
    return None


def _without_currency(text: str) -> str:
    text = text.strip()
    if text and unicodedata.category(text[0]) == "Sc":
        text = text[1:].strip()
    elif text and unicodedata.category(text[-1]) == "Sc":
        text = text[:-1].strip()
    return _CODE.sub("", text).strip()
