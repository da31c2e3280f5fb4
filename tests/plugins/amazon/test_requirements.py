"""Product type definitions, in the vocabulary of Amazon's own, become requirements.

The definition below is written for these tests in the form of those that the API links to: `$defs`, arrays of entries
with selectors, informational words, and conditions as Amazon writes them. Amazon's own PRODUCT definition
(amzn/selling-partner-api-models@36d3710, schemas/definitions/Product.json) was read in writing the translator.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from marketwright import Requirement, Skipped
from plugins.amazon.conditions import UnsaidError, condition
from plugins.amazon.requirements import translate

SOURCE = "Product type definition LUGGAGE"
TEXT = {"title": "Text", "editable": True, "hidden": False, "type": "string"}
IDS = {"language_tag": {"$ref": "#/$defs/language_tag"}, "marketplace_id": {"$ref": "#/$defs/marketplace_id"}}


def attribute(title: str, most: int = 1, selectors: tuple[str, ...] = (), **value: Any) -> dict[str, Any]:
    return {
        "title": title, "type": "array", "minItems": 1, "minUniqueItems": 1, "maxUniqueItems": most,
        "selectors": ["marketplace_id", "language_tag", *selectors],
        "items": {"type": "object", "required": ["value", "marketplace_id"], "additionalProperties": False,
                  "properties": {"value": {**TEXT, **value}, **IDS}},
    }  # fmt: skip


def present(name: str, *values: Any, part: str = "value") -> dict[str, Any]:
    entry: dict[str, Any] = {"required": [part]}
    if values:
        return {"required": [name], "properties": {name: {"contains": {
            **entry, "properties": {part: {"enum": list(values)}}}}}}  # fmt: skip
    return {"required": [name], "properties": {name: {"items": entry}}}


WEIGHT = {
    "title": "Package weight", "type": "array", "maxUniqueItems": 1, "selectors": ["marketplace_id"],
    "items": {"type": "object", "required": ["unit", "value"], "properties": {
        "value": {"title": "Weight", "type": "number", "minimum": 0, "exclusiveMaximum": 900, "maxLength": 5000},
        "unit": {"title": "Unit", "type": "string", "enum": ["grams", "pounds"], "enumNames": ["Grams", "Pounds"]},
        **IDS}},
}  # fmt: skip
SCHEMA: dict[str, Any] = {
    "$schema": "https://schemas.amazon.com/selling-partners/definitions/product-types/meta-schema/v1",
    "$id": "https://schemas.amazon.com/selling-partners/definitions/product-types/schema/v1/LUGGAGE",
    "$defs": {"marketplace_id": {"type": "string"}, "language_tag": {"type": "string"}},
    "type": "object",
    "required": ["item_name", "brand", "bullet_point", "country_of_origin"],
    "properties": {
        "item_name": attribute("Item Name", minLength=1, maxLength=200, maxUtf8ByteLength=600),
        "brand": attribute("Brand Name", maxLength=100, pattern=r"^\S"),
        "bullet_point": attribute("Bullet Point", most=5, minLength=3, maxUtf8ByteLength=700),
        "country_of_origin": attribute("Country of Origin", enum=["CN", "DE"], enumNames=["China", "Germany"]),
        "color": attribute("Colour", anyOf=[{"type": "string"}, {"type": "string", "enum": ["Red"]}]),
        "style": attribute("Style", anyOf=[{"enum": ["Classic"]}, {"enum": ["Modern", "Classic"]}]),
        "batteries_required": attribute("Are batteries required", type="boolean", enum=[False, True]),
        "batteries_included": attribute("Are batteries included", type="boolean", enum=[False, True]),
        "parentage_level": attribute("Parentage Level", enum=["child", "parent"]),
        "merchant_suggested_asin": attribute("Suggested ASIN", selectors=("value",), minLength=10, maxLength=10),
        "item_package_weight": WEIGHT,
        "externally_assigned_product_identifier": attribute("Product ID", selectors=("type",), enum=["x"]),
        "release_date": attribute("Release Date", format="date"),
    },
    "allOf": [
        {"if": present("batteries_required", True), "then": {"required": ["batteries_included"]}},
        {
            "if": {"anyOf": [
                {"allOf": [{"not": present("merchant_suggested_asin")}, {"not": present("parentage_level")}]},
                {"allOf": [{"not": present("merchant_suggested_asin")}, {"not": present("parentage_level", "parent")}]},
            ]},
            "then": {"required": ["externally_assigned_product_identifier"]},
            "else": {"not": {"required": ["color"]}},
        },
        {
            "if": present("parentage_level", "child"),
            "then": {"properties": {"item_package_weight": {"items": {"required": ["unit"]}},
                                    "style": {"items": {"properties": {"value": {"enum": ["Classic"]}}}}}},
        },
        {"if": present("item_package_weight", "pounds", part="unit"), "then": {"required": ["release_date"]}},
        {"if": present("bullet_point", "x"), "then": {"required": ["color"]}},
        {"if": {"properties": {"color": {"minItems": 2}}}, "then": {"required": ["style"]}},
        {"properties": {"color": {"items": {"if": present("value"), "then": {}}}}},
    ],
}  # fmt: skip


GOOD: dict[str, Any] = {
    "product_type": "LUGGAGE", "title": "Cabin case", "brand": "Alder", "bullets": ["Rolls", "Folds"],
    "gtin": "4006381333931",
    "attributes": {"country_of_origin": "DE", "style": "Modern",
                   "item_package_weight": {"value": 2.5, "unit": "grams"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def translated() -> tuple[list[Requirement], list[Skipped]]:
    """Return what the definition comes to."""
    return translate(SCHEMA, "LUGGAGE", SOURCE)


@pytest.fixture
def broken(translated, violated):
    """Return a function that says what a good product violates once some of it is changed."""
    judge = violated(translated[0])

    def changed(**changes: Any) -> list[str]:
        attributes = {**GOOD["attributes"], **changes.pop("attributes", {})}
        return judge(**{**GOOD, **changes, "attributes": attributes})

    return changed


def test_a_good_product_violates_nothing(broken) -> None:
    assert broken() == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"title": ""}, ["title required"]),
        ({"title": "x" * 201}, ["title max_length"]),
        ({"title": "€" * 200}, []),
        ({"title": "𝄞" * 200}, ["title max_bytes"]),
        ({"brand": " Alder"}, ["brand pattern"]),
        ({"bullets": []}, ["bullets required"]),
        ({"bullets": ["Rolls", "ab", "Folds"]}, ["bullets.1 min_length"]),
        ({"bullets": ["Rolls"] * 6}, ["bullets item_count"]),
        ({"attributes": {"country_of_origin": "China"}}, ["attributes.country_of_origin one_of"]),
        ({"attributes": {"color": "Any colour"}}, []),
        ({"attributes": {"style": "Baroque"}}, ["attributes.style one_of"]),
        ({"attributes": {"release_date": "01/11/2026"}}, ["attributes.release_date iso_date"]),
        ({"attributes": {"merchant_suggested_asin": ["B007KQBXN0", "B0"]}, "gtin": None},
         ["attributes.merchant_suggested_asin.1 min_length"]),
        ({"attributes": {"item_package_weight": {"value": 900, "unit": "grams"}}},
         ["attributes.item_package_weight.value range"]),
        ({"attributes": {"item_package_weight": {"value": "much", "unit": "grams"}}},
         ["attributes.item_package_weight.value number"]),
        ({"attributes": {"item_package_weight": {"value": 2}}}, ["attributes.item_package_weight.unit required"]),
        ({"attributes": {"item_package_weight": {"value": 2, "unit": "stone"}}},
         ["attributes.item_package_weight.unit one_of"]),
        ({"product_type": "DESK", "title": ""}, []),
    ],
)  # fmt: skip
def test_what_the_definition_asks_is_judged(broken, changes, found) -> None:
    assert broken(**changes) == found


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"attributes": {"batteries_required": True}}, ["attributes.batteries_included required"]),
        ({"attributes": {"batteries_required": False}}, []),
        ({"attributes": {"batteries_required": True, "batteries_included": False}}, []),
        ({"gtin": None}, ["gtin required"]),
        ({"gtin": None, "attributes": {"parentage_level": "child", "style": "Classic"}}, ["gtin required"]),
        ({"gtin": None, "attributes": {"parentage_level": "parent"}}, []),
        ({"attributes": {"parentage_level": "parent", "color": "Red"}}, ["attributes.color missing"]),
        ({"attributes": {"parentage_level": "child", "style": "Modern"}}, ["attributes.style one_of"]),
        ({"attributes": {"item_package_weight": {"value": 2, "unit": "pounds"}}},
         ["attributes.release_date required"]),
    ],
)  # fmt: skip
def test_its_conditions_hold_where_amazons_do(broken, changes, found) -> None:
    assert broken(**changes) == found


def test_what_cannot_be_said_is_named_with_its_reason(translated) -> None:
    assert {(one.what, one.reason) for one in translated[1]} == {
        ("attributes.merchant_suggested_asin", "Its entries are counted for each value."),
        ("color", "Its condition looks into bullet_point, which has several entries or stands elsewhere."),
        ("style", "Its condition asks more of an attribute than that it has one of some values."),
        ("attributes.color", "It is asked by if, which rules do not have."),
    }


def test_labels_and_source_are_those_of_the_definition(translated) -> None:
    title = next(one for one in translated[0] if one.field == "title" and one.check == "max_length")

    assert (title.label, title.source, title.product_type) == ("Text", SOURCE, "LUGGAGE")
    assert {one.label for one in translated[0] if one.check == "required"} >= {"Item Name", "Brand Name", "Unit"}


def test_a_marketplace_narrows_every_requirement() -> None:
    found, _ = translate(SCHEMA, "LUGGAGE", SOURCE, marketplace="A1PA6795UKMFR9")

    assert {one.marketplace for one in found} == {"A1PA6795UKMFR9"}


@pytest.mark.parametrize(
    "node",
    [
        {}, {"minItems": 2}, {"required": 5}, {"anyOf": []}, {"properties": 5}, {"if": {}},
        {"required": ["a"], "properties": {"a": {"contains": {"required": ["value"], "properties": {
            "value": {"pattern": "x"}}}}}},
        {"required": ["a"], "properties": {"a": {"contains": {"required": ["value", "unit"]}}}},
        {"required": ["many"], "properties": {"many": {"contains": {"required": ["value"], "properties": {
            "value": {"enum": ["x"]}}}}}},
    ],
)  # fmt: skip
def test_a_condition_without_an_equal_is_not_said(node) -> None:
    with pytest.raises(UnsaidError):
        condition(node, lambda path: (path[0], path[0] != "many"))


@pytest.mark.parametrize(
    "schema",
    [
        {}, {"properties": []}, {"required": [5, None]}, {"properties": {"item_name": 5}},
        {"properties": {"item_name": {"type": "array", "items": 5, "maxUniqueItems": "x"}}},
        {"allOf": [5, {"if": 5, "then": 5}]}, {"allOf": {}}, {"if": {}},
        {"properties": {"a": {"items": {"properties": {"value": {"enum": [1, "a", {}], "minimum": True}}}}}},
    ],
)  # fmt: skip
def test_a_definition_of_another_shape_says_nothing(schema) -> None:
    assert translate(json.loads(json.dumps(schema)), "X", SOURCE)[0] == []


def test_a_definition_that_never_ends_is_left_at_some_point() -> None:
    deep: dict[str, Any] = {"required": ["item_name"]}
    for _ in range(500):
        deep = {"allOf": [{"if": present("brand"), "then": deep}]}
    nested: dict[str, Any] = {"type": "string"}
    for _ in range(500):
        nested = {"type": "object", "properties": {"a": nested}}

    assert translate(deep, "X", SOURCE)[0] == []
    assert translate({"properties": {"a": nested}}, "X", SOURCE) == ([], [])
