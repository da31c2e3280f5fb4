"""Webhooks are believed only when signed by the shop's app, and name what changed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from marketwright import (
    Action,
    BadSignature,
    Connection,
    Malformed,
    RecordKind,
    WebhookRequest,
    hmac_base64,
)
from plugins.shopify import webhook, wire
from plugins.shopify.settings import Settings

SECRET, PREVIOUS = "test_secret_key", "the_secret_before"
SHOP = "mystore.myshopify.com"
TRIGGERED = "2026-11-23T18:00:27.877041743Z"


@pytest.fixture
def connection() -> Connection:
    settings = Settings(shop_domain=SHOP, access_token="shpat_1", api_secret=SECRET, previous_api_secret=PREVIOUS)
    return Connection(id=1, channel="shopify", settings=settings, http=None)  # type: ignore[arg-type]


def delivered(
    topic: str, body: bytes, *, secret: str = SECRET, shop: str = SHOP, prefix: str = "x-", **headers: str
) -> WebhookRequest:
    known = {
        "topic": topic,
        "hmac-sha256": hmac_base64(secret, body),
        "shop-domain": shop,
        "webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "triggered-at": TRIGGERED,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    all_headers = {f"{prefix}shopify-{name}": value for name, value in known.items()}
    return WebhookRequest(method="POST", path="/webhooks/1", headers=all_headers, body=body)


def test_the_vector_of_shopifys_own_library_verifies(connection: Connection) -> None:
    body, signature = b'{"foo": "bar"}', "B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g="

    event = webhook.read(delivered("carts/update", body, hmac_sha256=signature), connection)

    assert event.action is Action.IGNORE


@pytest.mark.parametrize("secret", [SECRET, PREVIOUS])
def test_the_secret_before_the_rotation_is_taken_too(connection: Connection, secret: str) -> None:
    event = webhook.read(delivered("products/update", b'{"id": 1}', secret=secret), connection)

    assert event.external_id == "1"


def test_headers_of_the_newer_events_have_no_x(connection: Connection) -> None:
    event = webhook.read(delivered("products/update", b'{"id": 1}', prefix=""), connection)

    assert (event.external_id, event.dedupe_key) == ("1", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043")


def test_another_shop_of_the_same_app_is_refused(connection: Connection) -> None:
    with pytest.raises(BadSignature) as caught:
        webhook.read(delivered("products/update", b'{"id": 1}', shop="other.myshopify.com"), connection)

    assert caught.value.code == "other_shop"


def test_without_a_secret_nothing_is_believed() -> None:
    bare = Connection(
        id=1,
        channel="shopify",
        settings=Settings(shop_domain=SHOP, access_token="t"),
        http=None,  # type: ignore[arg-type]
    )

    with pytest.raises(BadSignature) as caught:
        webhook.read(delivered("products/update", b'{"id": 1}', secret=""), bare)

    assert caught.value.code == "no_secret"


@pytest.mark.parametrize(
    ("fixture", "topic", "kind", "external_id", "moment"),
    [
        ("product", "products/update", RecordKind.PRODUCT, "632910392", "2011-10-20T14:05:13-04:00"),
        ("order", "orders/updated", RecordKind.ORDER, "450789469", "2008-01-10T11:00:00-05:00"),
        (
            "inventory_level",
            "inventory_levels/update",
            RecordKind.STOCK,
            "808950810:905684977",
            "2018-05-07T15:51:26-04:00",
        ),
    ],
)
def test_shopifys_own_bodies_are_read(
    connection: Connection,
    body_of: Callable[[str], bytes],
    fixture: str,
    topic: str,
    kind: RecordKind,
    external_id: str,
    moment: str,
) -> None:
    event = webhook.read(delivered(topic, body_of(fixture)), connection)

    assert (event.action, event.kind, event.external_id) == (Action.UPSERT, kind, external_id)
    assert event.version == wire.micros(moment)


def test_a_fulfilment_is_about_its_order_and_says_nothing_of_its_age(
    connection: Connection, body_of: Callable[[str], bytes]
) -> None:
    event = webhook.read(delivered("fulfillments/create", body_of("fulfillment")), connection)

    assert (event.kind, event.external_id, event.version) == (RecordKind.ORDER, "450789469", None)


@pytest.mark.parametrize(
    ("topic", "body", "external_id"),
    [
        ("products/delete", b'{"id": 788032119674292922}', "788032119674292922"),
        ("orders/delete", b'{"id": 1}', "1"),
        ("inventory_levels/disconnect", b'{"inventory_item_id": 7, "location_id": 8}', "7:8"),
    ],
)
def test_what_is_gone_is_a_delete_dated_by_its_trigger(
    connection: Connection, topic: str, body: bytes, external_id: str
) -> None:
    event = webhook.read(delivered(topic, body), connection)

    assert (event.action, event.external_id) == (Action.DELETE, external_id)
    assert event.version == 1_795_456_827_877_041


@pytest.mark.parametrize(
    "topic",
    ["app/uninstalled", "app/scopes_update", "customers/data_request", "customers/redact", "shop/redact"],
)
def test_what_concerns_the_connection_is_a_notice(connection: Connection, topic: str) -> None:
    event = webhook.read(delivered(topic, b'{"id": 1, "shop_domain": "mystore.myshopify.com"}'), connection)

    assert (event.action, event.kind, event.external_id) == (Action.NOTICE, None, None)


@pytest.mark.parametrize("body", [b'{"id": ', b"\xff\xfe", b'{"id": "one"}', b"[1]"])
def test_a_body_that_cannot_be_read_is_malformed(connection: Connection, body: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        webhook.read(delivered("products/update", body), connection)

    assert caught.value.where == "products/update"


@pytest.mark.parametrize("body", [b'{"id": "eeafa272cebfd4b22385bc4b645e762c", "token": "x"}', b"{}", b""])
def test_what_nobody_asked_for_is_ignored(connection: Connection, body: bytes) -> None:
    event = webhook.read(delivered("carts/update", body), connection)

    assert event.action is Action.IGNORE


def test_a_delivery_without_id_is_known_by_its_content(connection: Connection) -> None:
    keys = [
        webhook.read(delivered("products/update", body, webhook_id=""), connection).dedupe_key
        for body in (b'{"id": 1}', b'{"id": 1}', b'{"id": 2}')
    ]

    assert keys[0] == keys[1] != keys[2]


async def test_a_stock_webhook_becomes_the_whole_record(opened: Callable[..., object]) -> None:
    async with opened() as (twin, connection):  # type: ignore[attr-defined]
        item, _ = twin.state.shop.items()[0]
        location = next(iter(item.levels))
        await twin.state.shop.set_available(item, location, 77)
        body = json.dumps({"inventory_item_id": item.id, "location_id": location, "available": 1}).encode()
        secret, domain = twin.state.api_secret, connection.settings.shop_domain
        request = delivered("inventory_levels/update", body, secret=secret, shop=domain)

        event = webhook.read(request, connection)
        (source,) = await webhook.read_event(connection, event, json.loads(body))

    assert source.record["quantity"] == 77
    assert source.record["sku"] == item.sku
    assert source.record["location"] == "Warehouse"


async def test_a_product_that_is_gone_by_now_comes_as_deleted(opened: Callable[..., object]) -> None:
    async with opened() as (twin, connection):  # type: ignore[attr-defined]
        await twin.state.shop.delete_product("8971000000000")
        body = b'{"id": 8971000000000, "updated_at": "2026-11-23T12:00:00Z"}'
        secret, domain = twin.state.api_secret, connection.settings.shop_domain

        event = webhook.read(delivered("products/update", body, secret=secret, shop=domain), connection)
        (source,) = await webhook.read_event(connection, event, json.loads(body))

    assert (source.deleted, source.external_id, source.version) == (True, "8971000000000", event.version)
