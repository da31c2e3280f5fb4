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
_DIGITS = range(10)
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

    From the right, digits weigh one and three by turns, and the sum is a multiple of ten; four digits at a time.
    """
    if len(digits) not in _GTIN_LENGTHS or not digits.isdigit() or not digits.isascii():
        return False
    number = int(digits)
    weights = _weights()
    total = weights[number % 10_000] + weights[number // 10_000 % 10_000] + weights[number // 100_000_000 % 10_000]
    return (total + weights[number // 1_000_000_000_000]) % 10 == 0


@cache
def _weights() -> bytes:
    """Return the weighted sums, modulo ten, of the numbers of four digits."""
    return bytes(
        (ones + 3 * tens + hundreds + 3 * thousands) % 10
        for thousands in _DIGITS
        for hundreds in _DIGITS
        for tens in _DIGITS
        for ones in _DIGITS
    )


def _date(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise Abstains from error
