"""Checks on lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.rules.checks.kinds import ALWAYS, FOR_LISTS, Check, Suspicion, define, size


def item_count(value: object, *, minimum: int = 0, maximum: int | None = None) -> bool:
    """Hold when the list (or the object) has between `minimum` and `maximum` items."""
    if not isinstance(value, list | dict):
        return True
    return minimum <= len(value) and (maximum is None or len(value) <= maximum)


def unique_within(value: object, *, key: str | None = None, ignore_case: bool = False) -> bool:
    """Hold when no two items are equal, or have the same text or number under `key`."""
    if not isinstance(value, list):
        return True
    keys = _keys(value, key, ignore_case)
    return len(set(keys)) == len(keys)


def unique_combinations(value: object, *, key: str) -> bool:
    """Hold when no two items have the same object under `key`, such as the options of variants."""
    if not isinstance(value, list):
        return True
    seen = set()
    held = [item[key] for item in value if isinstance(item, dict) and isinstance(item.get(key), dict) and item[key]]
    for each in held:
        seen.add(frozenset((name, _scalar(chosen)) for name, chosen in each.items()))
    return len(seen) == len(held)


def _scalar(value: object) -> str | int | float | None:
    return value if isinstance(value, str | int | float) else None


def _keys(items: list[Any], key: str | None, ignore_case: bool) -> list[str | int | float]:
    values = items if key is None else [item.get(key) for item in items if isinstance(item, dict)]
    found = [
        each for each in values if isinstance(each, str | int | float) and not isinstance(each, bool) and each != ""
    ]
    if ignore_case:
        return [each.casefold() if isinstance(each, str) else each for each in found]
    return found


def _miscounted(arguments: Mapping[str, Any]) -> Suspicion:
    tests = ["len(value) < minimum"] if arguments["minimum"] > 1 else []
    tests += ["len(value) > maximum"] if arguments["maximum"] is not None else []
    return Suspicion(text=None, number=None, items=" or ".join(tests) or None)


def _repeated(arguments: Mapping[str, Any]) -> Suspicion:
    plucked = ALWAYS if arguments["ignore_case"] else "len({*value}) != len(value)"
    return Suspicion(text=None, number=None, plucked=plucked)


LISTS: tuple[Check, ...] = (
    define(item_count, _miscounted, actual=size),
    define(unique_within, _repeated, actual=size, plucks="key"),
    define(unique_combinations, FOR_LISTS, actual=size),
)
