"""Item aspects, in the words of eBay's own description of the Taxonomy API, become requirements."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from marketwright import Severity
from plugins.ebay import requirements
from plugins.ebay.requirements import translate

SOURCE = "eBay Taxonomy API, getItemAspectsForCategory"


def aspect(name: str, *values: Any, **constraint: Any) -> dict[str, Any]:
    return {
        "localizedAspectName": name,
        "aspectConstraint": {"aspectDataType": "STRING", "aspectMode": "FREE_TEXT", "aspectUsage": "OPTIONAL",
                             "itemToAspectCardinality": "SINGLE", "aspectRequired": False, **constraint},
        "aspectValues": [value if isinstance(value, dict) else {"localizedValue": value} for value in values],
    }  # fmt: skip


def depending(value: str, on: str, *allowed: str) -> dict[str, Any]:
    """The documented example: the colour Green is there in the sizes Small and Medium only."""
    return {"localizedValue": value, "valueConstraints": [
        {"applicableForLocalizedAspectName": on, "applicableForLocalizedAspectValues": list(allowed)}]}  # fmt: skip


METADATA = {
    "aspects": [
        aspect("Brand", "GoPro", "Sony", aspectRequired=True, aspectUsage="RECOMMENDED", aspectMaxLength=65),
        aspect("Storage Type", "Removable", "Built-in", aspectMode="SELECTION_ONLY", itemToAspectCardinality="MULTI"),
        aspect("Colour", "Red", depending("Green", "Size", "Small", "Medium"), aspectMode="SELECTION_ONLY"),
        aspect("Size", "Small", "Medium", "Large", aspectRequired=True, aspectEnabledForVariations=True),
        aspect("Megapixels", aspectDataType="NUMBER", aspectFormat="double", aspectUsage="RECOMMENDED"),
        aspect("Year", aspectDataType="DATE", aspectFormat="YYYY"),
        aspect("Energy Class (EU)", aspectUsage="RECOMMENDED", expectedRequiredByDate="2027-03-01T00:00:00.000Z"),
        aspect("Made on", aspectDataType="DATE", aspectFormat="MM/YYYY"),
        aspect("Fit", {"localizedValue": "Slim", "valueConstraints": [{}, {}]}),
    ]
}
GOOD: dict[str, Any] = {
    "category": "Cameras > Action", "brand": "GoPro",
    "attributes": {"Storage Type": ["Removable"], "Colour": "Red", "Size": "Large", "Megapixels": "12.5",
                   "Year": "2024", "Energy Class (EU)": "A"},
}  # fmt: skip


@pytest.fixture
def broken(violated):
    """Return a function that says what a good product violates once some of it is changed."""
    found, _ = translate(METADATA, "Cameras", SOURCE)
    judge = violated(one for one in found if one.since is None)

    def changed(**changes: Any) -> list[str]:
        attributes = {**GOOD["attributes"], **changes.pop("attributes", {})}
        return judge(**{**GOOD, **changes, "attributes": attributes})

    return changed


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"brand": None}, ["brand required"]),
        ({"brand": "x" * 66}, ["brand max_length"]),
        ({"attributes": {"Storage Type": ["Removable", "Cloud"]}}, ["attributes.Storage Type.1 one_of"]),
        ({"attributes": {"Colour": "Green"}}, ["attributes.Colour not_in"]),
        ({"attributes": {"Colour": "Green", "Size": "Medium"}}, []),
        ({"attributes": {"Colour": "Blue"}}, ["attributes.Colour one_of"]),
        ({"attributes": {"Size": None}}, ["attributes.Size required"]),
        ({"attributes": {"Size": None}, "variants": [{"options": {"Size": "Large"}}]}, []),
        ({"attributes": {"Megapixels": "many"}}, ["attributes.Megapixels number"]),
        ({"attributes": {"Megapixels": None}}, ["attributes.Megapixels required"]),
        ({"attributes": {"Year": "24"}}, ["attributes.Year pattern"]),
        ({"attributes": {"Size": ["Small", "Large"]}}, ["attributes.Size item_count"]),
        ({"brand": None, "category": "Toys"}, []),
    ],
)
def test_what_aspects_ask_is_judged(broken, changes, found) -> None:
    assert broken(**changes) == found


def test_what_is_recommended_only_warns_until_the_day_it_is_required() -> None:
    found, _ = translate(METADATA, "Cameras", SOURCE)

    energy = [one for one in found if one.label.startswith("Energy") and one.check == "required"]
    assert [(one.severity, one.since, one.until) for one in energy] == [
        (Severity.WARNING, None, date(2027, 3, 1)),
        (Severity.ERROR, date(2027, 3, 1), None),
    ]


def test_what_cannot_be_said_is_named_with_its_reason() -> None:
    _, skipped = translate(METADATA, "Cameras", SOURCE)

    assert [(one.what, one.reason) for one in skipped] == [
        ("Made on", "Its dates have a form that we do not know: MM/YYYY."),
        ("Fit: Slim", "It depends on several aspects."),
    ]


def test_a_marketplace_in_another_language_has_its_own_names() -> None:
    german = {"aspects": [aspect("Marke", aspectRequired=True), aspect("Größe", aspectRequired=True)]}

    found, _ = translate(german, "Kameras", SOURCE, fields={"Marke": "brand"})

    assert [one.field for one in found if one.check == "required"] == ["brand", "attributes.Größe"]


def test_the_words_read_are_those_of_ebays_own_description(shared: Path) -> None:
    schemas = json.loads((shared / "specs/ebay/commerce_taxonomy_v1_oas3.json").read_text())["components"]["schemas"]
    text = Path(requirements.__file__).read_text()

    for name in ("AspectConstraint", "Aspect", "AspectValue", "ValueConstraint"):
        known = set(schemas[name]["properties"]) - {"aspectApplicableTo", "relevanceIndicator"}
        assert [word for word in known if f'"{word}"' not in text] == []


@pytest.mark.parametrize("metadata", [{}, {"aspects": 5}, {"aspects": [5, {}, {"localizedAspectName": 5}]}, {
    "aspects": [{"localizedAspectName": "A", "aspectConstraint": 5, "aspectValues": [5, {"valueConstraints": [5]}]}]}],
)  # fmt: skip
def test_an_answer_of_another_shape_says_nothing(metadata) -> None:
    assert translate(metadata, "Cameras", SOURCE)[0] == []
