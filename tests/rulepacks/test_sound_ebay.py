"""eBay's own descriptions held against its pack: examples are sound, limits and errors are those that it names."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from core.model.issues import Severity
from core.model.records import RecordKind
from core.rules import Library

LIBRARY = Library.open([Path(__file__).resolve().parents[2] / "rulepacks"])
PACK = LIBRARY.pack("ebay")
LIMITS = {
    "title.length": ("Product", "title"), "subtitle.length": ("Product", "subtitle"),
    "brand.length": ("Product", "brand"), "mpn.length": ("Product", "mpn"),
    "sku.length": ("EbayOfferDetailsWithKeys", "sku"),
    "condition_description.length": ("InventoryItem", "conditionDescription"),
    "location_key.length": ("EbayOfferDetailsWithKeys", "merchantLocationKey"),
    "options.name.length": ("Specification", "name"), "options.value.length": ("Specification", "values"),
    "hazmat.component.length": ("Hazmat", "component"), "stock.sku.length": ("PriceQuantity", "sku"),
    "stock.location.length": ("PickupAtLocationAvailability", "merchantLocationKey"),
}  # fmt: skip
"""Where the description of a property says “Max Length : n”."""


@pytest.fixture(scope="module")
def specs(shared):
    return shared / "specs" / "ebay"


@pytest.fixture(scope="module")
def inventory(specs):
    return json.loads((specs / "sell_inventory_v1_oas3.json").read_text())


@pytest.mark.parametrize("name", LIMITS)
def test_each_length_is_the_one_that_the_description_states(inventory, name):
    (limit,) = [rule.arguments["limit"] for rule in PACK.pack.rules if rule.id == name]
    text = described(inventory, *LIMITS[name])

    assert re.findall(r"Max(?:imum)? length *: *([0-9]+)", text, re.IGNORECASE) == [str(limit)]


def test_every_error_that_a_source_cites_exists(specs):
    known = set()
    for name in ("sell_inventory_v1_oas3.json", "sell_fulfillment_v1_oas3.json"):
        known |= set(re.findall(r'"([0-9]{5})": *\{', (specs / name).read_text()))
    cited = {code for rule in PACK.pack.rules for code in re.findall(r"\b[23][0-9]{4}\b", errors_of(rule.source))}

    assert len(cited) >= 20
    assert cited <= known


def test_every_property_that_a_source_cites_exists(inventory, specs):
    fulfillment = json.loads((specs / "sell_fulfillment_v1_oas3.json").read_text())
    for api, document in (("Inventory API", inventory), ("Fulfillment API", fulfillment)):
        schemas = document["components"]["schemas"]
        for rule in PACK.pack.rules:
            for schema, name in re.findall(rf"{api}, ([A-Z]\w+)\.([a-z]\w+)", rule.source):
                assert name in schemas[schema]["properties"], rule.id


def test_a_product_made_of_the_examples_is_sound(inventory):
    aspects = example(inventory, "Product", "aspects", "aspects")
    weight = example(inventory, "Weight", "value", "weight")
    sides = example(inventory, "Dimension", "height", "dimensions")
    shelves = re.findall(r'"(/[^"]+)"', described(inventory, "EbayOfferDetailsWithKeys", "storeCategoryNames"))
    start = re.findall(r"[0-9]{4}-[0-9T:-]+Z", described(inventory, "EbayOfferDetailsWithKeys", "listingStartDate"))
    product = {
        "title": "GoPro camera",
        "price": "272.17",
        "brand": aspects["Brand"][0],
        "condition": "NEW",
        "weight": weight,
        "dimensions": sides,
        "policies": {"return": "6196947000", "payment": "6196932000", "shipping": "6196944000"},
        "images": [{"url": "https://shop.example/camera.jpg"}],
        "attributes": {
            "aspects": aspects,
            "store_category_names": shelves,
            "listing_start_date": start[0],
            "merchant_location_key": "warehouse-1",
            "marketplace_id": "EBAY_US",
        },
    }

    assert len(shelves) == 2
    assert errors(RecordKind.PRODUCT, product) == []
    assert errors(RecordKind.PRODUCT, {**product, "policies": {"payment": "1", "shipping": "2"}}) == [
        "policies.return.required"
    ]


def test_a_parcel_made_of_the_examples_is_sound(specs):
    document = json.loads((specs / "sell_fulfillment_v1_oas3.json").read_text())
    shipped = re.findall(r"[0-9]{4}-[0-9T:.-]+Z", described(document, "ShippingFulfillmentDetails", "shippedDate"))
    number = re.findall(r"example, *([0-9]+)", described(document, "ShippingFulfillment", "fulfillmentId"))
    order = {"lines": [{"external_id": "10026613570108", "quantity": 1}]}
    parcel = {"carrier": "USPS", "tracking_number": number[0], "shipped_at": shipped[0]}
    spaced = {**parcel, "tracking_number": " ".join(re.findall(".{1,4}", number[0]))}

    assert errors(RecordKind.ORDER, {**order, "shipments": [parcel]}) == []
    assert errors(RecordKind.ORDER, {**order, "shipments": [spaced]}) == ["order.shipment.tracking_number.form"]


def test_the_marketplaces_are_those_of_the_notification(specs):
    listed = (specs / "asyncapi-item-price.yml").read_text()
    (values,) = [rule.arguments["values"] for rule in PACK.pack.rules if rule.id == "marketplace.known"]

    assert set(values) == {*re.findall(r'"(EBAY_[A-Z]+)"', listed), "EBAY_MOTORS_US"}


def described(document, schema, name):
    """Return the description of a property as plain text."""
    text = document["components"]["schemas"][schema]["properties"][name]["description"]
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(unescape(text))).replace("\u00a0", " ").split())


def example(document, schema, name, key):
    """Return the object that a description shows as `"key": { … }`."""
    match = re.search(rf'"{key}": *(\{{.*?\}})', described(document, schema, name))
    assert match is not None
    return json.loads(match.group(1))


def errors_of(source):
    return " ".join(re.findall(r"errors? ([0-9 and,]+)", source))


def errors(kind, record):
    return [found.rule for found in PACK.evaluate(kind, record) if found.severity is Severity.ERROR]
