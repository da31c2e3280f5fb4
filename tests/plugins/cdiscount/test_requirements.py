"""A category's properties become requirements."""

from __future__ import annotations

import json

import pytest

from marketwright import Severity
from plugins.cdiscount.requirements import name_of, translate

PROPERTIES = [
    {"propertyReference": "3263", "label": "Couleur", "necessity": "Mandatory", "choices": ["Noir", "Blanc"]},
    {"propertyReference": "41", "label": "Taille", "necessity": "Mandatory", "isVariation": True, "choices": []},
    {"propertyReference": "material", "label": "Matière", "necessity": "Recommended"},
    {"propertyReference": "77", "label": "Norme", "necessity": "Optional", "choices": [{"label": "NF"}]},
    {"label": "Sans nom", "necessity": "Mandatory"},
    {"propertyReference": "78", "choices": [5]},
]


@pytest.fixture
def judge(violated):
    """Return a function that says what a product violates."""
    return violated(translate(PROPERTIES, "0U0O05", "Octopia")[0])


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ({"property_3263": "Noir", "property_41": "M", "material": "Coton"}, []),
        ({"property_41": "M", "material": "Coton"}, ["attributes.property_3263 required"]),
        ({"property_3263": "Rouge", "property_41": "M", "material": "x"}, ["attributes.property_3263 one_of"]),
        ({"property_3263": "Noir", "material": "x"}, ["attributes.property_41 required"]),
        ({"property_3263": "Noir", "property_41": "M"}, ["attributes.material required"]),
        ({"property_3263": "Noir", "property_41": "M", "material": "x", "property_77": "CE"},
         ["attributes.property_77 one_of"]),
    ],
)  # fmt: skip
def test_what_properties_ask_is_judged(judge, attributes, found) -> None:
    assert judge(category="0U0O05", attributes=attributes) == found


def test_what_tells_variants_apart_may_stand_with_each(judge) -> None:
    attributes = {"property_3263": "Noir", "material": "Coton"}

    assert judge(category="0U0O05", attributes=attributes, variants=[{"options": {"Taille": "M"}}]) == []


def test_another_category_asks_nothing(judge) -> None:
    assert judge(category="0U0O06", attributes={}) == []


def test_what_is_recommended_only_warns_and_what_is_unclear_is_named() -> None:
    found, skipped = translate(PROPERTIES, "0U0O05", "Octopia")

    assert [one.severity for one in found if one.label == "Matière"] == [Severity.WARNING]
    assert [one.what for one in skipped] == ["Sans nom", "78"]


def test_the_property_that_a_recorded_refusal_names_is_found_by_its_rule(shared, judge) -> None:
    """ER400-6067 names the reference of the mandatory property that was missing: 3263."""
    derived = json.loads((shared / "specs/cdiscount/octopia-payloads.derived.json").read_text())
    refused = derived["products_integration_report"]["items"][1]["errors"][0]
    filled = derived["products_integration_request"]["products"][0]["attributes"][0]

    name = name_of(refused["field"])

    assert f"attributes.{name} required" in judge(category="0U0O05", attributes={})
    assert name_of(filled["propertyReference"]) == name
    assert judge(category="0U0O05", attributes={name: filled["values"][0], "property_41": "M", "material": "x"}) == []
