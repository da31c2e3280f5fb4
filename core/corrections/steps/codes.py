"""Steps on codes: GTIN, dates, phones. They never invent a digit."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from typing import Literal

import phonenumbers

from core.corrections.abstains import Abstains
from core.corrections.arguments import FieldValue

_SEPARATORS = re.compile(r"[\s\u00a0\-‐‑–.']+")
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_DAY_FIRST = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"([0-9]{4})[./-]([0-9]{1,2})[./-]([0-9]{1,2})", re.ASCII)


def normalise_gtin(value: object) -> str:
    """Remove separators from a GTIN whose check digit is right; leave any other alone."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if 0 <= value < 10**14 else None
    if not isinstance(value, str) or len(value) > 64:
        raise Abstains
    digits = _SEPARATORS.sub("", value)
    if not valid_gtin(digits):
        raise Abstains
    return digits


def format_date(value: object, *, order: Literal["auto", "day_first", "month_first"] = "auto") -> str:
    """Write a date as YYYY-MM-DD. `03.04.2026` is left alone unless `order` says how to read it."""
    if not isinstance(value, str) or len(value) > 40:
        raise Abstains
    written = value.strip()
    if match := _YEAR_FIRST.fullmatch(written):
        return _date(*map(int, match.groups()))
    if match := _DAY_FIRST.fullmatch(written):
        first, second, year = map(int, match.groups())
        if order == "auto" and first <= 12 and second <= 12 and first != second:
            raise Abstains
        month_first = order == "month_first" or (order == "auto" and second > 12)
        return _date(year, first, second) if month_first else _date(year, second, first)
    try:
        return datetime.fromisoformat(written).isoformat()
    except ValueError as error:
        raise Abstains from error


def format_phone(value: object, *, country: FieldValue = "shipping_address.country") -> str:
    """Write a phone number in E.164 (`+4930123456`). Without `+` the country of the address is needed."""
    if not isinstance(value, str) or len(value) > 40:
        raise Abstains
    region = country.upper() if isinstance(country, str) and len(country) == 2 else None
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException as error:
        raise Abstains from error
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise Abstains
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def valid_gtin(digits: str) -> bool:
    """Say whether `digits` is a GTIN-8, -12, -13 or -14 whose check digit is right (GS1, modulo 10).

    From the right, digits weigh one and three by turns, and the sum is a multiple of ten; six digits at a time.
    """
    if len(digits) not in _GTIN_LENGTHS or not digits.isdigit() or not digits.isascii():
        return False
    high, low = divmod(int(digits), 1_000_000)
    sums = _sums()
    return (sums[low] + sums[high % 1_000_000] + sums[high // 1_000_000]) % 10 == 0


@cache
def _sums() -> bytes:
    """Return the weighted sums, modulo ten, of the numbers of six digits: a million of them, made of a thousand."""
    digits = range(10)
    low = bytes((ones + 3 * tens + hundreds) % 10 for hundreds in digits for tens in digits for ones in digits)
    high = bytes((3 * ones + tens + 3 * hundreds) % 10 for hundreds in digits for tens in digits for ones in digits)
    raised = [bytes((one + more) % 10 for one in low) for more in digits]
    return b"".join(raised[more] for more in high)


def _date(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise Abstains from error
