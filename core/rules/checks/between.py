"""Checks between the fields of one record. Each holds where the other field cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.corrections import numerals
from core.corrections.arguments import FieldValue
from core.rules.checks.kinds import Check, define


def greater_than_field(value: object, *, field: FieldValue) -> bool:
    """Hold when the number is greater than that of another field."""
    left, right = numerals.plain(value), numerals.plain(field)
    return left is None or right is None or left > right


def less_than_field(value: object, *, field: FieldValue) -> bool:
    """Hold when the number is less than that of another field."""
    left, right = numerals.plain(value), numerals.plain(field)
    return left is None or right is None or left < right


def not_below_field(value: object, *, field: FieldValue) -> bool:
    """Hold when the number is at least that of another field."""
    left, right = numerals.plain(value), numerals.plain(field)
    return left is None or right is None or left >= right


def not_above_field(value: object, *, field: FieldValue) -> bool:
    """Hold when the number is at most that of another field."""
    left, right = numerals.plain(value), numerals.plain(field)
    return left is None or right is None or left <= right


def differs_from_field(value: object, *, field: FieldValue) -> bool:
    """Hold when the text is another one than that of another field."""
    return not (isinstance(value, str) and isinstance(field, str)) or value.strip() != field.strip()


def equals_field(value: object, *, field: FieldValue) -> bool:
    """Hold when the text or number is that of another field; numbers are compared by value."""
    left, right = numerals.plain(value), numerals.plain(field)
    if left is not None and right is not None:
        return left == right
    return not (isinstance(value, str) and isinstance(field, str)) or value.strip() == field.strip()


def contains_field(value: object, *, field: FieldValue) -> bool:
    """Hold when the text of another field stands in this text, letter case aside."""
    return not (isinstance(value, str) and isinstance(field, str)) or field.strip().casefold() in value.casefold()


def lacks_field(value: object, *, field: FieldValue) -> bool:
    """Hold when the text of another field does not stand in this text, letter case aside."""
    if not (isinstance(value, str) and isinstance(field, str)) or not field.strip():
        return True
    return field.strip().casefold() not in value.casefold()


def not_before_field(value: object, *, field: FieldValue) -> bool:
    """Hold when the time is not earlier than that of another field (ISO 8601; without an offset, UTC)."""
    left, right = _time(value), _time(field)
    return left is None or right is None or left >= right


def not_after_field(value: object, *, field: FieldValue) -> bool:
    """Hold when the time is not later than that of another field (ISO 8601; without an offset, UTC)."""
    left, right = _time(value), _time(field)
    return left is None or right is None or left <= right


def has_every_option(value: object, *, of: FieldValue) -> bool:
    """Hold when the options of a variant have a value for each option name that the product lists in `of`."""
    if not isinstance(of, list):
        return True
    chosen = value if isinstance(value, dict) else {}
    return all(_given(chosen.get(name)) for name in _names(of))


def _names(options: list[Any]) -> list[str]:
    named = [option.get("name") if isinstance(option, dict) else option for option in options]
    return [name for name in named if isinstance(name, str) and name]


def _given(value: object) -> bool:
    return value is not None and value != ""


def _time(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        read = datetime.fromisoformat(value)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


BETWEEN: tuple[Check, ...] = (
    define(greater_than_field),
    define(not_above_field),
    define(less_than_field),
    define(not_below_field),
    define(differs_from_field),
    define(equals_field),
    define(contains_field),
    define(lacks_field),
    define(not_before_field),
    define(not_after_field),
    define(has_every_option, judges_missing=True),
)
