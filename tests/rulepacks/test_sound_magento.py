"""Payloads held against Magento's own REST schema and then judged by its rulepack.

The schema has no examples, so the payloads stand here; that each is one Magento could send is read from the schema.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from core.model.issues import Severity
from core.model.records import RecordKind
from core.rules import Library

PACK = Library.open([Path(__file__).resolve().parents[2] / "rulepacks"]).pack("magento")
TYPES = {"integer": int, "string": str, "number": (int, float), "boolean": bool, "array": list}
BAG = {
    "id": 1, "sku": "24-MB01", "name": "Joust Duffle Bag", "attribute_set_id": 15, "price": 34, "status": 1,
    "visibility": 4, "type_id": "simple", "created_at": "2026-11-01 08:00:00", "updated_at": "2026-11-23 09:30:00",
    "weight": 1.2,
    "extension_attributes": {"website_ids": [1]},
    "media_gallery_entries": [
        {"id": 1, "media_type": "image", "label": "Image", "position": 1, "disabled": False, "types": ["image"],
         "file": "/m/b/mb01-blue-0.jpg"},
    ],
    "custom_attributes": [
        {"attribute_code": "description", "value": "<p>The sporty Joust Duffle Bag.</p>"},
        {"attribute_code": "url_key", "value": "joust-duffle-bag"},
        {"attribute_code": "tax_class_id", "value": "2"},
        {"attribute_code": "special_price", "value": "29.000000"},
        {"attribute_code": "special_from_date", "value": "2026-11-27 00:00:00"},
        {"attribute_code": "special_to_date", "value": "2026-11-30 00:00:00"},
    ],
}  # fmt: skip
TANK = {
    "id": 1812, "sku": "WT08", "name": "Antonia Racer Tank", "attribute_set_id": 9, "price": 0, "status": 1,
    "visibility": 4, "type_id": "configurable", "extension_attributes": {"website_ids": [1]},
    "media_gallery_entries": [], "custom_attributes": [{"attribute_code": "url_key", "value": "antonia-racer-tank"}],
}  # fmt: skip
EBOOK = {**BAG, "sku": "240-LV04", "type_id": "downloadable", "weight": None, "extension_attributes": {}}
ADDRESS = {
    "address_type": "shipping", "firstname": "Veronica", "lastname": "Costello", "street": ["6146 Honey Bluff Pkwy"],
    "city": "Calder", "region": "Michigan", "region_code": "MI", "postcode": "49628-7978", "country_id": "US",
    "telephone": "(555) 229-3326",
}  # fmt: skip
ORDER = {
    "entity_id": 1, "increment_id": "000000001", "state": "processing", "status": "processing",
    "customer_email": "roni_cost@example.com", "grand_total": 36.39, "base_grand_total": 36.39, "total_due": 0,
    "order_currency_code": "USD", "created_at": "2026-11-23 09:30:00",
    "items": [{"item_id": 1, "sku": "WS03-XS-Red", "name": "Iris Workout Top", "qty_ordered": 1, "price": 29}],
}  # fmt: skip
SOURCE_ITEM = {"sku": "24-MB01", "source_code": "default", "quantity": 2.5, "status": 1}
LEFT_OUT = [
    ("order", "customer_email", "order.buyer.email.required"),
    ("order", "grand_total", "order.total.required"),
    ("order", "items", "order.lines.required"),
    ("order-item", "sku", "order.line.sku.required"),
    ("order-address", "city", "order.address.city"),
    ("order-address", "country_id", "order.address.country.required"),
    ("order-address", "firstname", "order.address.name"),
    ("order-address", "postcode", "order.address.postal_code.required"),
    ("order-address", "telephone", "order.address.phone.required"),
    ("shipment-track-creation", "track_number", "order.shipment.tracking_number.required"),
    ("shipment-track-creation", "carrier_code", "order.shipment.carrier.required"),
]


@pytest.fixture(scope="module")
def definitions(shared):
    """Return the definitions of Magento's admin schema by name."""
    path = shared / "specs/magento/admin-schema-2.4.9.yaml"
    if not path.is_file():
        pytest.skip("Magento's schema is not beside this checkout")
    return yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["definitions"]


def unlawful(definition: dict[str, Any], payload: dict[str, Any]) -> list[str]:
    """Name what a payload has that the schema does not, has of another type, or lacks."""
    properties = definition["properties"]
    wrong = [
        name
        for name, value in payload.items()
        if name not in properties
        or (value is not None and not isinstance(value, TYPES.get(properties[name].get("type", ""), object)))
    ]
    return wrong + [name for name in definition.get("required", []) if name not in payload]


