"""An operator's attributes become requirements; the first two are Mirakl's own example of PM11."""

from __future__ import annotations

from typing import Any

import pytest

from core.model.requirements import RequirementSet
from core.rules.published import sound
from marketwright import Severity
from plugins.mirakl.requirements import translate

SOURCE = "Mirakl PM11"
EXAMPLE = [
    {
        "channels": [{"code": "WEBSITE_EN"}], "code": "washingInstructions3", "default_value": None,
        "description": "How do you wash the product", "hierarchy_code": "3012", "label": "Washing Instructions",
        "locale": "en_US", "requirement_level": "OPTIONAL", "roles": [], "transformations": "CAMEL_CASE",
        "type": "TEXT", "type_parameter": None, "validations": "MIN_LENGTH|10", "variant": False,
    },
    {
        "channels": [{"code": "WEBSITE_FR"}], "code": "toolsIncluded3", "hierarchy_code": "5610102",
        "label": "Tools Included", "requirement_level": "OPTIONAL", "roles": [], "type": "LIST",
        "type_parameter": "Boolean", "variant": False,
    },
]  # fmt: skip
LISTS = [
    {"code": "Boolean", "label": "Yes or no", "values": [{"code": "true", "label": "Yes"}, {"code": "false"}]},
    {"code": "Jewellery", "values": [{"code": "Rings", "label": "Anneaux"}, {"code": "Bracelets"}]},
]


def attribute(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "label": code.title(), "requirement_level": "OPTIONAL", "roles": [], "type": "TEXT", **more}


OWN = [
    attribute("name", requirement_level="REQUIRED", roles=[{"type": "TITLE", "parameters": []}],
              validations="MIN_LENGTH|3,MAX_LENGTH|80"),
    attribute("barcode", requirement_level="REQUIRED", roles=[{"type": "EAN", "parameters": []}],
              validations="PATTERN|[0-9]{8,13}"),
    attribute("story", requirement_level="RECOMMENDED", type="LONG_TEXT"),
    attribute("stones", type="INTEGER", validations="MIN|1,MAX|12"),
    attribute("carat", type="DECIMAL"),
    attribute("kinds", type="LIST_MULTIPLE_VALUES", type_parameters=[{"name": "LIST_CODE", "value": "Jewellery"}]),
    attribute("made", type="DATE", type_parameters=[{"name": "PATTERN", "value": "yyyy-MM-dd"}]),
    attribute("secret", requirement_level="DISABLED", type="INTEGER"),
    attribute("hue", type="COLOUR_WHEEL", validations="SHINY|yes,MAX_LENGTH|9"),
    attribute("old", required=True, requirement_level=None),
    attribute("lost", type="LIST", values_list="Gone"),
    attribute("commas", validations="PATTERN|^a{1,2},b$,MAX_LENGTH|9"),
    attribute("period", type="DATE", type_parameter="dd/MM"),
]  # fmt: skip
GOOD: dict[str, Any] = {
    "title": "Silver ring", "gtin": "4006381333931", "category": "3012",
    "attributes": {"washingInstructions3": "By hand, cold", "story": "Old", "stones": "3", "carat": "0.5",
                   "kinds": ["Rings"], "made": "2026-01-31", "old": "yes", "commas": "aa,b"},
}  # fmt: skip


@pytest.fixture
def broken(violated):
    """Return a function that says what a good product violates once some of it is changed."""
    judge = violated(translate([*EXAMPLE, *OWN], LISTS, SOURCE)[0])

    def changed(**changes: Any) -> list[str]:
        attributes = {**GOOD["attributes"], **changes.pop("attributes", {})}
        return judge(**{**GOOD, **changes, "attributes": attributes})

    return changed


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"attributes": {"washingInstructions3": "By hand"}}, ["attributes.washingInstructions3 min_length"]),
        ({"attributes": {"washingInstructions3": "By hand"}, "category": "3013"}, []),
        ({"attributes": {"toolsIncluded3": "maybe"}, "category": "5610102"}, ["attributes.toolsIncluded3 one_of"]),
        ({"attributes": {"toolsIncluded3": "true"}, "category": "5610102"}, []),
        ({"title": None}, ["title required"]),
        ({"title": "x" * 81}, ["title max_length"]),
        ({"gtin": "123"}, ["gtin pattern"]),
        ({"gtin": "x4006381333931"}, ["gtin pattern"]),
        ({"attributes": {"story": None}}, ["attributes.story required"]),
        ({"attributes": {"stones": "13"}}, ["attributes.stones range"]),
        ({"attributes": {"stones": "1.5"}}, ["attributes.stones integer"]),
        ({"attributes": {"carat": "half"}}, ["attributes.carat number"]),
        ({"attributes": {"kinds": ["Rings", "Socks"]}}, ["attributes.kinds.1 one_of"]),
        ({"attributes": {"made": "31/01/2026"}}, ["attributes.made date_form"]),
        ({"attributes": {"old": None}}, ["attributes.old required"]),
        ({"attributes": {"commas": "aaa,b"}}, ["attributes.commas pattern"]),
    ],
)
def test_what_attributes_ask_is_judged(broken, changes, found) -> None:
    assert broken(**changes) == found


def test_what_is_recommended_only_warns() -> None:
    found, _ = translate(OWN, LISTS, SOURCE)

    assert [one.severity for one in found if one.field == "attributes.story"] == [Severity.WARNING]


def test_what_is_disabled_is_not_asked() -> None:
    found, _ = translate(OWN, LISTS, SOURCE)

    assert [one for one in found if one.label == "Secret"] == []


def test_what_is_not_known_is_named_with_its_reason() -> None:
    _, skipped = translate(OWN, LISTS, SOURCE)

    assert [(one.what, one.reason) for one in skipped] == [
        ("hue", "Its type COLOUR_WHEEL is not known here."),
        ("hue", "Its validation SHINY|yes is not known here."),
        ("lost", "Its list of values Gone is not given."),
        ("period", "Its dates have a form that we do not know: dd/MM."),
    ]


def test_a_pattern_that_does_not_run_in_linear_time_is_left_out_by_the_core() -> None:
    found, _ = translate([attribute("x", validations="PATTERN|(?=a)b")], (), SOURCE)

    kept = sound(RequirementSet(name="all", requirements=tuple(found)))

    assert [one.what for one in kept.skipped] == ["attributes.x: pattern"]


@pytest.mark.parametrize("attributes", [[], [5, None, {}], [{"code": 5}], [{
    "code": "a", "roles": 5, "type_parameters": {}, "validations": 5, "type": "LIST", "values": 5}]],
)  # fmt: skip
def test_an_answer_of_another_shape_says_nothing(attributes) -> None:
    assert translate(attributes, [5, {}], SOURCE)[0] == []
