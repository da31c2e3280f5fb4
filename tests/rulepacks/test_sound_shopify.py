"""Real answers of Shopify judged by its pack: what it stores has no error, what it refused is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.model.issues import Severity
from core.model.records import RecordKind
from core.rules import Library
from plugins.shopify import products, stock

PACK = Library.open([Path(__file__).resolve().parents[2] / "rulepacks"]).pack("shopify")
READ_AT = "2026-04-18T22:21:53Z"
"""Some recorded answers do not name a modification time, which our own queries ask for."""


@pytest.fixture(scope="module")
def recording(shared: Path) -> Callable[[str], Any]:
    """Return a reader of recorded exchanges with real shops, by the end of their names."""
    folder = shared / "specs/shopify/graphql_recordings"

    def read(name: str) -> Any:
        (file,) = folder.glob(f"*__{name}.json")
        return json.loads(file.read_text(encoding="utf-8"))

    return read


@pytest.fixture(scope="module")
def sample(shared: Path) -> Callable[[str], Any]:
    """Return a reader of Shopify's own sample records, which have the shape of its REST API."""
    folder = shared / "specs/shopify/rest_webhook_payload_fixtures"
    return lambda name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))[name]


def found(kind: RecordKind, record: dict[str, Any], severity: Severity | None = None) -> set[str]:
    """Return the rules that a record violates, all or those of one severity."""
    return {it.rule for it in PACK.evaluate(kind, record) if severity in (None, it.severity)}


def stored(recorded: dict[str, Any]) -> dict[str, Any]:
    """Return the record of a product node as Shopify answered it."""
    return products.to_record({"updatedAt": READ_AT, **recorded}).record


def canonical_product(rest: dict[str, Any]) -> dict[str, Any]:
    """Return the record of a product in the shape of the REST API."""
    options = [option["name"] for option in rest["options"]]
    return {
        "external_id": str(rest["id"]), "title": rest["title"], "description": rest["body_html"],
        "brand": rest["vendor"], "product_type": rest["product_type"], "handle": rest["handle"], "status": "active",
        "tags": rest["tags"].split(", "), "images": [{"url": image["src"]} for image in rest["images"]],
        "options": [{"name": name, "values": [v["option1"] for v in rest["variants"]]} for name in options],
        "variants": [
            {
                "sku": it["sku"], "price": it["price"], "compare_at_price": it["compare_at_price"],
                "quantity": it["inventory_quantity"], "weight": {"value": it["grams"], "unit": "g"},
                "options": dict.fromkeys(options, it["option1"]),
                "attributes": {"inventory_policy": it["inventory_policy"]},
            }
            for it in rest["variants"]
        ],
    }  # fmt: skip


def canonical_order(rest: dict[str, Any]) -> dict[str, Any]:
    """Return the record of an order in the shape of the REST API."""
    address = rest["shipping_address"]
    return {
        "external_id": str(rest["id"]), "number": rest["name"], "status": "unfulfilled",
        "placed_at": rest["created_at"], "currency": rest["currency"], "total": rest["total_price"],
        "tax_total": rest["total_tax"], "buyer": {"name": address["name"], "email": rest["email"]},
        "shipping_address": {
            "name": address["name"], "line1": address["address1"], "city": address["city"],
            "region": address["province_code"], "postal_code": address["zip"], "country": address["country_code"],
            "phone": address["phone"],
        },
        "lines": [
            {"sku": it["sku"], "title": it["title"], "quantity": it["quantity"], "unit_price": it["price"]}
            for it in rest["line_items"]
        ],
        "shipments": [
            {"carrier": it["tracking_company"], "tracking_number": it["tracking_number"],
             "tracking_url": it["tracking_url"], "shipped_at": it["created_at"]}
            for it in rest["fulfillments"]
        ],
    }  # fmt: skip


def test_a_stored_product_with_variants_has_no_error(recording: Callable[[str], Any]) -> None:
    exchange = recording("product-set-parity")["downstreamRead"]

    record = stored(exchange["data"]["product"])

    assert len(record["variants"]) == 2
    assert found(RecordKind.PRODUCT, record, Severity.ERROR) == set()


def test_what_a_new_variant_lacks_is_found(recording: Callable[[str], Any]) -> None:
    exchange = recording("product-variants-bulk-update-allow-partial-and-error-order")["upstreamCalls"][0]

    record = stored(exchange["response"]["body"]["data"]["product"])

    assert found(RecordKind.PRODUCT, record, Severity.ERROR) == set()
    assert {"variant.sku.required", "variant.gtin.required", "variant.weight.positive"} <= found(
        RecordKind.PRODUCT, record
    )
    assert found(RecordKind.PRODUCT, {**record, "status": "active"}, Severity.ERROR) == {"variant.price.minimum"}


@pytest.mark.parametrize(
    ("name", "scenario", "rule"),
    [
        ("product-create-input-validation", "blankTitle", "title.required"),
        ("product-create-input-validation", "tooLongTitle", "title.length"),
        ("product-create-input-validation", "tooLongVendor", "brand.length"),
        ("product-create-input-validation", "tooLongProductType", "product_type.length"),
        ("product-set-input-length-validation", "tooLongTitle", "title.length"),
        ("product-set-input-length-validation", "tooLongHandle", "handle.length"),
    ],
)
def test_what_shopify_refused_is_an_error(recording: Callable[[str], Any], name: str, scenario: str, rule: str) -> None:
    sent = recording(name)["scenarios"][scenario]["variables"]
    given = sent.get("product") or sent["input"]

    record = {
        "title": given["title"], "brand": given.get("vendor"), "product_type": given.get("productType"),
        "handle": given.get("handle"), "status": "draft",
    }  # fmt: skip

    assert found(RecordKind.PRODUCT, record, Severity.ERROR) == {rule}


def test_a_handle_that_shopify_rewrote_is_found(recording: Callable[[str], Any]) -> None:
    probe = recording("product-create-parity")["handleValidation"]["createNormalization"]
    kept = probe["response"]["data"]["productCreate"]["product"]["handle"]

    assert "handle.form" in found(RecordKind.PRODUCT, probe["variables"]["product"])
    assert "handle.form" not in found(RecordKind.PRODUCT, {"handle": kept})


def test_stored_levels_are_quiet(recording: Callable[[str], Any]) -> None:
    answer = recording("inventory-linkage-parity")["downstreamReadAfterInventoryActivateSecondLocation"]
    item = {**answer["data"]["inventoryItem"], "tracked": True}

    records = [stock.to_record(item, {**it, "updatedAt": READ_AT}).record for it in item["inventoryLevels"]["nodes"]]

    assert len(records) == 2
    assert [found(RecordKind.STOCK, record, Severity.ERROR) for record in records] == [set(), set()]


def test_the_sample_product_has_no_error_and_its_image_without_tls_is_found(sample: Callable[[str], Any]) -> None:
    record = canonical_product(sample("product"))

    assert found(RecordKind.PRODUCT, record, Severity.ERROR) == set()
    assert "image.url" in found(RecordKind.PRODUCT, record)


def test_the_sample_order_has_no_error_and_its_parcel_without_a_carrier_is_found(sample: Callable[[str], Any]) -> None:
    record = canonical_order(sample("order"))

    assert found(RecordKind.ORDER, record, Severity.ERROR) == set()
    assert found(RecordKind.ORDER, record) == {"order.shipment.carrier.required", "order.shipment.tracking_url"}
