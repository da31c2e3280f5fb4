"""Back Market's own examples, turned canonical: sound listings and orders stay quiet, masked identifiers are found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.model.issues import Severity
from core.model.records import RecordKind
from core.rules import Library

PACK = Library.open([Path(__file__).resolve().parents[2] / "rulepacks"]).pack("backmarket")
Payload = dict[str, Any]


def answers(folder: Path, collection: str) -> list[Payload]:
    """Return the records in every good answer of a Postman collection, those of lists one by one."""
    found = []
    for request in _requests(json.loads((folder / collection).read_text(encoding="utf-8"))):
        for response in request.get("response", []):
            if response.get("code") == 200 and response.get("body", "").startswith("{"):
                body = json.loads(response["body"])
                found += body.get("results", [body])
    return found


def _requests(folder: Payload) -> Iterator[Payload]:
    for item in folder.get("item", []):
        yield from _requests(item)
        if "request" in item:
            yield item


def listing(given: Payload) -> Payload:
    """Turn a listing of the API into a canonical product."""
    return {
        "external_id": given["id"],
        "sku": given["sku"],
        "title": given["title"],
        "condition": given["grade"],
        "price": given["price"],
        "currency": given["currency"],
        "quantity": given["quantity"],
        "warranty_months": given["warranty_delay"],
        "shipping": {"methods": [option["shipper"] for option in given["shippings"]]},
        "attributes": {
            name: given[name]
            for name in ("product_id", "comment", "min_price", "max_price", "publication_state", "new_battery")
            if name in given
        },
    }


def order(given: Payload) -> Payload:
    """Turn an order of the API into a canonical one; an IMEI counts where the order has one line only."""
    lines = given["orderlines"]
    single = lines[0] if len(lines) == 1 else {}
    return {
        "external_id": str(given["order_id"]),
        "status": given["state"],
        "placed_at": given["date_creation"],
        "updated_at": given["date_modification"],
        "currency": given["currency"],
        "total": given["price"],
        "shipping_total": given["shipping_price"],
        "shipping_address": address(given["shipping_address"]),
        "billing_address": address(given["billing_address"]),
        "lines": [
            {
                "sku": line["listing"],
                "title": line["product"],
                "quantity": line["quantity"],
                "unit_price": line["price"],
            }
            for line in lines
        ],
        "shipments": [
            {
                "carrier": given["shipper_display"],
                "tracking_number": given["tracking_number"],
                "tracking_url": given["tracking_url"],
            }
        ],
        "attributes": {"country_code": given["country_code"], "imei": single.get("imei")},
    }


def address(given: Payload) -> Payload:
    """Turn an address of the API into a canonical one."""
    return {
        "name": f"{given['firstName']} {given['lastName']}",
        "company": given["company"],
        "line1": given["street"],
        "line2": given["street2"],
        "city": given["city"],
        "region": given["state"],
        "postal_code": given["postalCode"],
        "country": given["country"],
        "phone": given["phoneNumber"],
    }


def examples(folder: Path, schema: str) -> Payload:
    """Return the examples of a schema's properties in the OpenAPI document."""
    document = yaml.safe_load((folder / "back-market-openapi-original.yml").read_text(encoding="utf-8"))
    properties = document["components"]["schemas"][schema]["properties"]
    return {name: described["example"] for name, described in properties.items() if "example" in described}


@pytest.fixture
def folder(shared: Path) -> Path:
    return shared / "specs" / "backmarket"


def test_listings_of_the_collection_are_left_in_peace(folder):
    listings = [
        found for found in answers(folder, "back-market-listings-api.postman_collection.json") if "sku" in found
    ]

    violations = [PACK.evaluate(RecordKind.PRODUCT, listing(given)) for given in listings]

    assert len(listings) == 5
    assert violations == [[]] * 5


def test_stock_of_listings_is_left_in_peace(folder):
    listings = [
        found for found in answers(folder, "back-market-listings-api.postman_collection.json") if "sku" in found
    ]
    stock = [{"sku": given["sku"], "external_id": given["id"], "quantity": given["quantity"]} for given in listings]

    assert [PACK.evaluate(RecordKind.STOCK, level) for level in stock] == [[]] * 5


def test_orders_of_the_collection_have_no_error_and_one_link_without_tls(folder):
    orders = answers(folder, "back-market-orders-api.postman_collection.json")

    found = {violation.rule for given in orders for violation in PACK.evaluate(RecordKind.ORDER, order(given))}

    assert len(orders) >= 3
    assert found == {"order.shipment.tracking_url"}
    assert PACK.rule("order.shipment.tracking_url").severity is Severity.WARNING


def test_a_masked_imei_is_found_and_a_whole_one_is_not(folder):
    masked = examples(folder, "UpdateOrder")["imei"]
    document = yaml.safe_load((folder / "back-market-openapi-original.yml").read_text(encoding="utf-8"))
    patch = document["paths"]["/ws/orderlines/{orderline_id}"]["patch"]["requestBody"]
    whole = patch["content"]["application/json"]["schema"]["properties"]["imei"]["example"]
    lines = [{"sku": "IPHONE416GONLIB0", "quantity": 1}]

    found = [
        PACK.evaluate(RecordKind.ORDER, {"lines": lines, "attributes": {"imei": imei}}) for imei in (masked, whole)
    ]

    assert ["order.imei.form" in {violation.rule for violation in each} for each in found] == [True, False]


def test_the_pack_knows_every_grade_market_and_shipper_of_the_document(folder):
    document = yaml.safe_load((folder / "back-market-openapi-original.yml").read_text(encoding="utf-8"))
    schemas = document["components"]["schemas"]

    assert set(PACK.rule("grade.known").arguments["values"]) == set(schemas["AestheticGradeValue"]["enum"])
    assert set(PACK.rule("market.known").arguments["values"]) == set(schemas["CountryCode"]["enum"])
    assert set(PACK.rule("shippers.known").arguments["values"]) == set(schemas["Shipper"]["enum"])
    assert set(PACK.rule("order.vat_type.known").arguments["values"]) == set(schemas["VatType"]["enum"])
