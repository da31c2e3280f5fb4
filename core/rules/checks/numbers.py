"""Checks on numbers. Text such as `10.50` counts as a number; `11,95` does not."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.corrections import numerals
from core.rules.checks.kinds import FOR_NUMBERS, Check, Suspicion, define


def number(value: object) -> bool:
    """Hold when the value is a plain number: digits with a decimal point, no grouping, no currency sign."""
    return numerals.is_plain(value)


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


def _outside(arguments: Mapping[str, Any]) -> Suspicion:
    """Compare JSON numbers with the bounds as floats: whole numbers and floats keep their order under rounding."""
    tests = [
        f"value {sign} {name}"
        for name, sign in (("minimum", "<"), ("maximum", ">"), ("above", "<="), ("below", ">="))
        if arguments[name] is not None
    ]
    bounds = {name: _rounded(arguments[name]) for name in ("minimum", "maximum", "above", "below")}
    return Suspicion(
        number=" or ".join(tests) or None,
        items=None,
        constants={name: bound for name, bound in bounds.items() if bound is not None},
    )


def _rounded(bound: Decimal | None) -> int | float | None:
    if bound is None:
        return None
    return int(bound) if bound == bound.to_integral_value() else float(bound)


def _not_so_many(arguments: Mapping[str, Any]) -> Suspicion:
    places = arguments["places"]
    return Suspicion(text=f"value[-{places + 1}:-{places}] != '.'" if places else "True", items=None)


NUMBERS: tuple[Check, ...] = (
    define(number, Suspicion(number="not -1e29 < value < 1e29")),
    define(integer),
    define(range, _outside),
    define(decimals, _not_so_many, actual=numerals.decimals_written),
    define(max_decimals, FOR_NUMBERS, actual=numerals.decimals_written),
)
