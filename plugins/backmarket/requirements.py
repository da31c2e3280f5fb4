"""The attributes of Back Market's leaf categories as requirements, after its own OpenAPI (CategoryTree).

The record that they judge has the path of category names (`Electronics > Smartphones`) as its category, and an
attribute under `attributes` by its `field`, unless `FIELDS` gives it one of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marketwright import Requirement, Skipped

Json = dict[str, Any]

FIELDS = {"ean": "gtin", "title": "title", "description": "description", "brand": "brand", "weight": "weight.value"}
DECIMAL, INTEGER, STRING, MULTIPLE_CHOICE = range(4)
_DEEPEST = 12


def translate(tree: Json, source: str) -> tuple[list[Requirement], list[Skipped]]:
    """Say in our words what the leaves of a category tree ask."""
    found: list[Requirement] = []
    skipped: list[Skipped] = []
    for category, attribute in _leaves(tree, ()):
        name = attribute.get("field")
        if not isinstance(name, str) or not name:
            continue
        place = FIELDS.get(name, f"attributes.{name}")
        label = str(attribute.get("field_name") or name)
        common: Json = {"label": label, "field": place, "category": category, "source": source}
        if attribute.get("required") is True:
            found.append(Requirement(check="required", **common))
        kind = attribute.get("type")
        if kind == DECIMAL:
            found.append(Requirement(check="number", **common))
        elif kind == INTEGER:
            found.append(Requirement(check="integer", **common))
        elif kind == MULTIPLE_CHOICE:
            values = [value.strip() for value in str(attribute.get("allowed_values") or "").split(",") if value.strip()]
            if values:
                found.append(Requirement(check="one_of", arguments={"values": values}, **common))
            else:
                skipped.append(Skipped(f"{category}, {name}", "It is a choice, and no values are given."))
        elif kind != STRING:
            skipped.append(Skipped(f"{category}, {name}", f"Its type {kind} is not known here."))
    return found, skipped


def _leaves(category: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Json]]:
    """Yield each attribute of each leaf, with the path of its category's names."""
    if not isinstance(category, dict) or len(path) > _DEEPEST:
        return
    own = (*path, str(category.get("category_name") or "").strip())
    if category.get("is_leaf") is True:
        attributes = category.get("attributes")
        for attribute in attributes if isinstance(attributes, list) else ():
            if isinstance(attribute, dict):
                yield " > ".join(part for part in own if part), attribute
    children = category.get("childrens")
    for child in children if isinstance(children, list) else ():
        yield from _leaves(child, own)
