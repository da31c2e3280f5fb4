"""Answers recorded from an unmodified PrestaShop 8.2.1, judged by its rulepack: what it refused must be an error."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from core.model.issues import Severity
from core.model.records import RecordKind
from core.rules import Library

PACK = Library.open([Path(__file__).resolve().parents[2] / "rulepacks"]).pack("prestashop")
EXTRAS = (
    "description_short", "meta_title", "meta_description", "meta_keywords", "available_now", "available_later",
    "delivery_in_stock", "delivery_out_stock", "supplier_reference", "location", "isbn", "upc", "is_virtual",
    "visibility", "show_price", "available_date", "wholesale_price", "additional_shipping_cost", "ecotax", "unity",
    "unit_price", "minimal_quantity", "low_stock_threshold", "id_tax_rules_group",
)  # fmt: skip
REFUSED = [
    ("111-patch-price-comma", "price.number"),
    ("111-patch-price-negative", "price.minimum"),
    ("113-patch-ean-letters", "gtin.separators"),
    ("115-patch-script", "description.scripts"),
    ("116-patch-iframe", "description.scripts"),
    ("117-patch-name-with-forbidden-characters", "title.characters"),
    ("119-patch-short-description-too-long", "description_short.length"),
]
TAKEN = [
    "109-patch-one-language", "111-patch-price-many-decimals", "112-patch-ean-wrong-check-digit",
    "114-patch-duplicate-reference", "140-post-product",
]  # fmt: skip


@pytest.fixture(scope="module")
def recorded(shared):
    """Return a function that reads one recording by its name."""
    folder = shared / "captures/prestashop/api"
    if not folder.is_dir():
        pytest.skip("PrestaShop's recordings are not beside this checkout")
    return lambda name: json.loads((folder / f"{name}.json").read_text())


def answer(recording: dict[str, Any]) -> Any:
    return json.loads(recording["response"]["body_text"])


def from_xml(text: str) -> dict[str, Any]:
    """Read the one resource of an XML document into the shape that its JSON has."""
    resource = ET.fromstring(text)[0]
    fields: dict[str, Any] = {}
    for field in resource:
        languages = [{"id": each.get("id"), "value": each.text or ""} for each in field.findall("language")]
        fields[field.tag] = languages or field.text or ""
    fields["associations"] = {
        group.tag: [{part.tag: part.text for part in item} for item in group] for group in resource.iter("associations")
        for group in group
    }  # fmt: skip
    return fields


def spoken(value: Any) -> Any:
    """Return what is said in the shop's first language."""
    return value[0]["value"] if isinstance(value, list) and value else value


