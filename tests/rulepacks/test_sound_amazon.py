"""Amazon's own sandbox answers and examples, judged by its pack: what Amazon calls sound stays without errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.model.issues import Severity
from core.model.records import RecordKind
from core.rules import Library

LIBRARY = Library.open([Path(__file__).resolve().parents[2] / "rulepacks"])
PACK = LIBRARY.pack("amazon")
UNITS = {"centimeters": "cm", "grams": "g"}


@pytest.fixture(scope="module")
def specs(shared):
    return shared / "specs" / "amazon-sp-api"


def test_listings_of_the_sandbox_are_sound(specs):
    items = [answer for answer in sandbox(specs / "listingsItems_2021-08-01.json") if "summaries" in answer]
    products = [product for item in items for product in listed(item)]

    assert len(products) >= 2
    assert [errors(RecordKind.PRODUCT, product) for product in products] == [[]] * len(products)


def test_a_listing_and_a_catalogue_item_with_attributes_are_sound(specs):
    listing = read(specs / "code-recipes-responses" / "listings-getListingsItem.json")
    item = read(specs / "code-recipes-responses" / "catalogitems-getCatalogItem.json")
    products = [*listed(listing), catalogued(item)]

    assert [errors(RecordKind.PRODUCT, product) for product in products] == [[]] * len(products)
    assert "dangerous_goods.known" not in rules(RecordKind.PRODUCT, products[-1])


def test_the_defects_that_amazon_reports_are_found(specs):
    answers = sandbox(specs / "listingsItems_2021-08-01.json")
    reported = {issue["code"]: issue for answer in answers for issue in answer.get("issues", [])}
    (product, *_) = [product for answer in answers if "summaries" in answer for product in listed(answer)]
    dearer = {**product, "attributes": {**product["attributes"], "minimum_seller_allowed_price": "100.01"}}
    bare = {name: value for name, value in product.items() if name != "condition"}

    assert "selling price" in reported["18155"]["message"]
    assert "minimum_price.not_above_price" in rules(RecordKind.PRODUCT, dearer)
    assert any("condition_type" in issue["message"] for answer in answers for issue in answer.get("issues", []))
    assert "condition.required" in rules(RecordKind.PRODUCT, bare)


def test_orders_of_the_sandbox_are_sound(specs):
    answers = sandbox(specs / "orders_2026-01-01.json")
    orders = [order for answer in answers for order in answer.get("orders", [answer.get("order")])]

    assert len(orders) == 6
    assert [errors(RecordKind.ORDER, ordered(order)) for order in orders] == [[]] * 6


def test_an_order_of_the_older_api_is_sound(specs):
    folder = specs / "code-recipes-responses"
    head = read(folder / "orders-getOrder.json")["payload"]
    address = read(folder / "orders-getOrderAddress.json")["payload"]["ShippingAddress"]
    items = read(folder / "orders-getOrderItems.json")["payload"]["OrderItems"]

    assert errors(RecordKind.ORDER, older(head, address, items)) == []


def test_stock_levels_of_notifications_are_sound(specs):
    folder = specs / "notification-schemas"
    own = read(folder / "ListingsItemMfnQuantityChange.json")["examples"][0]["Payload"]
    theirs = read(folder / "FBAInventoryAvailabilityChangeNotification.json")["properties"]["Payload"]["examples"][0]
    levels = [
        {"sku": own["Sku"], "quantity": own["Quantity"], "location": own["FulfillmentChannelCode"]},
        *(
            {"sku": theirs["SKU"], "quantity": each["FulfillmentInventory"]["Fulfillable"], "location": "AMAZON"}
            for each in theirs["FulfillmentInventoryByMarketplace"]
        ),
    ]

    assert [rules(RecordKind.STOCK, level) for level in levels] == [set()] * 3


def test_the_values_of_the_pack_are_those_of_the_models(specs):
    listings = read(specs / "listingsItems_2021-08-01.json")["definitions"]
    orders = read(specs / "orders_2026-01-01.json")["definitions"]
    restrictions = read(specs / "listingsRestrictions_2021-08-01.json")["definitions"]
    own = {rule.id: rule.arguments for rule in PACK.pack.rules}

    conditions = listings["ItemSummaryByMarketplace"]["properties"]["conditionType"]["enum"]
    assert set(own["condition.known"]["values"]) == set(conditions)
    assert set(own["order.status.known"]["values"]) >= set(orders["FulfillmentStatus"]["enum"])
    assert set(own["listing.approval"]["values"]) == set(restrictions["Reason"]["properties"]["reasonCode"]["enum"])
    assert own["quantity.limit"]["minimum"] == listings["FulfillmentAvailability"]["properties"]["quantity"]["minimum"]


def test_the_channels_of_the_feed_example_are_known(specs):
    messages = read(specs / "listings-feed-schema-v2.example.json")["messages"]
    lists = [message.get("attributes", {}).get("fulfillment_availability", []) for message in messages]
    codes = {entry["fulfillment_channel_code"] for entries in lists for entry in entries}

    assert codes == {"DEFAULT", "AMAZON_NA"}
    for code in codes:
        product = {"attributes": {"fulfillment_channel_code": code}}
        assert "fulfilment_channel.known" not in rules(RecordKind.PRODUCT, product)


def read(path):
    return json.loads(path.read_text())


def sandbox(path):
    """Return the answers with 200 that a model holds for Amazon's sandbox."""
    operations = [operation for verbs in read(path)["paths"].values() for operation in verbs.values()]
    answers = [operation["responses"]["200"] for operation in operations if "responses" in operation]
    return [case["response"] for answer in answers for case in answer["x-amzn-api-sandbox"]["static"]]


