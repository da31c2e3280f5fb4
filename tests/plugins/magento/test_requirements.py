"""A shop's product attributes become requirements, in the words of its own REST schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from plugins.magento import requirements
from plugins.magento.requirements import translate

SOURCE = "GET /V1/products/attributes"


def attribute(code: str, **more: Any) -> dict[str, Any]:
    return {
        "attribute_code": code, "frontend_input": "text", "entity_type_id": "4", "is_required": False,
        "default_frontend_label": code.title(), "options": [], "is_user_defined": True, "apply_to": [], **more,
    }  # fmt: skip


COLOURS = [{"label": " ", "value": ""}, {"label": "Red", "value": "49"}, {"label": "Blue", "value": "50"}]
ATTRIBUTES = [
    attribute("sku", is_required=True, frontend_class="validate-length maximum-length-64"),
    attribute("name", is_required=True, frontend_class="validate-length maximum-length-255"),
    attribute("price", is_required=True, frontend_input="price", apply_to=["simple", "virtual"]),
    attribute("status", is_required=True, frontend_input="select", options=[{"label": "On", "value": "1"}]),
    attribute("color", frontend_input="select", options=COLOURS),
    attribute("features", frontend_input="multiselect", options=COLOURS),
    attribute("code", frontend_class="validate-digits minimum-length-3 required-entry"),
    attribute("odd", frontend_class="validate-moon"),
    attribute("note", validation_rules=[{"key": "max_text_length", "value": "5"}, {"key": "mood", "value": "x"}]),
    attribute("special_price", is_required=True, frontend_input="price"),
]
GOOD: dict[str, Any] = {
    "sku": "24-MB01", "title": "Bag", "price": 34, "status": 1, "product_type": "simple",
    "attributes": {"attribute_set_id": 15, "color": "49", "code": "123", "note": "five5"},
}  # fmt: skip


@pytest.fixture
def broken(violated):
    """Return a function that says what a good product violates once some of it is changed."""
    judge = violated(translate(ATTRIBUTES, SOURCE)[0])

    def changed(**changes: Any) -> list[str]:
        attributes = {**GOOD["attributes"], **changes.pop("attributes", {})}
        return judge(**{**GOOD, **changes, "attributes": attributes})

    return changed


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"sku": "x" * 65}, ["sku max_length"]),
        ({"title": None}, ["title required"]),
        ({"price": None}, ["price required"]),
        ({"price": None, "product_type": "configurable"}, []),
        ({"price": "34,00"}, ["price number"]),
        ({"status": None}, ["status required"]),
        ({"attributes": {"color": "51"}}, ["attributes.color one_of"]),
        ({"attributes": {"code": "12a"}}, ["attributes.code pattern"]),
        ({"attributes": {"code": "12"}}, ["attributes.code min_length"]),
        ({"attributes": {"note": "longer"}}, ["attributes.note max_length"]),
    ],
)
def test_what_attributes_ask_is_judged(broken, changes, found) -> None:
    assert broken(**changes) == found


def test_an_attribute_set_asks_of_its_own_products(violated) -> None:
    judge = violated(translate([attribute("material", is_required=True)], SOURCE, attribute_set=15)[0])

    assert judge(attributes={"attribute_set_id": 15}) == ["attributes.material required"]
    assert judge(attributes={"attribute_set_id": 16}) == []


def test_what_cannot_be_said_is_named_with_its_reason() -> None:
    _, skipped = translate(ATTRIBUTES, SOURCE)

    assert [(one.what, one.reason) for one in skipped] == [
        ("features", "Several of its options stand in one text, which a rule cannot take apart."),
        ("odd", "Its class validate-moon is not known here."),
        ("note", "Its validation rule mood is not known here."),
    ]


def test_the_words_read_are_those_of_the_official_schema(shared: Path) -> None:
    text = (shared / "specs/magento/admin-schema-2.4.9.yaml").read_text(encoding="utf-8")
    definitions = yaml.load(text, Loader=yaml.CSafeLoader)["definitions"]
    properties = definitions["catalog-data-product-attribute-interface"]["properties"]
    source = Path(requirements.__file__).read_text(encoding="utf-8")
    read = {"attribute_code", "default_frontend_label", "is_required", "frontend_input", "options",
            "is_user_defined", "frontend_class", "validation_rules", "apply_to"}  # fmt: skip

    assert [word for word in read if f'"{word}"' not in source] == []
    assert read <= set(properties)
    assert properties["is_required"]["type"] == "boolean"


@pytest.mark.parametrize("attributes", [[], [5, {}, {"attribute_code": 5}], [{
    "attribute_code": "a", "options": 5, "frontend_class": 5, "validation_rules": {}, "apply_to": 5}]],
)  # fmt: skip
def test_an_answer_of_another_shape_says_nothing(attributes) -> None:
    assert translate(attributes, SOURCE) == ([], [])
