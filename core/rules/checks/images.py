"""Checks on one image of a record: `{url, alt, width, height, bytes, format}`. What is not known holds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.rules.checks.kinds import FOR_OBJECTS, Check, define


def longest_side(value: object, *, minimum: int = 0, maximum: int | None = None) -> bool:
    """Hold when the longer side of the image has between `minimum` and `maximum` pixels."""
    sides = _sides(value)
    return sides is None or (minimum <= max(sides) and (maximum is None or max(sides) <= maximum))


def shortest_side(value: object, *, minimum: int = 0, maximum: int | None = None) -> bool:
    """Hold when the shorter side of the image has between `minimum` and `maximum` pixels."""
    sides = _sides(value)
    return sides is None or (minimum <= min(sides) and (maximum is None or min(sides) <= maximum))


def max_pixels(value: object, *, limit: int) -> bool:
    """Hold when width times height is at most `limit` pixels."""
    sides = _sides(value)
    return sides is None or sides[0] * sides[1] <= limit


def aspect_ratio(value: object, *, minimum: Decimal, maximum: Decimal) -> bool:
    """Hold when width divided by height lies between `minimum` and `maximum`."""
    sides = _sides(value)
    return sides is None or min(sides) == 0 or minimum <= Decimal(sides[0]) / Decimal(sides[1]) <= maximum


def size_in_pixels(value: Any) -> str:
    """Write width and height for a message."""
    sides = _sides(value)
    return "" if sides is None else f"{sides[0]} × {sides[1]}"


def _sides(value: object) -> tuple[int, int] | None:
    if not isinstance(value, dict):
        return None
    width, height = value.get("width"), value.get("height")
    if not isinstance(width, int) or not isinstance(height, int) or isinstance(width, bool) or isinstance(height, bool):
        return None
    return (width, height) if 0 < width < 10**9 and 0 < height < 10**9 else None


IMAGES: tuple[Check, ...] = (
    define(longest_side, FOR_OBJECTS, actual=size_in_pixels),
    define(shortest_side, FOR_OBJECTS, actual=size_in_pixels),
    define(max_pixels, FOR_OBJECTS, actual=size_in_pixels),
    define(aspect_ratio, FOR_OBJECTS, actual=size_in_pixels),
)
