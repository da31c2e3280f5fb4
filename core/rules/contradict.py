"""Rules held against each other: which cannot both hold, and which can never speak first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.model.issues import Severity
from core.rules.pack import Compound, Condition, Rule, Test

Bound = tuple[Decimal, int]
"""A number, and +1 just above it, -1 just below it, 0 the number itself: bounds compare as they follow each other."""


@dataclass(frozen=True)
class _Bounds:
    """What a check allows of one measure of a value: a number, a length, a count. None is no bound."""

    measure: str
    low: Bound | None
    high: Bound | None


def impossible(rule: Rule) -> str | None:
    """Say why the condition of a rule can never be met, or its own bounds leave nothing."""
    bounds = _bounds(rule.test)
    if bounds is not None and _empty(bounds, bounds):
        return "Nothing lies between its own limits."
    for field, allowed in _allowed(rule.when).items():
        if not allowed:
            return f"Its condition asks of {field} what no value can be."
    return None


def contradicts(rule: Rule, other: Rule) -> bool:
    """Tell whether no value can satisfy both rules, where both apply."""
    if not _together(rule, other):
        return False
    if {rule.check, other.check} == {"required", "missing"}:
        return True
    left, right = _bounds(rule.test), _bounds(other.test)
    if left is not None and right is not None and left.measure == right.measure:
        return _empty(left, right)
    values, others = _values(rule.test), _values(other.test)
    if values is not None and others is not None:
        return not values & others
    refused = other.arguments["values"] if other.check == "not_in" else ()
    return bool(values and refused and values <= set(refused))


def shadowed(rule: Rule, other: Rule) -> bool:
    """Tell whether `rule` can only be violated where the stricter `other` is, which is no less severe."""
    if not _together(rule, other) or (rule.severity is Severity.ERROR and other.severity is not Severity.ERROR):
        return False
    loose, strict = _bounds(rule.test), _bounds(other.test)
    if loose is None or strict is None or loose.measure != strict.measure or loose == strict:
        return False
    low = loose.low is None or (strict.low is not None and strict.low >= loose.low)
    high = loose.high is None or (strict.high is not None and strict.high <= loose.high)
    return low and high


def _together(rule: Rule, other: Rule) -> bool:
    """Tell whether `other` applies to the same value wherever `rule` does."""
    if (rule.kind, rule.field) != (other.kind, other.field) or other.when not in (None, rule.when):
        return False
    starts = other.since is None or (rule.since is not None and other.since <= rule.since)
    ends = other.until is None or (rule.until is not None and other.until >= rule.until)
    return starts and ends


def _bounds(test: Test) -> _Bounds | None:
    given = test.arguments
    match test.check:
        case "range":
            low = _tightest(max, (given["minimum"], 0), (given["above"], 1))
            high = _tightest(min, (given["maximum"], 0), (given["below"], -1))
            return _Bounds("number", low, high)
        case "min_length":
            return _Bounds("length", (Decimal(given["limit"]), 0), None)
        case "max_length":
            return _Bounds("length", None, (Decimal(given["limit"]), 0))
        case "item_count":
            return _Bounds("count", (Decimal(given["minimum"]), 0), _tightest(min, (given["maximum"], 0)))
        case _:
            return None


def _tightest(choose: Callable[[list[Bound]], Bound], *given: tuple[Any, int]) -> Bound | None:
    found = [(Decimal(value), side) for value, side in given if value is not None]
    return choose(found) if found else None


def _empty(left: _Bounds, right: _Bounds) -> bool:
    lows = [low for low in (left.low, right.low) if low is not None]
    highs = [high for high in (left.high, right.high) if high is not None]
    return bool(lows and highs and max(lows) > min(highs))


def _values(test: Test) -> set[str] | None:
    if test.check == "one_of":
        folded = test.arguments["ignore_case"]
        return {each.casefold() if folded else each for each in test.arguments["values"]}
    if test.check == "equals" and isinstance(test.arguments["to"], str):
        return {test.arguments["to"]}
    return None


def _allowed(condition: Condition | None) -> dict[str, set[str]]:
    """Return, for each field that a condition narrows to a closed set, what is left of it; an empty set is nothing."""
    left: dict[str, set[str]] = {}
    required: set[str] = set()
    missing: set[str] = set()
    for test in must_hold(condition):
        values = _values(test)
        if values is not None:
            left[test.field] = left[test.field] & values if test.field in left else values
        if test.check in ("required", "missing"):
            (required if test.check == "required" else missing).add(test.field)
    for field in missing & (required | left.keys()):
        left[field] = set()
    return left


def must_hold(condition: Condition | None) -> Iterator[Test]:
    """Yield the tests that must all hold for a condition to be met."""
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, Compound) and condition.joined == "all":
        yield from _each(condition.parts)


def _each(parts: Iterable[Condition]) -> Iterator[Test]:
    for part in parts:
        yield from must_hold(part)
