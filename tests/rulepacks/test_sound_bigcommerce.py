"""BigCommerce's own examples judged by its rulepack: no error in them, and its limits are those of the files."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import yaml

from core.model.issues import Severity
from core.model.records import RecordKind
from core.rules import Library

PACK = Library.open([Path(__file__).resolve().parents[2] / "rulepacks"]).pack("bigcommerce")
CATALOG, VARIANTS, ORDERS = "products_catalog.v3.yml", "product-variants_catalog.v3.yml", "orders.v2.oas2.yml"


@pytest.fixture(scope="module")
def files(shared):
    """Return BigCommerce's OpenAPI files by name."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    folder = shared / "specs" / "bigcommerce"
    return {name: yaml.load((folder / name).read_text(), Loader=loader) for name in (CATALOG, VARIANTS, ORDERS)}


def example(document, path, verb="get", status="200"):
    """Return the first example answer of a call."""
    response = document["paths"][path][verb]["responses"][status]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    content = response["content"]["application/json"]
    return content["example"] if "example" in content else next(iter(content["examples"].values()))["value"]


def product_record(raw, variants=()):
    """Return a product as a canonical record; zero stands for no crossed-out price and for no dimensions."""
    sides = {"length": raw["depth"], "width": raw["width"], "height": raw["height"]}
    return {
        "external_id": str(raw["id"]),
        "title": raw["name"],
        "sku": raw["sku"],
        "description": raw["description"],
        "product_type": raw["type"],
        "gtin": raw["gtin"],
        "mpn": raw["mpn"],
        "condition": raw["condition"],
        "price": raw["price"],
        "compare_at_price": raw["retail_price"] or None,
        "quantity": raw["inventory_level"],
        "weight": {"value": raw["weight"], "unit": "oz"},
        "dimensions": {**sides, "unit": "in"} if any(sides.values()) else None,
        "handle": raw["custom_url"]["url"],
        "options": [{"name": name} for name in options_of(variants)],
        "variants": [variant_record(variant) for variant in variants],
        "updated_at": raw["date_modified"],
        "attributes": {**raw, "sale_price": raw["sale_price"] or None},
    }


def options_of(variants):
    return dict.fromkeys(value["option_display_name"] for variant in variants for value in variant["option_values"])


def variant_record(raw):
    return {
        "external_id": str(raw["id"]),
        "sku": raw["sku"],
        "gtin": raw["gtin"],
        "mpn": raw["mpn"],
        "price": raw["price"],
        "quantity": raw["inventory_level"],
        "weight": {"value": raw["weight"], "unit": "oz"},
        "options": {value["option_display_name"]: value["label"] for value in raw["option_values"]},
    }


def order_record(raw, lines, addresses, shipments):
    """Return an order with its sub-resources as a canonical record."""
    return {
        "external_id": str(raw["id"]),
        "number": str(raw["id"]),
        "status": raw["status"],
        "placed_at": parsedate_to_datetime(raw["date_created"]).isoformat(),
        "currency": raw["currency_code"],
        "total": raw["total_inc_tax"],
        "shipping_total": raw["shipping_cost_inc_tax"],
        "tax_total": raw["total_tax"],
        "buyer": {key: raw["billing_address"][key] for key in ("email", "phone")},
        "billing_address": address_record(raw["billing_address"]),
        "shipping_address": address_record(addresses[0]),
        "lines": [
            {key: line[theirs] for key, theirs in (("sku", "sku"), ("title", "name"), ("quantity", "quantity"))}
            | {"unit_price": line["price_inc_tax"], "external_id": str(line["id"])}
            for line in lines
        ],
        "shipments": [
            {"carrier": it["shipping_provider"], "tracking_number": it["tracking_number"]}
            | {"tracking_url": it["tracking_link"] or it["generated_tracking_link"]}
            for it in shipments
        ],
        "attributes": {key: raw[key] for key in ("status_id", "payment_status", "customer_locale")},
    }


def address_record(raw):
    return {
        "name": f"{raw['first_name']} {raw['last_name']}",
        "company": raw["company"],
        "line1": raw["street_1"],
        "line2": raw["street_2"],
        "city": raw["city"],
        "region": raw["state"],
        "postal_code": raw["zip"],
        "country": raw["country_iso2"],
    }


def errors(kind, record):
    return [(it.rule, it.field) for it in PACK.evaluate(kind, record) if it.severity is Severity.ERROR]


def rules(kind, record):
    return {violation.rule for violation in PACK.evaluate(kind, record)}


def test_the_example_of_a_product_has_no_error(files):
    raw = example(files[CATALOG], "/catalog/products/{product_id}")["data"]

    found = errors(RecordKind.PRODUCT, product_record(raw))

    assert found == []


def test_the_example_of_a_product_with_variants_has_no_error(files):
    raw = example(files[CATALOG], "/catalog/products/{product_id}")["data"]
    variants = example(files[VARIANTS], "/catalog/products/{product_id}/variants")["data"]

    found = errors(RecordKind.PRODUCT, product_record(raw, variants))

    assert len(variants) > 1
    assert found == []


def test_the_example_of_an_order_with_its_shipments_has_no_error(files):
    parts = [
        example(files[ORDERS], f"/orders/{{order_id}}{part}")
        for part in ("", "/products", "/shipping_addresses", "/shipments")
    ]

    found = errors(RecordKind.ORDER, order_record(*parts))

    assert all(parts)
    assert found == []


@pytest.mark.parametrize(
    ("name", "place", "rule"),
    [
        ("name", "title", "title.length"),
        ("sku", "sku", "sku.length"),
        ("gtin", "gtin", "gtin.length"),
        ("upc", "attributes", "upc.length"),
        ("page_title", "attributes", "page_title.length"),
        ("availability_description", "attributes", "availability_description.length"),
        ("preorder_message", "attributes", "preorder_message.length"),
        ("price_hidden_label", "attributes", "price_hidden_label.length"),
    ],
)
def test_a_text_at_the_length_of_the_file_is_quiet_and_one_character_more_is_found(files, name, place, rule):
    longest = longest_of(files[CATALOG], name)

    at, past = (
        rules(RecordKind.PRODUCT, {place: {name: "7" * length} if place == "attributes" else "7" * length})
        for length in (longest, longest + 1)
    )

    assert rule not in at
    assert rule in past


def longest_of(document, name):
    """Return the maxLength of a property of a product."""
    parts = document["components"]["schemas"]["product_Full"]["allOf"]
    schemas = [document["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]] for part in parts if "$ref" in part]
    found = [part["properties"][name] for part in (*parts, *schemas) if name in part.get("properties", {})]
    return found[0]["maxLength"]
