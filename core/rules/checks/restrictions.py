"""Checks on what may be sold, where: categories, countries, lists of words."""

from __future__ import annotations

import re

from core.rules.checks.kinds import FOR_LISTS, FOR_TEXT, Check, Suspicion, define

_LEVELS = re.compile(r"\s*(?:>|/|›|»|\|)\s*")


def inside_categories(value: object, *, paths: tuple[str, ...]) -> bool:
    """Hold when the category is one of `paths` or lies under one: `Toys` holds `Toys > Games`, letter case aside."""
    return _under(value, paths)


def outside_categories(value: object, *, paths: tuple[str, ...]) -> bool:
    """Hold when the category is none of `paths` and lies under none."""
    return not _under(value, paths)


def items_one_of(value: object, *, values: tuple[str, ...]) -> bool:
    """Hold when every item of the list is one of `values`."""
    return not isinstance(value, list) or all(item in values for item in value if isinstance(item, str))


def items_none_of(value: object, *, values: tuple[str, ...]) -> bool:
    """Hold when no item of the list is one of `values`."""
    return not isinstance(value, list) or not any(item in values for item in value if isinstance(item, str))


def items_include(value: object, *, values: tuple[str, ...]) -> bool:
    """Hold when each of `values` is in the list."""
    return not isinstance(value, list) or all(each in value for each in values)


def total_bytes(value: object, *, limit: int) -> bool:
    """Hold when the items of the list have at most `limit` bytes of UTF-8 together, one space between two counted."""
    return bytes_together(value) <= limit


def bytes_together(value: object) -> int:
    """Return the bytes of a list of texts, or of one text."""
    items = value if isinstance(value, list) else [value]
    texts = [item for item in items if isinstance(item, str)]
    return sum(len(text.encode(errors="replace")) for text in texts) + max(0, len(texts) - 1)


def _under(value: object, paths: tuple[str, ...]) -> bool:
    if not isinstance(value, str):
        return False
    levels = _levels(value)
    return any(levels[: len(wanted)] == wanted for wanted in map(_levels, paths))


def _levels(path: str) -> list[str]:
    return [level.casefold() for level in _LEVELS.split(path.strip()) if level]


RESTRICTIONS: tuple[Check, ...] = (
    define(inside_categories),
    define(outside_categories, FOR_TEXT),
    define(items_one_of, FOR_LISTS),
    define(items_none_of, FOR_LISTS),
    define(items_include, FOR_LISTS),
    define(total_bytes, Suspicion(text="len(value) * 4 > limit", number=None), actual=bytes_together),
)