def product(raw: dict[str, Any], variants: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    associations = raw.get("associations") or {}
    sides = {"width": raw.get("width"), "height": raw.get("height"), "length": raw.get("depth"), "unit": "cm"}
    return {
        "external_id": str(raw.get("id")),
        "sku": raw.get("reference"),
        "title": spoken(raw.get("name")),
        "description": spoken(raw.get("description")),
        "brand": raw.get("manufacturer_name") or None,
        "gtin": raw.get("ean13"),
        "mpn": raw.get("mpn"),
        "handle": spoken(raw.get("link_rewrite")),
        "product_type": raw.get("product_type"),
        "condition": raw.get("condition"),
        "price": raw.get("price"),
        "weight": {"value": raw["weight"], "unit": "kg"} if raw.get("weight") else None,
        "dimensions": sides if sides["width"] not in (None, "", "0.000000") else None,
        "images": [{"external_id": image["id"]} for image in associations.get("images", [])],
        "attributes": {name: spoken(raw[name]) for name in EXTRAS if raw.get(name) is not None},
        "variants": variants or [],
    }


def combination(raw: dict[str, Any], price: str, groups: dict[str, tuple[str, str]]) -> dict[str, Any]:
    chosen = [groups[value["id"]] for value in raw["associations"]["product_option_values"]]
    return {
        "external_id": str(raw["id"]),
        "sku": raw["reference"],
        "gtin": raw["ean13"],
        "price": f"{float(price) + float(raw['price']):.6f}",
        "options": dict(chosen),
        "attributes": {"minimal_quantity": raw["minimal_quantity"]},
    }


def option_values(recorded: Any) -> dict[str, tuple[str, str]]:
    """Return the name of the attribute and of the value by the value's id."""
    names = {str(each["id"]): spoken(each["name"]) for each in answer(recorded("059-options"))["product_options"]}
    values = answer(recorded("060-option-values"))["product_option_values"]
    return {str(each["id"]): (names[each["id_attribute_group"]], spoken(each["name"])) for each in values}


def sold_in_combinations(recorded: Any) -> list[dict[str, Any]]:
    groups = option_values(recorded)
    combinations = answer(recorded("051-combinations"))["combinations"]
    page = answer(recorded("023-full-json-page2"))["products"]
    records = []
    for raw in [answer(recorded("041-product-1-json"))["product"], *page]:
        own = [each for each in combinations if each["id_product"] == str(raw["id"])]
        records.append(product(raw, [combination(each, raw["price"], groups) for each in own]))
    return records


def order(raw: dict[str, Any]) -> dict[str, Any]:
    rows = raw["associations"]["order_rows"]
    return {
        "external_id": str(raw["id"]),
        "number": raw["reference"],
        "status": raw["current_state"],
        "placed_at": raw["date_add"],
        "currency": "EUR",
        "total": raw["total_paid_tax_incl"],
        "lines": [
            {"sku": row["product_reference"], "title": row["product_name"], "quantity": row["product_quantity"]}
            for row in rows
        ],
        "attributes": {name: raw[name] for name in ("valid", "total_paid_real", "payment", "module")},
    }


def stock(raw: dict[str, Any]) -> dict[str, Any]:
    return {
        "external_id": str(raw["id"]),
        "sku": f"{raw['id_product']}-{raw['id_product_attribute']}",
        "quantity": raw["quantity"],
        "location": raw["location"],
    }


def broken(kind: RecordKind, record: dict[str, Any], *severities: Severity) -> set[str]:
    return {it.rule for it in PACK.evaluate(kind, record) if not severities or it.severity in severities}


def test_products_that_the_shop_sells_have_no_errors(recorded):
    records = sold_in_combinations(recorded)

    errors = {record["sku"]: broken(RecordKind.PRODUCT, record, Severity.ERROR) for record in records}

    assert len(records) == 11
    assert sum(len(record["variants"]) for record in records) > 8
    assert {sku: rules for sku, rules in errors.items() if rules} == {}


def test_xml_and_json_of_a_product_are_judged_alike(recorded):
    as_json = product(answer(recorded("041-product-1-json"))["product"])
    as_xml = product(from_xml(recorded("040-product-1-xml")["response"]["body_text"]))

    assert as_xml["title"] == as_json["title"] == "Hummingbird printed t-shirt"
    assert broken(RecordKind.PRODUCT, as_xml) == broken(RecordKind.PRODUCT, as_json)


def test_virtual_goods_are_asked_for_neither_weight_nor_dimensions(recorded):
    virtual = [record for record in sold_in_combinations(recorded) if record["product_type"] == "virtual"]

    assert len(virtual) == 3
    for record in virtual:
        weightless = {**record, "weight": None}
        assert broken(RecordKind.PRODUCT, weightless).isdisjoint({"weight.required", "dimensions.required"})


def test_combinations_with_one_reference_are_a_warning(recorded):
    shirt = sold_in_combinations(recorded)[0]

    assert {variant["sku"] for variant in shirt["variants"]} == {"demo_1"}
    assert "variants.unique_skus" in broken(RecordKind.PRODUCT, shirt, Severity.WARNING)


@pytest.mark.parametrize(("name", "rule"), REFUSED)
def test_what_the_shop_refused_is_an_error(recorded, name, rule):
    recording = recorded(name)

    record = product(from_xml(recording["request"]["body"]))

    assert recording["response"]["status"] == 400
    assert rule in broken(RecordKind.PRODUCT, record, Severity.ERROR)


@pytest.mark.parametrize("name", TAKEN)
def test_what_the_shop_took_is_no_error(recorded, name):
    recording = recorded(name)

    record = product(from_xml(recording["response"]["body_text"]))

    assert recording["response"]["status"] in (200, 201)
    assert broken(RecordKind.PRODUCT, record, Severity.ERROR) == set()


def test_values_that_the_shop_stores_otherwise_are_warnings(recorded):
    rounded = product(from_xml(recorded("111-patch-price-many-decimals")["response"]["body_text"]))
    wrong = product(from_xml(recorded("112-patch-ean-wrong-check-digit")["response"]["body_text"]))

    assert "price.decimals" in broken(RecordKind.PRODUCT, rounded, Severity.WARNING)
    assert "gtin.check_digit" in broken(RecordKind.PRODUCT, wrong, Severity.WARNING)


def test_orders_of_the_shop_have_no_errors(recorded):
    raw = [*answer(recorded("070-orders"))["orders"], answer(recorded("161-order-1-after"))["order"]]

    assert len(raw) == 6
    for each in raw:
        assert broken(RecordKind.ORDER, order(each)) == set()


def test_stock_of_the_shop_has_no_issues_but_where_it_is_oversold(recorded):
    levels = answer(recorded("052-stock_availables"))["stock_availables"]

    for raw in levels:
        expected = {"stock.quantity.limit"} if int(raw["quantity"]) < 0 else set()
        assert broken(RecordKind.STOCK, stock(raw)) == expected
