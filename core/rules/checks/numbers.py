"""Checks on numbers. Text such as `10.50` counts as a number; `11,95` does not."""

from __future__ import annotations

from decimal import Decimal

from core.corrections import numerals
from core.rules.checks.kinds import Check, define


def number(value: object) -> bool:
    """Hold when the value is a plain number: digits with a decimal point, no grouping, no currency sign."""
    return numerals.plain(value) is not None


def integer(value: object) -> bool:
    """Hold when the value is a whole number."""
    if isinstance(value, int):
        return not isinstance(value, bool)
    read = numerals.plain(value)
    return read is not None and read == read.to_integral_value()


def range(  # noqa: A001 - the word authors use
    value: object,
    *,
    minimum: Decimal | None = None,
    maximum: Decimal | None = None,
    above: Decimal | None = None,
    below: Decimal | None = None,
) -> bool:
    """Hold when the number lies between `minimum` and `maximum` (inclusive), `above` and `below` (exclusive)."""
    read = numerals.plain(value)
    if read is None:
        return True
    return (
        (minimum is None or read >= minimum)
        and (maximum is None or read <= maximum)
        and (above is None or read > above)
        and (below is None or read < below)
    )


def decimals(value: object, *, places: int) -> bool:
    """Hold when the number is written with exactly `places` decimals."""
    if isinstance(value, str):
        whole, point, fraction = value.rpartition(".")
        if point and len(fraction) == places and whole.isdigit() and fraction.isdigit():
            return True
    written = numerals.decimals_written(value)
    return written is None or written == places


def max_decimals(value: object, *, places: int) -> bool:
    """Hold when the number is written with at most `places` decimals."""
    written = numerals.decimals_written(value)
    return written is None or written <= places


NUMBERS: tuple[Check, ...] = (
    define(number),
    define(integer),
    define(range),
    define(decimals, actual=numerals.decimals_written),
    define(max_decimals, actual=numerals.decimals_written),
)
