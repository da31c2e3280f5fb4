"""`when:` conditions: one check on one field, or `all`, `any`, `not` of conditions."""

from __future__ import annotations

from typing import Any

from core.corrections import arguments
from core.model.records import RecordKind
from core.rules.checks import CHECKS
from core.rules.fields import known, walked
from core.rules.pack import Compound, Condition, Test

DEEPEST = 5
MOST_PARTS = 20


def read(given: Any, kind: RecordKind, field: str, depth: int = 0) -> Condition:
    """Read a condition of a rule on `field`; ValueError with the reason where it cannot hold.

    A condition on a missing value is false, except for `missing`. It may read any field of the record, and fields
    of the very item that the rule looks at (`variants[].price` in a rule on `variants[].gtin`).
    """
    if not isinstance(given, dict) or not given:
        raise ValueError("a condition is {field: …, <check>: …}, {all: […]}, {any: […]} or {not: …}")
    if depth >= DEEPEST:
        raise ValueError(f"conditions are at most {DEEPEST} levels deep")
    if len(given) == 1:
        ((joined, parts),) = given.items()
        if joined == "not":
            return Compound(joined="not", parts=(read(parts, kind, field, depth + 1),))
        if joined in ("all", "any"):
            if not isinstance(parts, list) or not 0 < len(parts) <= MOST_PARTS:
                raise ValueError(f"{joined!r} takes a list of 1 to {MOST_PARTS} conditions")
            return Compound(joined=joined, parts=tuple(read(part, kind, field, depth + 1) for part in parts))
    return _single(given, kind, field)


def test(name: Any, given: Any, kind: RecordKind, field: str, scope: str) -> Test:
    """Bind one check on `field`; `scope` is the field of the rule that it belongs to."""
    check = CHECKS.get(name) if isinstance(name, str) else None
    if check is None:
        raise ValueError(f"unknown check {str(name)[:40]!r}")
    _within(kind, field, scope)
    try:
        bound = arguments.bind(check.function, given)
    except ValueError as error:
        raise ValueError(f"check {name}: {error}") from error
    for parameter in check.parameters:
        if parameter.is_field and bound[parameter.name] is not None:
            _within(kind, bound[parameter.name], scope)
    return Test(field=field, check=check.name, arguments=bound)


def _single(given: dict[str, Any], kind: RecordKind, field: str) -> Condition:
    checks = {name: value for name, value in given.items() if name != "field"}
    own = given.get("field")
    if not isinstance(own, str) or not checks:
        raise ValueError("a condition names its field and at least one check")
    tests = tuple(test(name, value, kind, own, field) for name, value in checks.items())
    return tests[0] if len(tests) == 1 else Compound(joined="all", parts=tests)


def _within(kind: RecordKind, field: str, scope: str) -> None:
    """Refuse a field that walks another list than the rule does."""
    lists, own = walked(known(kind, field)), walked(known(kind, scope))
    if own[: len(lists)] != lists:
        raise ValueError(f"{field} walks a list that the rule on {scope} does not walk")
