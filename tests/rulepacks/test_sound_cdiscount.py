"""Payloads of CDiscount (Octopia) judged by its rulepack: what it takes is quiet, what it refuses is found."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from core.model.issues import Severity
from core.model.records import RecordKind
from core.rules import Library

PACK = Library.open([Path(__file__).resolve().parents[2] / "rulepacks"]).pack("cdiscount")


@pytest.fixture
def payloads(shared):
    """Return the payloads transcribed from Octopia's pages and from integrators' tests."""
    return json.loads((shared / "specs" / "cdiscount" / "octopia-payloads.derived.json").read_text())


@pytest.fixture
def sheet(payloads):
    """Return a product as it is created; the payload shortens its description to dots."""
    raw = copy.deepcopy(payloads["products_integration_request"]["products"][0])
    return {**raw, "description": "Cagoule en maille fine, séchage rapide."}


@pytest.fixture
def offer(payloads):
    return copy.deepcopy(payloads["offer_requests_body"][0])


def product_record(sheet, offer):
    """Return a sheet and the seller's offer on it as one canonical record."""
    return {
        "sku": offer["sellerExternalReference"],
        "gtin": offer["product"].get("gtin"),
        "title": sheet["title"],
        "description": sheet["description"],
        "brand": sheet["brand"],
        "category": sheet["categoryCode"],
        "images": [{"url": picture["url"]} for picture in sheet["sellerPictureUrls"]],
        "condition": offer["condition"],
        "price": f"{offer['price']['price']:.2f}",
        "compare_at_price": f"{offer['price']['originPrice']:.2f}",
        "currency": "EUR",
        "quantity": offer["quantity"],
        "lead_time_days": offer["preparationTime"],
        "attributes": {
            "variant_group_reference": sheet["variantGroupReference"],
            "color": sheet["color"],
            "size": sheet["size"],
            "taxes": offer["price"]["taxes"],
            "delivery_modes": offer["deliveryModes"],
        },
    }


def order_record(raw, parcels):
    """Return an order, and the parcels that a seller declares for it, as a canonical record."""
    address = raw["billingAddress"]
    return {
        "external_id": raw["orderId"],
        "number": raw["reference"],
        "status": raw["status"],
        "placed_at": raw["purchasedAt"],
        "currency": raw["currencyCode"],
        "total": raw["totalPrice"]["sellingPrice"],
        "billing_address": {
            "line1": address["addressLine1"],
            "city": address["city"],
            "postal_code": address["postalCode"],
            "country": address["countryCode"],
        },
        "lines": [
            {"external_id": line["orderLineId"], "quantity": line["quantity"]}
            | {"sku": line["offer"]["sellerProductId"], "title": line["offer"]["productTitle"]}
            for line in raw["lines"]
        ],
        "shipments": [
            {"carrier": parcel.get("carrierName"), "tracking_number": parcel["parcelNumber"]}
            | {"tracking_url": parcel.get("trackingUrl")}
            for parcel in parcels
        ],
        "attributes": {"supply_mode": raw["supplyMode"]},
    }


def found(kind, record, severity=None):
    return {it.rule for it in PACK.evaluate(kind, record) if severity in (None, it.severity)}


def test_a_product_with_its_offer_raises_nothing(sheet, offer):
    record = product_record(sheet, offer)

    assert found(RecordKind.PRODUCT, record) == set()


def test_an_order_with_a_declared_parcel_raises_nothing(payloads):
    record = order_record(payloads["order"], payloads["ship_request"])

    assert found(RecordKind.ORDER, record) == set()


def test_an_order_as_it_is_read_back_has_no_error(payloads):
    raw = payloads["order"]
    record = order_record(raw, [parcel for line in raw["lines"] for parcel in line["parcels"]])

    assert found(RecordKind.ORDER, record, Severity.ERROR) == set()


def test_the_answers_to_an_order_are_known(payloads):
    record = {"attributes": payloads["approval_request"]}

    assert "order.approval_status.known" not in found(RecordKind.ORDER, record)


def test_a_stock_level_of_the_offer_raises_nothing(offer):
    record = {"sku": offer["sellerExternalReference"], "quantity": offer["quantity"]}

    assert found(RecordKind.STOCK, record) == set()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"sellerExternalReference": "CAG*DESERT"}, "sku.characters"),
        ({"sellerExternalReference": "CAG-" * 13}, "sku.length"),
        ({"product": {"reference": "CAG-DESERT"}}, "gtin.required"),
        ({"product": {"gtin": "376045270003"}}, "gtin.check_digit"),
        ({"condition": "Pristine"}, "condition.known"),
        ({"condition": None}, "condition.required"),
        ({"preparationTime": "2 jours"}, "lead_time.integer"),
        ({"preparationTime": None}, "preparation_time.required"),
        ({"deliveryModes": []}, "delivery_modes.count"),
        ({"quantity": None}, "quantity.required"),
    ],
)
def test_what_an_offer_is_refused_for_is_an_error(sheet, offer, change, rule):
    record = product_record(sheet, {**offer, **change})

    assert rule in found(RecordKind.PRODUCT, record, Severity.ERROR)


def test_an_offer_without_the_third_tax_is_an_error(sheet, offer):
    offer["price"]["taxes"].pop()

    record = product_record(sheet, offer)

    assert found(RecordKind.PRODUCT, record, Severity.ERROR) == {"taxes.complete"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"title": "Cagoule désert " * 9}, "title.length"),
        ({"title": "🔥 Cagoule désert"}, "title.characters"),
        ({"description": "<p>Cagoule en maille fine.</p>"}, "description.html"),
        ({"description": ""}, "description.required"),
        ({"sellerPictureUrls": []}, "images.required"),
        ({"categoryCode": ""}, "category.required"),
        ({"color": ""}, "variant_group.color"),
        ({"size": ""}, "variant_group.size"),
    ],
)
def test_what_a_sheet_is_refused_for_is_an_error(sheet, offer, change, rule):
    record = product_record({**sheet, **change}, offer)

    assert rule in found(RecordKind.PRODUCT, record, Severity.ERROR)
