"""eBay's item aspects as requirements, after the types of Taxonomy API v1 (commerce_taxonomy_v1_oas3.json).

The record that they judge has an aspect under `attributes` by its localized name: one value, or a list where several
stand. What `FIELDS` names stands in a field of ours; a marketplace in another language has names of its own for it,
which the caller adds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marketwright import Requirement, Severity, Skipped

Json = dict[str, Any]

FIELDS: Mapping[str, str] = {"Brand": "brand", "MPN": "mpn", "EAN": "gtin", "UPC": "gtin", "ISBN": "gtin"}
_DATES = {"YYYY": 4, "YYYYMM": 6, "YYYYMMDD": 8}
_NUMBERS = {"int32": "integer", "double": "number"}
_MOST_DEPENDENCIES = 100


def translate(
    metadata: Json, category: str, source: str, fields: Mapping[str, str] = FIELDS
) -> tuple[list[Requirement], list[Skipped]]:
    """Say in our words what a category asks of an item's aspects. `category` is as records name it."""
    reader = _Reader(category, source, fields)
    for aspect in _list(metadata.get("aspects")):
        name = _object(aspect).get("localizedAspectName")
        if isinstance(name, str) and name.strip():
            reader.aspect(name, _object(aspect))
    return reader.found, reader.skipped


@dataclass
class _Reader:
    """Reads the aspects of one category."""

    category: str
    source: str
    fields: Mapping[str, str]
    found: list[Requirement] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def aspect(self, name: str, aspect: Json) -> None:
        """Read what is asked of one aspect."""
        constraint = _object(aspect.get("aspectConstraint"))
        place = self.place(name)
        is_many = constraint.get("itemToAspectCardinality") == "MULTI"
        value = f"{place}[]" if is_many and place.startswith("attributes.") else place
        self.presence(name, place, constraint)
        if constraint.get("itemToAspectCardinality") == "SINGLE":
            self.add(name, place, "item_count", {"maximum": 1})
        limit = constraint.get("aspectMaxLength")
        if isinstance(limit, int) and limit > 0:
            self.add(name, value, "max_length", {"limit": limit})
        for check, arguments in self.form(name, constraint):
            self.add(name, value, check, arguments)
        values = _list(aspect.get("aspectValues"))
        if constraint.get("aspectMode") == "SELECTION_ONLY" and values:
            named = [it for it in (_object(one).get("localizedValue") for one in values) if isinstance(it, str)]
            self.add(name, value, "one_of", {"values": named})
        self.dependencies(name, value, values)

    def presence(self, name: str, place: str, constraint: Json) -> None:
        """Read whether an aspect has to be there. One that tells variations apart may stand with each of those."""
        when = {"field": "variants", "missing": True} if constraint.get("aspectEnabledForVariations") is True else None
        if constraint.get("aspectRequired") is True:
            self.add(name, place, "required", when=when)
            return
        day = _day(constraint.get("expectedRequiredByDate"))
        if constraint.get("aspectUsage") == "RECOMMENDED":
            self.add(name, place, "required", when=when, severity=Severity.WARNING, until=day)
        if day is not None:
            self.add(name, place, "required", when=when, since=day)

    def form(self, name: str, constraint: Json) -> Iterator[tuple[str, Json]]:
        """Yield how a number or a date is to be written."""
        kind, form = constraint.get("aspectDataType"), constraint.get("aspectFormat")
        if kind == "NUMBER":
            yield _NUMBERS.get(str(form), "number"), {}
        elif kind == "DATE" and form in _DATES:
            yield "pattern", {"regex": f"^[0-9]{{{_DATES[str(form)]}}}$"}
        elif kind == "DATE":
            self.skipped.append(Skipped(name, f"Its dates have a form that we do not know: {form}."))

    def dependencies(self, name: str, value: str, values: list[Any]) -> None:
        """Read which values can only be chosen beside certain values of another aspect."""
        groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for one in map(_object, values):
            constraints = [_object(it) for it in _list(one.get("valueConstraints"))]
            if not constraints:
                continue
            control = constraints[0].get("applicableForLocalizedAspectName")
            allowed = tuple(map(str, _list(constraints[0].get("applicableForLocalizedAspectValues"))))
            if len(constraints) > 1 or not isinstance(control, str) or not allowed:
                self.skipped.append(Skipped(f"{name}: {one.get('localizedValue')}", "It depends on several aspects."))
                continue
            groups.setdefault((control, allowed), []).append(str(one.get("localizedValue")))
        if len(groups) > _MOST_DEPENDENCIES:
            self.skipped.append(Skipped(name, f"Its values depend on others in more than {_MOST_DEPENDENCIES} ways."))
            return
        for (control, allowed), dependent in groups.items():
            other = self.place(control)
            when = {
                "all": [{"field": other, "text": True}, {"not": {"field": other, "one_of": list(allowed)}}],
            }
            self.add(name, value, "not_in", {"values": dependent}, when=when)

    def place(self, name: str) -> str:
        """Return where an aspect stands in our record."""
        return self.fields.get(name, f"attributes.{name}")

    def add(self, name: str, place: str, check: str, arguments: Json | None = None, **more: Any) -> None:
        """Add a requirement for the category."""
        given = arguments or {}
        self.found.append(
            Requirement(
                label=name,
                field=place,
                check=check,
                arguments=given,
                category=self.category,
                source=self.source,
                **more,
            )
        )


def _day(given: object) -> date | None:
    try:
        return date.fromisoformat(str(given)[:10])
    except ValueError:
        return None


def _object(given: Any) -> Json:
    return given if isinstance(given, dict) else {}


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []
