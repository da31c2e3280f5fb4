"""An operator's attributes (PM11) and value lists (VL11) as requirements.

Names and examples are those of Mirakl's own description of the seller API (api-evangelist/mirakl@17e47e7,
openapi/_original/mirakl-mcm-seller-openapi.json). Which types and validations there are is not listed there: what is
not known here is named with its reason.

The record that they judge has an attribute under `attributes` by its code, values of lists by their code, and the
hierarchy's code as its category.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from marketwright import Requirement, Severity, Skipped

Json = dict[str, Any]

ROLES: Mapping[str, str] = {
    "TITLE": "title", "DESCRIPTION": "description", "BRAND": "brand", "EAN": "gtin", "CATEGORY": "category",
}  # fmt: skip
"""Roles by which an operator says what an attribute is; all others stand under `attributes`."""

_LISTS = frozenset({"LIST", "LIST_MULTIPLE_VALUES"})
_TYPES = {"INTEGER": "integer", "DECIMAL": "number"}
_FREE = frozenset({"TEXT", "LONG_TEXT", "MEDIA", *_TYPES, *_LISTS})
_LENGTHS = {"MIN_LENGTH": "min_length", "MAX_LENGTH": "max_length"}
_BOUNDS = {"MIN": "minimum", "MAX": "maximum"}
_BETWEEN = re.compile(r",(?=\s*[A-Z][A-Z_]*(?:\||,|$))")
_LEVELS = {"REQUIRED": Severity.ERROR, "RECOMMENDED": Severity.WARNING}


def translate(
    attributes: Iterable[Any], values_lists: Iterable[Any], source: str
) -> tuple[list[Requirement], list[Skipped]]:
    """Say in our words what an operator asks of its attributes."""
    found: list[Requirement] = []
    skipped: list[Skipped] = []
    lists = {str(_object(one).get("code")): _codes(_object(one).get("values")) for one in values_lists}
    for attribute in map(_object, attributes):
        code = attribute.get("code")
        if not isinstance(code, str) or not code or attribute.get("requirement_level") == "DISABLED":
            continue
        place = _place(attribute, code)
        many = attribute.get("type") == "LIST_MULTIPLE_VALUES" and place.startswith("attributes.")
        common: Json = {
            "label": str(attribute.get("label") or code),
            "source": source,
            "category": attribute.get("hierarchy_code") or None,
        }
        level = _level(attribute)
        if level is not None:
            found.append(Requirement(field=place, check="required", severity=level, **common))
        for one in (*_kind(attribute, lists), *_validations(attribute)):
            if isinstance(one, str):
                skipped.append(Skipped(code, one))
                continue
            check, arguments = one
            value = f"{place}[]" if many else place
            found.append(Requirement(field=value, check=check, arguments=arguments, **common))
    return found, skipped


def _level(attribute: Json) -> Severity | None:
    level = attribute.get("requirement_level")
    if level is None and attribute.get("required") is True:
        level = "REQUIRED"
    return _LEVELS.get(str(level))


def _place(attribute: Json, code: str) -> str:
    """Return where an attribute stands in our record: by its role, else by its code."""
    roles = [str(_object(role).get("type")) for role in _list(attribute.get("roles"))]
    return next((ROLES[role] for role in roles if role in ROLES), f"attributes.{code}")


def _kind(attribute: Json, lists: Mapping[str, list[str]]) -> Iterator[tuple[str, Json] | str]:
    """Yield the checks that an attribute's type comes to, or a sentence why there is none."""
    kind = attribute.get("type")
    parameters = {
        str(_object(one).get("name")): _object(one).get("value") for one in _list(attribute.get("type_parameters"))
    }
    if kind in _TYPES:
        yield _TYPES[str(kind)], {}
    elif kind in _LISTS:
        code = parameters.get("LIST_CODE") or attribute.get("type_parameter") or attribute.get("values_list")
        values = lists.get(str(code)) or _codes(attribute.get("values"))
        if values:
            yield "one_of", {"values": values}
        else:
            yield f"Its list of values {code} is not given."
    elif kind == "DATE":
        form = parameters.get("PATTERN") or attribute.get("type_parameter")
        if form == "yyyy-MM-dd":
            yield "date_form", {"form": "YYYY-MM-DD"}
        else:
            yield f"Its dates have a form that we do not know: {form}."
    elif kind not in _FREE:
        yield f"Its type {kind} is not known here."


def _validations(attribute: Json) -> Iterator[tuple[str, Json] | str]:
    """Yield the checks of `MIN_LENGTH|10,MAX_LENGTH|200`; a pattern may hold commas of its own."""
    given = attribute.get("validations")
    bounds: Json = {}
    for one in _BETWEEN.split(given) if isinstance(given, str) and given.strip() else ():
        name, _, argument = one.strip().partition("|")
        if name in _LENGTHS and argument.isdecimal():
            if name != "MIN_LENGTH" or int(argument) > 1:
                yield _LENGTHS[name], {"limit": int(argument)}
        elif name in _BOUNDS and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,10})?", argument):
            bounds[_BOUNDS[name]] = argument
        elif name == "PATTERN" and argument:
            yield "pattern", {"regex": f"^(?:{argument})$"}
        else:
            yield f"Its validation {one.strip()} is not known here."
    if bounds:
        yield "range", bounds


def _codes(values: Any) -> list[str]:
    return [code for code in (_object(one).get("code") for one in _list(values)) if isinstance(code, str)]


def _object(given: Any) -> Json:
    return given if isinstance(given, dict) else {}


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []
