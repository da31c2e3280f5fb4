"""What may be told of texts and records."""

from __future__ import annotations

import base64
import json

import pytest

from core.model.records import RecordKind
from core.privacy import anonymise_order, loggable, redact, redact_headers

SECRET = "cs_0/+123456 &789"


@pytest.mark.parametrize(
    "text",
    [
        f"wrong key {SECRET}",
        "GET /p?x=cs_0%2F%2B123456%20%26789",
        "GET /p?x=cs_0%2F%2B123456+%26789",
        f"Proxy: {base64.b64encode(SECRET.encode()).decode()}",
    ],
)
def test_a_known_secret_is_masked_in_every_shape(text: str) -> None:
    assert "123456" not in redact(text, [SECRET])
    assert "***" in redact(text, [SECRET])


@pytest.mark.parametrize(
    "text",
    [
        "https://shop/p?consumer_secret=hidden1&page=2",
        "https://shop/p?consumer_key=hidden1",
        "https://shop/p?access_token=hidden1#x",
        "oauth_signature=hidden1&x=1",
        "url=https%3A%2F%2Fshop%3Faccess_token%3Dhidden1",
        '{"access_token": "hidden1", "scope": "read"}',
        "{'client_secret': 'hidden1'}",
        '{"refresh_token":"a\\"hidden1"}',
        "Authorization: Bearer hidden1\nHost: shop",
        "X-Shopify-Access-Token: hidden1",
        "sent Basic aGlkZGVuMTpoaWRkZW4x hidden".replace(" hidden", ""),
        "https://user:hidden1@shop.example.com/p",
        "written to hidden1@example.com",
    ],
)
def test_what_is_secret_by_its_name_is_masked(text: str) -> None:
    masked = redact(text)

    assert "hidden1" not in masked
    assert "aGlkZGVu" not in masked


@pytest.mark.parametrize(
    "text",
    [
        "The title has 81 characters; eBay takes 80.",
        "GET /products?page=2&per_page=100",
        "price: 11.95",
        "monkey=1",
        "There is no rulepack shopify@2026.11; there is 2026.12.",
    ],
)
def test_what_is_harmless_stays(text: str) -> None:
    assert redact(text, ["", "abc"]) == text


def test_secret_headers_are_masked_by_name() -> None:
    headers = {"X-Shopify-Access-Token": "a", "authorization": "b", "X-WC-Webhook-Signature": "c", "Accept": "json"}

    masked = redact_headers(headers)

    assert [*masked.values()] == ["***", "***", "***", "json"]


ORDER = {
    "external_id": "7001",
    "number": "2001",
    "status": "paid",
    "total": "12.00",
    "currency": "EUR",
    "note": "ring twice at Ada's",
    "buyer": {"name": "Ada Example", "email": "ada@example.com", "phone": "+44 20 7946 0000"},
    "shipping_address": {"name": "Ada Example", "line1": "Example Street 1", "country": "DE"},
    "billing_address": "Ada Example, Example Street 1",
    "lines": [{"sku": "A", "quantity": 1, "gift_note": "for Ada"}],
    "shipments": [{"tracking_number": "EX1"}],
}


def test_an_order_without_its_people_keeps_amounts_and_countries() -> None:
    kept = anonymise_order(ORDER)

    assert kept["total"] == "12.00"
    assert kept["shipping_address"] == {"country": "DE"}
    assert kept["lines"] == [{"sku": "A", "quantity": 1}]
    assert not any(word in json.dumps(kept) for word in ("Ada", "Street", "ada@", "7946", "ring"))


def test_a_log_tells_identity_and_shape_of_a_record() -> None:
    assert loggable(RecordKind.ORDER, ORDER) == {
        "kind": "order",
        "external_id": "7001",
        "number": "2001",
        "status": "paid",
        "lines": 1,
        "shipments": 1,
    }
