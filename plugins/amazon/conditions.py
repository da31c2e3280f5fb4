"""The `if` of a product type definition as a condition of ours, where it says the same.

A definition asks whether an attribute is there (`required`), and whether an entry of it has one of some values
(`contains` with `enum`), joined by `allOf`, `anyOf` and `not`. Whatever else it asks is not said at all: a condition
that holds more often than Amazon's would find defects that are none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Place = Callable[[tuple[str, ...]], tuple[str, bool]]
"""Where an attribute, or a part of one, stands in our record, and whether one value stands there, not several."""

_MOST = 20
_DEEPEST = 12
_MOST_PARTS = 4
_JOINED = {"allOf": "all", "anyOf": "any"}
_KNOWN = frozenset({"required", "properties", "allOf", "anyOf", "not", "$comment", "title", "description"})


class UnsaidError(ValueError):
    """A condition that has no equal in ours; the reason is a sentence."""


def condition(node: Any, place: Place, depth: int = 0) -> Json:
    """Return the condition; `UnsaidError` where ours would not hold exactly when Amazon's does."""
    if not isinstance(node, dict) or not node.keys() <= _KNOWN or depth > _DEEPEST:
        raise UnsaidError("Its condition has parts that rules do not have.")
    parts = _attributes(node, place)
    for theirs, ours in _JOINED.items():
        if theirs in node:
            parts.append(_joined(ours, [condition(part, place, depth + 1) for part in _list(node[theirs])]))
    if "not" in node:
        parts.append(negated(condition(node["not"], place, depth + 1)))
    return _joined("all", parts)


def _attributes(node: Json, place: Place) -> list[Json]:
    """Return what a node asks of attributes by name."""
    required = [name for name in _list(node.get("required", [])) if isinstance(name, str)]
    properties = node.get("properties", {})
    if not isinstance(properties, dict):
        raise UnsaidError("Its condition has parts that rules do not have.")
    parts: list[Json] = []
    for name in dict.fromkeys([*required, *properties]):
        path, values = _asked((name,), properties.get(name, {}))
        field, is_single = place(path)
        if not is_single and (values is not None or len(path) > 1):
            raise UnsaidError(f"Its condition looks into {name}, which has several entries or stands elsewhere.")
        found: Json = {"field": field, "required": True} if values is None else _one_of(field, values)
        parts.append(found if name in required else {"any": [{"field": place((name,))[0], "missing": True}, found]})
    return parts


def _asked(path: tuple[str, ...], given: Any) -> tuple[tuple[str, ...], list[Any] | None]:
    """Return the part of an attribute that is asked for, and the values it may have: None where any will do."""
    if given == {}:
        return path, None
    if not isinstance(given, dict) or len(given) != 1 or len(path) > _MOST_PARTS:
        raise UnsaidError("Its condition asks more of an attribute than that it has one of some values.")
    ((how, entry),) = given.items()
    if how == "enum" and isinstance(entry, list) and entry:
        return path, entry
    if (
        how not in ("contains", "items")
        or not isinstance(entry, dict)
        or not entry.keys() <= {"required", "properties"}
    ):
        raise UnsaidError("Its condition asks more of an attribute than that it has one of some values.")
    required, properties = _list(entry.get("required", [])), entry.get("properties", {})
    if len(required) != 1 or not isinstance(properties, dict) or not properties.keys() <= {required[0]}:
        raise UnsaidError("Its condition asks for several parts of an attribute.")
    part, below = str(required[0]), properties.get(required[0], {})
    if part == "value" and below == {}:
        return path, None
    return _asked((*path, part), below)


def _one_of(field: str, values: list[Any]) -> Json:
    if all(isinstance(value, str) for value in values):
        return {"field": field, "one_of": values}
    return _joined("any", [{"field": field, "equals": {"to": value}} for value in values])


def negated(given: Json) -> Json:
    """Return the opposite of a condition of ours, with each `not` as far inside as it goes: depth is bounded."""
    if "not" in given:
        return dict(given["not"])
    for how, other in (("all", "any"), ("any", "all")):
        if how in given:
            return _joined(other, [negated(part) for part in given[how]])
    for name, other in (("required", "missing"), ("missing", "required")):
        if name in given:
            return {"field": given["field"], other: True}
    return {"not": given}


def _joined(how: str, parts: list[Json]) -> Json:
    """Join conditions, in several lists where one would be too long."""
    if not parts:
        raise UnsaidError("Its condition is empty.")
    if len(parts) == 1:
        return parts[0]
    parts = [inner for part in parts for inner in (part[how] if part.keys() == {how} else [part])]
    while len(parts) > _MOST:
        parts = [_joined(how, parts[start : start + _MOST]) for start in range(0, len(parts), _MOST)]
    return {how: parts}


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise UnsaidError("Its condition has parts that rules do not have.")
    return given
