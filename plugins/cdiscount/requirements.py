"""A category's properties as requirements: `necessity` (Mandatory, Recommended, Optional), `choices`, `isVariation`.

These three are what Octopia documents of a property (category referential of the sellers' API). How a property and a
choice name themselves is read leniently, because no official description could be had: `propertyReference` is how a
product names the property that it fills (octopia-payloads.derived.json, products_integration_request).

The record that they judge has a property under `attributes` by `name_of` its reference, for a path cannot have digits
alone for a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marketwright import Requirement, Severity, Skipped

Json = dict[str, Any]

_LEVELS = {"Mandatory": Severity.ERROR, "Recommended": Severity.WARNING}


def name_of(reference: str) -> str:
    """Return the name under `attributes` of a property: `3263` stands as `property_3263`."""
    return f"property_{reference}" if reference.isdecimal() else reference


def translate(properties: Iterable[Any], category: str, source: str) -> tuple[list[Requirement], list[Skipped]]:
    """Say in our words what a category asks. `category` is as records name it."""
    found: list[Requirement] = []
    skipped: list[Skipped] = []
    for one in (it for it in properties if isinstance(it, dict)):
        reference = _text(one, "propertyReference", "reference", "code", "id")
        if reference is None:
            skipped.append(Skipped(_text(one, "label", "name") or "a property", "It has no reference to name it by."))
            continue
        place = f"attributes.{name_of(reference)}"
        common: Json = {"label": _text(one, "label", "name") or reference, "category": category, "source": source}
        level = _LEVELS.get(str(one.get("necessity")))
        if level is not None:
            apart = one.get("isVariation", one.get("isVariant")) is True
            when = {"field": "variants", "missing": True} if apart else None
            found.append(Requirement(field=place, check="required", severity=level, when=when, **common))
        given = one.get("choices")
        choices = [name for name in (_choice(it) for it in given) if name] if isinstance(given, list) else []
        if choices:
            found.append(Requirement(field=place, check="one_of", arguments={"values": choices}, **common))
        elif given:
            skipped.append(Skipped(reference, "Its choices have a form that we do not know."))
    return found, skipped


def _choice(given: Any) -> str | None:
    if isinstance(given, dict):
        return _text(given, "value", "label", "name")
    return given if isinstance(given, str) else None


def _text(given: Json, *names: str) -> str | None:
    """Return the first of these that says something."""
    for name in names:
        value = given.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value)
    return None
