"""Products and orders recorded from real OpenCart stores, judged by its rulepack: sound ones quiet, defects found."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from core.model.issues import Severity
from core.model.records import RecordKind
from core.rules import Library

PACK = Library.open([Path(__file__).resolve().parents[2] / "rulepacks"]).pack("opencart")
DEFECTS = {
    "BAD-NODESC": "description.required",
    "BAD-ZERO": "price.minimum",
    "BAD-NOIMG": "images.required",
    "BAD-CAPS": "title.shouting",
    "BAD-NEGSTOCK": "quantity.limit",
    "BAD-ENT": "title.html",
    "BAD-NONAME": "title.required",
}
"""What the recorded shop was given wrong on purpose, by model."""
ATTRIBUTES = ("model", "upc", "jan", "isbn", "location", "image", "shipping", "minimum", "date_available")


@pytest.fixture
def recorded(shared):
    """Return what reads one recording of OpenCart 3: its request and its answer."""

    def read(name):
        recording = json.loads((shared / "captures" / "opencart" / "3.x" / f"{name}.json").read_text())
        return recording["request"], json.loads(recording["response"]["body_text"])

    return read


def product_record(row, text):
    """Return a product of the tables as a canonical record, its text unescaped."""
    sides = {side: row[side] for side in ("length", "width", "height")}
    return {
        "external_id": str(row["product_id"]),
        "sku": row["sku"] or row["model"],
        "gtin": row["ean"],
        "mpn": row["mpn"],
        "title": html.unescape(text["name"]),
        "description": html.unescape(text["description"]),
        "price": row["price"],
        "quantity": row["quantity"],
        "images": [{"url": f"https://shop.example/image/{row['image']}"}] if row["image"] else [],
        "weight": {"value": row["weight"], "unit": "kg"},
        "dimensions": {**sides, "unit": "cm"},
        "updated_at": row["date_modified"],
        "attributes": {key: row[key] for key in ATTRIBUTES}
        | {key: html.unescape(text[key]) for key in ("meta_title", "meta_description", "meta_keyword")},
    }


def order_record(raw):
    """Return an order of api/order/info as a canonical record."""
    return {
        "external_id": raw["order_id"],
        "number": raw["order_id"],
        "status": raw["order_status"],
        "placed_at": raw["date_added"].replace(" ", "T") + "Z",
        "currency": raw["currency_code"],
        "total": raw["total"],
        "buyer": buyer_record(raw),
        "billing_address": address_record(raw, "payment"),
        "shipping_address": address_record(raw, "shipping"),
        "lines": [{"sku": "product 11", "quantity": 2}],
        "attributes": {key: raw[key] for key in ("order_status_id", "currency_value")},
    }


def buyer_record(raw):
    name = f"{raw.get('firstname', '')} {raw.get('lastname', '')}".strip()
    return {"name": name, "email": raw.get("email", ""), "phone": raw.get("telephone", "")}


def address_record(raw, kind):
    return {
        "company": raw[f"{kind}_company"],
        "line1": raw[f"{kind}_address_1"],
        "city": raw[f"{kind}_city"],
        "postal_code": raw[f"{kind}_postcode"],
        "country": raw[f"{kind}_iso_code_2"],
    }


def errors(kind, record):
    return [(it.rule, it.field) for it in PACK.evaluate(kind, record) if it.severity is Severity.ERROR]


def rules(kind, record):
    return {violation.rule for violation in PACK.evaluate(kind, record)}


def test_a_recorded_demo_product_has_no_error(recorded):
    _, row = recorded("43-ext-product")
    _, texts = recorded("44-ext-descriptions")

    found = errors(RecordKind.PRODUCT, product_record(row, texts["oc_product_description"][0]))

    assert found == []


def test_the_sound_products_of_the_recorded_shop_have_no_error(recorded):
    _, changed = recorded("52-ext-date_modified-filter")
    _, joined = recorded("45-ext-join")
    texts = {text["product_id"]: text for text in joined["oc_product_description"]}
    sound = [row for row in changed["oc_product"] if row["model"].startswith("LAB-")]

    found = [errors(RecordKind.PRODUCT, product_record(row, texts[row["product_id"]])) for row in sound]

    assert len(sound) > 1
    assert not any(found)


def test_each_known_defect_of_the_recorded_shop_is_found(recorded):
    _, joined = recorded("45-ext-join")
    texts = {text["product_id"]: text for text in joined["oc_product_description"]}

    found = {
        row["model"]: rules(RecordKind.PRODUCT, product_record(row, texts[row["product_id"]]))
        for row in joined["oc_product"]
    }

    assert all(rule in found[model] for model, rule in DEFECTS.items())
    assert not any(rule in found["BAD-OFF"] for rule in DEFECTS.values())


def test_the_recorded_order_has_no_error(recorded):
    _, answer = recorded("24-order-info")

    found = errors(RecordKind.ORDER, order_record(answer["order"]))

    assert found == []


def test_the_customer_that_the_store_refused_is_found(recorded):
    request, answer = recorded("16-customer-invalid")
    buyer = buyer_record(dict(parse_qsl(request["body"])))

    found = rules(RecordKind.ORDER, {"buyer": buyer})

    assert {"firstname", "email"} <= set(answer["error"])
    assert {"order.buyer.name.required", "order.buyer.email.required"} <= found


def long_product(name):
    return lambda value: (RecordKind.PRODUCT, {name: value})


def long_attribute(name):
    return lambda value: (RecordKind.PRODUCT, {"attributes": {name: value}})


def long_address(name):
    return lambda value: (RecordKind.ORDER, {"shipping_address": {name: value}})


@pytest.mark.parametrize(
    ("table", "column", "record", "rule"),
    [
        ("product", "model", long_attribute("model"), "model.length"),
        ("product", "sku", long_product("sku"), "sku.length"),
        ("product", "ean", long_product("gtin"), "gtin.length"),
        ("product", "mpn", long_product("mpn"), "mpn.length"),
        ("product", "upc", long_attribute("upc"), "upc.length"),
        ("product", "jan", long_attribute("jan"), "jan.length"),
        ("product", "isbn", long_attribute("isbn"), "isbn.length"),
        ("product", "location", long_attribute("location"), "location.length"),
        ("product", "image", long_attribute("image"), "image.length"),
        ("product_description", "name", long_product("title"), "title.length"),
        ("product_description", "meta_title", long_attribute("meta_title"), "meta_title.length"),
        ("product_description", "meta_description", long_attribute("meta_description"), "meta_description.length"),
        ("product_description", "meta_keyword", long_attribute("meta_keyword"), "meta_keyword.length"),
        ("manufacturer", "name", long_product("brand"), "brand.length"),
        ("order", "shipping_company", long_address("company"), "order.shipping.company.length"),
        ("order", "shipping_address_1", long_address("line1"), "order.shipping.line1.length"),
        ("order", "shipping_city", long_address("city"), "order.shipping.city.length"),
        ("order", "shipping_postcode", long_address("postal_code"), "order.shipping.postal_code.length"),
    ],
)
def test_a_text_as_long_as_its_column_is_quiet_and_one_character_more_is_found(shared, table, column, record, rule):
    types = json.loads((shared / "specs" / "opencart" / "column_types.json").read_text())["3.0.5.1"]
    longest = int(re.fullmatch(r"varchar\((\d+)\)", types[table][column])[1])

    at, past = (rules(*record("7" * length)) for length in (longest, longest + 1))

    assert rule not in at
    assert rule in past


@pytest.mark.parametrize(("table", "column"), [("product", "ean"), ("product", "sku"), ("product", "upc")])
def test_columns_that_only_older_stores_have_only_warn(shared, table, column):
    newer = json.loads((shared / "specs" / "opencart" / "column_types.json").read_text())["4.1.0.4"]
    rule = {"ean": "gtin.length", "sku": "sku.length", "upc": "upc.length"}[column]

    severity = next(it.severity for it in PACK.rules if it.id == rule)

    assert column not in newer[table]
    assert severity is Severity.WARNING