def listed(item):
    """Turn a listing into one product for each store that it stands in."""
    offers = {offer["marketplaceId"]: offer["price"] for offer in item.get("offers", [])}
    (stock, *_) = item["fulfillmentAvailability"]
    for summary in item["summaries"]:
        store, price = summary["marketplaceId"], offers.get(summary["marketplaceId"], {})
        image = summary.get("mainImage")
        yield {
            "sku": item["sku"],
            "title": summary["itemName"],
            "product_type": summary["productType"],
            "condition": summary["conditionType"],
            "price": price.get("amount", "1.00"),  # the recipe leaves offers out
            "currency": price.get("currencyCode"),
            "quantity": stock["quantity"],
            "images": [{"url": image["link"], "width": image["width"], "height": image["height"]}] if image else [],
            **measured(item.get("attributes", {})),
            "attributes": {
                "marketplace_id": store,
                "asin": summary["asin"],
                "fulfillment_channel_code": stock["fulfillmentChannelCode"],
            },
        }


def catalogued(item):
    """Turn an item of the catalogue into a product; each attribute is a list of values by store."""
    first = {name: entries[0] for name, entries in item["attributes"].items()}
    return {
        "title": first["item_name"]["value"],
        "description": first["product_description"]["value"],
        "bullets": [entry["value"] for entry in item["attributes"]["bullet_point"]],
        "brand": first["brand"]["value"],
        "gtin": first["externally_assigned_product_identifier"]["value"],
        "product_type": "SWEATSHIRT",
        "price": "1.00",
        **measured(item["attributes"]),
        "attributes": {
            "marketplace_id": first["item_name"]["marketplace_id"],
            "asin": item["asin"],
            "supplier_declared_dg_hz_regulation": [
                entry["value"] for entry in item["attributes"]["supplier_declared_dg_hz_regulation"]
            ],
        },
    }


def measured(attributes):
    """Return weight and dimensions, where the parcel's are stated."""
    found = {}
    for each in attributes.get("item_package_weight", [])[:1]:
        found["weight"] = {"value": each["value"], "unit": UNITS[each["unit"]]}
    for each in attributes.get("item_package_dimensions", [])[:1]:
        lengths = {name: each[name]["value"] for name in ("length", "width", "height")}
        found["dimensions"] = {**lengths, "unit": UNITS[each["length"]["unit"]]}
    return found


def ordered(order):
    """Turn an order of the Orders API 2026-01-01 into ours."""
    address, buyer = order["recipient"]["deliveryAddress"], order.get("buyer", {})
    return {
        "external_id": order["orderId"],
        "status": order["fulfillment"]["fulfillmentStatus"],
        "placed_at": order["createdTime"],
        "currency": order["proceeds"]["grandTotal"]["currencyCode"],
        "total": order["proceeds"]["grandTotal"]["amount"],
        "buyer": {"name": buyer.get("buyerName"), "email": buyer.get("buyerEmail"), "phone": address.get("phone")},
        "shipping_address": {
            "name": address["name"],
            "line1": address["addressLine1"],
            "city": address["city"],
            "region": address.get("stateOrRegion"),
            "postal_code": address["postalCode"],
            "country": address["countryCode"],
        },
        "lines": [
            {
                "external_id": line["orderItemId"],
                "sku": line["product"]["sellerSku"],
                "quantity": line["quantityOrdered"],
            }
            for line in order["orderItems"]
        ],
        "shipments": [
            {"carrier": each["carrier"], "tracking_number": each["trackingNumber"], "shipped_at": each["shipTime"]}
            for each in order.get("packages", [])
        ],
        "attributes": {"fulfilled_by": order["fulfillment"]["fulfilledBy"]},
    }


def older(head, address, items):
    """Turn an order of the Orders API v0, read in three calls, into ours."""
    return {
        "external_id": head["AmazonOrderId"],
        "status": head["OrderStatus"],
        "placed_at": head["PurchaseDate"],
        "currency": head["OrderTotal"]["CurrencyCode"],
        "total": head["OrderTotal"]["Amount"],
        "shipping_address": {
            "line1": address["AddressLine1"],
            "city": address["City"],
            "postal_code": address["PostalCode"],
            "country": address["CountryCode"],
        },
        "lines": [
            {
                "external_id": item["OrderItemId"],
                "sku": item["SellerSKU"],
                "title": item["Title"],
                "quantity": item["QuantityOrdered"],
            }
            for item in items
        ],
        "attributes": {"fulfilled_by": head["FulfillmentChannel"]},
    }


def errors(kind, record):
    return [found.rule for found in PACK.evaluate(kind, record) if found.severity is Severity.ERROR]


def rules(kind, record):
    return {found.rule for found in PACK.evaluate(kind, record)}