def product(raw: dict[str, Any], variants: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    custom = {each["attribute_code"]: each["value"] for each in raw["custom_attributes"]}
    return {
        "external_id": str(raw["id"]),
        "sku": raw["sku"],
        "title": raw["name"],
        "description": custom.get("description"),
        "product_type": raw["type_id"],
        "status": raw["status"],
        "price": raw["price"],
        "weight": {"value": raw["weight"], "unit": "kg"} if raw.get("weight") is not None else None,
        "images": [
            {"url": f"https://shop.example/media{image['file']}", "alt": image["label"]}
            for image in raw["media_gallery_entries"]
        ],
        "handle": custom.get("url_key"),
        "tax_class": custom.get("tax_class_id"),
        "options": [{"name": "size", "values": ["S", "M"]}] if variants else [],
        "variants": variants or [],
        "attributes": {
            **custom,
            **raw["extension_attributes"],
            "visibility": raw["visibility"],
            "attribute_set_id": raw["attribute_set_id"],
        },
    }


def order(raw: dict[str, Any], address: dict[str, Any], tracks: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    names = [address.get("firstname"), address.get("lastname")]
    return {
        "external_id": str(raw["entity_id"]),
        "number": raw["increment_id"],
        "status": raw["status"],
        "placed_at": raw["created_at"],
        "currency": raw["order_currency_code"],
        "total": raw.get("grand_total"),
        "buyer": {"email": raw.get("customer_email")},
        "shipping_address": {
            "name": " ".join(names) if all(names) else None,
            "line1": address["street"][0],
            "city": address.get("city"),
            "region": address["region_code"],
            "postal_code": address.get("postcode"),
            "country": address.get("country_id"),
            "phone": address.get("telephone"),
        },
        "lines": [
            {"sku": item.get("sku"), "title": item.get("name"), "quantity": item["qty_ordered"]}
            for item in raw.get("items", [])
        ],
        "shipments": [
            {"carrier": track.get("carrier_code"), "tracking_number": track.get("track_number")}
            for track in tracks or []
        ],
        "attributes": {"state": raw["state"], "total_due": raw["total_due"]},
    }


def stock(raw: dict[str, Any]) -> dict[str, Any]:
    return {"sku": raw.get("sku"), "location": raw.get("source_code"), "quantity": raw.get("quantity")}


def broken(kind: RecordKind, record: dict[str, Any], *severities: Severity) -> set[str]:
    return {it.rule for it in PACK.evaluate(kind, record) if not severities or it.severity in severities}


def without(name: str, kept: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in kept.items() if key != name}


def test_the_payloads_are_such_as_the_schema_describes(definitions):
    for raw in (BAG, TANK, EBOOK):
        assert unlawful(definitions["catalog-data-product-interface"], raw) == []
        extension = definitions["catalog-data-product-extension-interface"]
        assert unlawful(extension, raw["extension_attributes"]) == []
    assert unlawful(definitions["sales-data-order-interface"], ORDER) == []
    assert unlawful(definitions["sales-data-order-item-interface"], ORDER["items"][0]) == []
    assert unlawful(definitions["sales-data-order-address-interface"], ADDRESS) == []
    assert unlawful(definitions["inventory-api-data-source-item-interface"], SOURCE_ITEM) == []


def test_a_simple_product_with_a_whole_price_has_no_errors():
    record = product(BAG)

    assert broken(RecordKind.PRODUCT, record, Severity.ERROR) == set()
    assert "price.decimals" not in broken(RecordKind.PRODUCT, record)


def test_a_configurable_product_needs_no_price_of_its_own():
    variants = [{"sku": f"WT08-{size}", "price": 34, "options": {"size": size}} for size in ("S", "M")]

    assert broken(RecordKind.PRODUCT, product(TANK, variants), Severity.ERROR) == set()


def test_a_configurable_product_alone_cannot_be_sold():
    errors = broken(RecordKind.PRODUCT, product(TANK), Severity.ERROR)

    assert errors == {"variants.required", "options.required"}


def test_what_is_downloaded_is_not_asked_for_a_weight():
    assert broken(RecordKind.PRODUCT, product(EBOOK)).isdisjoint({"weight.required", "weight.positive"})


def test_an_order_has_no_issues():
    track = {"track_number": "1Z9990W50390123456", "title": "UPS", "carrier_code": "ups"}

    assert broken(RecordKind.ORDER, order(ORDER, ADDRESS, [track])) == set()


def test_a_source_item_may_be_counted_in_fractions():
    assert broken(RecordKind.STOCK, stock(SOURCE_ITEM)) == set()


@pytest.mark.parametrize(("definition", "name", "rule"), LEFT_OUT)
def test_what_the_schema_requires_is_missed(definitions, definition, name, rule):
    track = {"track_number": "1Z9990W50390123456", "title": "UPS", "carrier_code": "ups"}
    raw = {
        "order": lambda: order(without(name, ORDER), ADDRESS),
        "order-item": lambda: order({**ORDER, "items": [without(name, ORDER["items"][0])]}, ADDRESS),
        "order-address": lambda: order(ORDER, without(name, ADDRESS)),
        "shipment-track-creation": lambda: order(ORDER, ADDRESS, [without(name, track)]),
    }

    record = raw[definition]()

    assert name in definitions[f"sales-data-{definition}-interface"]["required"]
    assert broken(RecordKind.ORDER, record) == {rule}
