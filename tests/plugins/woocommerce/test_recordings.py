"""What real stores answered: every success is read without loss, every refusal becomes the right error."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from marketwright import MarketwrightError, NeedsAttention, NotFound, Rejected, Response, RetryLater
from plugins.woocommerce import faults, orders, wire
from plugins.woocommerce.product_record import VARIATIONS, source
from plugins.woocommerce.settings import Settings

Recorded = Callable[[str], Response]
LAB = Settings(
    store_url="https://127.0.0.1:8453",
    consumer_key="ck_lab",
    consumer_secret="cs_lab",
    currency="EUR",
    weight_unit="kg",
    dimension_unit="cm",
)


def successes(captures: Path, of: str) -> list[tuple[str, Any]]:
    """Return the names and JSON of recorded answers about products or orders."""
    found = []
    for file in sorted(captures.glob("*/*.json")):
        kept = json.loads(file.read_text())
        if "response" not in kept or kept["response"]["status"] >= 300:
            continue
        path = kept["request"]["url"].partition("/wc/v3/")[2].partition("?")[0]
        if path.startswith(of) and "_fields" not in kept["request"]["url"]:
            found.append((file.stem, json.loads(kept["response"]["body_text"])))
    return found


def each(payload: Any) -> list[Any]:
    """Return the objects of an answer, be it one, a list or a batch."""
    if isinstance(payload, list):
        return payload
    batches = [it for part in payload.values() if isinstance(part, list) for it in part if isinstance(it, dict)]
    return batches if "id" not in payload else [payload]


def test_every_recorded_product_is_read_without_loss(captures: Path) -> None:
    found = [it for _, payload in successes(captures, "products") for it in each(payload)]
    products = [it for it in found if "name" in it and "type" in it and "slug" in it and it["type"] != "variation"]

    records = [(raw, source(raw, (), LAB)) for raw in products]

    assert len(records) > 100
    for raw, read in records:
        if read.deleted:
            continue
        assert {key: read.raw[key] for key in raw} == raw
        assert read.record["title"] == html.unescape(raw["name"])
        assert read.record["description"] == raw["description"]
        assert read.record["sku"] == raw["sku"]
        assert read.record["gtin"] == raw["global_unique_id"]
        assert len(read.record["images"]) == len(raw["images"])
        assert read.version == wire.microseconds(raw["date_modified_gmt"] or raw["date_created_gmt"])


def test_every_recorded_order_is_read_without_loss(captures: Path) -> None:
    found = [it for _, payload in successes(captures, "orders") for it in each(payload)]
    theirs = [it for it in found if "line_items" in it]

    records = [(raw, orders.source(raw)) for raw in theirs]

    assert len(records) > 15
    for raw, read in records:
        assert read.deleted or read.raw == raw
        if not read.deleted:
            assert read.record["total"] == raw["total"]
            assert len(read.record["lines"]) == len(raw["line_items"])
            assert read.record["buyer"]["email"] == raw["billing"].get("email")


def test_a_variable_product_carries_its_recorded_variations(recorded: Recorded) -> None:
    parent, parts = recorded("api/052-product-variable").json(), recorded("api/053-variations").json()

    read = source(parent, parts, LAB)

    assert read.raw[VARIATIONS] == parts
    assert len(read.record["variants"]) == len(parts) == 12
    assert read.record["options"] == [
        {"name": "Color", "values": ["Écru", "Navy Blue", "Red"]},
        {"name": "Size", "values": ["L", "M", "S", "XL"]},
    ]
    last = next(it for it in read.record["variants"] if it["external_id"] == "51")
    assert (last["sku"], last["price"], last["quantity"]) == ("TSHIRT-ECR-XL", "21.9", 24)
    assert last["options"] == {"Color": "Écru", "Size": "XL"}
    assert "price" not in read.record


def test_category_names_are_unescaped_and_the_raw_kept(recorded: Recorded) -> None:
    raw = recorded("api/050-product-simple").json()

    read = source(raw, (), LAB)

    assert raw["categories"][0]["name"] == "Kitchen &amp; Dining"
    assert read.record["category"] == "Kitchen & Dining"
    assert read.raw["categories"] == raw["categories"]


def test_values_stay_as_received(recorded: Recorded) -> None:
    record = source(recorded("api/050-product-simple").json(), (), LAB).record

    assert (record["price"], record["gtin"], record["weight"]) == (
        "39.90",
        "2000001001004",
        {"value": "2.4", "unit": "kg"},
    )
    assert record["dimensions"] == {"length": "20", "width": "15", "height": "8", "unit": "cm"}
    assert record["updated_at"] == "2026-11-23T08:41:57Z"


@pytest.mark.parametrize(
    ("name", "price", "compare_at", "sale_kept"),
    [
        ("api/0615-product-SALE-NOW", "8.40", "12.00", None),
        ("api/0616-product-SALE-OVER", "12.00", None, "9.00"),
        ("api/0602-product-BAD-NOPRICE", "", None, None),
    ],
)
def test_a_running_sale_makes_the_compare_at_price_and_an_ended_one_does_not(
    name: str, price: str, compare_at: str | None, sale_kept: str | None, recorded: Recorded
) -> None:
    record = source(recorded(name).json(), (), LAB).record

    assert (record["price"], record["compare_at_price"]) == (price, compare_at)
    assert record["attributes"].get("sale_price") == sale_kept


def test_a_store_of_8_2_has_no_gtin_and_no_brand_and_neither_is_made_up(recorded: Recorded) -> None:
    raw = recorded("api/050-product-simple").json()
    older = {name: value for name, value in raw.items() if name not in {"brands", "global_unique_id"}}

    record = source(older, (), LAB).record

    assert not {"gtin", "brand"} & record.keys()


def test_a_field_of_an_unforeseen_type_is_left_out_and_the_rest_read(recorded: Recorded) -> None:
    raw = recorded("api/050-product-simple").json() | {"images": {"0": {}}, "tags": None, "dimensions": []}

    read = source(raw, (), LAB)

    assert (read.record["images"], read.record["tags"], read.record["sku"]) == ([], [], "LAB-0001")
    assert read.raw["images"] == {"0": {}}


@pytest.mark.parametrize(
    ("name", "kind", "code", "field"),
    [
        ("api/001-rest_route-query-form", NeedsAttention, "not_authenticated", None),
        ("api/010-no-auth", NeedsAttention, "not_authenticated", None),
        ("api/016-oauth1-replayed-nonce", RetryLater, "nonce_used", None),
        ("api/0181-oauth1-unknown-key", NeedsAttention, "wrong_key", None),
        ("api/019-basic-wrong-secret", NeedsAttention, "wrong_secret", None),
        ("api/020-basic-unknown-key", NeedsAttention, "not_authenticated", None),
        ("api/021-read-key-writes", NeedsAttention, "missing_right", None),
        ("api/034-products-per_page-101", Rejected, "rest_invalid_param", "per_page"),
        ("api/070-product-404", NotFound, "not_found", None),
        ("api/071-product-id-of-an-order", NotFound, "not_found", None),
        ("api/078-variations-flat", NotFound, "no_route", None),
        ("api/101-put-price-as-number", Rejected, "rest_invalid_param", "price"),
        ("api/106-put-duplicate-sku", Rejected, "product_invalid_sku", "sku"),
        ("api/110-put-wrong-type", Rejected, "rest_invalid_param", "category"),
        ("api/121-put-invalid-status", Rejected, "rest_invalid_param", "status"),
        ("api/123-put-malformed-json", Rejected, "rest_invalid_json", None),
        ("api/126-image-unreachable", Rejected, "woocommerce_product_image_upload_error", "images"),
        ("api/131-create-duplicate-sku", Rejected, "product_invalid_sku", "sku"),
        ("api/134-batch-over-100", Rejected, "woocommerce_rest_request_entity_too_large", None),
        ("api/143-delete-again", NotFound, "not_found", None),
        ("api/213-order-invalid-status", Rejected, "rest_invalid_param", "status"),
        ("api/222-no-route", NotFound, "no_route", None),
        ("webhook-api/02-create-bad-topic", Rejected, "woocommerce_rest_shop_webhook_invalid_topic", None),
        ("webhook-api/03-create-bad-url", Rejected, "woocommerce_rest_shop_webhook_invalid_delivery_url", None),
    ],
)
def test_each_recorded_refusal_becomes_the_right_error(
    name: str, kind: type[MarketwrightError], code: str, field: str | None, recorded: Recorded
) -> None:
    error = faults.of(recorded(name), writing="put" in name or "write" in name)

    assert (type(error), error.code, getattr(error, "field", None)) == (kind, code, field)


def test_every_recorded_refusal_is_in_the_list_above(captures: Path) -> None:
    listed = {it for mark in test_each_recorded_refusal_becomes_the_right_error.pytestmark for it, *_ in mark.args[1]}

    refused = {
        f"{file.parent.name}/{file.stem}"
        for file in captures.glob("*/*.json")
        if json.loads(file.read_text()).get("response", {}).get("status", 0) >= 400
    }

    assert refused == listed


def test_a_duplicate_sku_says_whose_it_is(recorded: Recorded) -> None:
    error = faults.of(recorded("api/106-put-duplicate-sku"), writing=True)

    assert isinstance(error, Rejected)
    assert (error.detail["resource_id"], error.detail["unique_sku"]) == (11, "LAB-0001-1")


def test_a_batch_names_what_was_wrong_with_each_item(recorded: Recorded) -> None:
    items = recorded("api/133-batch").json()["update"]

    errors = [faults.of_item(wire.read(it["error"], wire.Fault), 400) for it in items if "error" in it]

    assert [type(it) for it in errors] == [NotFound, Rejected]


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "blocked_by_host"), (403, "blocked_by_host"), (404, "rest_api_missing"), (508, "unavailable")],
)
def test_a_page_of_the_host_is_told_from_a_refusal_of_woocommerce(status: int, code: str) -> None:
    page = Response(status=status, headers={"content-type": "text/html"}, body=b"<html>Sorry</html>")

    assert faults.of(page, writing=False).code == code


def test_a_refusal_in_another_language_still_has_a_meaning() -> None:
    body = {
        "code": "woocommerce_rest_authentication_error",
        "message": "La clé de l’API fournie n’a pas les droits d’écriture.",
        "data": {"status": 401},
    }
    response = Response(status=401, body=json.dumps(body).encode())

    assert faults.of(response, writing=True).code == "missing_right"
    assert faults.of(response, writing=False).code == "wrong_key"


def test_what_the_store_echoes_never_brings_the_key_into_an_error() -> None:
    body = {"code": "x", "message": "cs_secret1", "data": {"params": {"cs_secret1": "is cs_secret1"}}}
    response = Response(status=400, body=json.dumps(body).encode(), secrets=("cs_secret1",))

    error = faults.of(response, writing=True)

    assert "cs_secret1" not in f"{error} {vars(error)}"
