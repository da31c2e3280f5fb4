"""Webhooks of real stores: each verifies and is read; what is not signed is not believed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from marketwright import (
    Action,
    BadSignature,
    Connection,
    Malformed,
    NeedsAttention,
    RecordKind,
    WebhookRequest,
    hmac_base64,
)
from plugins.woocommerce import channel, webhook
from plugins.woocommerce.settings import Settings

SECRET = "lab-webhook-sécret"
Signed = Callable[..., WebhookRequest]


@pytest.fixture
def lab() -> Connection:
    """Return a connection with the recorded secret; it is never called."""
    settings = Settings(
        store_url="https://127.0.0.1:8453",
        consumer_key="ck_lab",
        consumer_secret="cs_lab",
        webhook_secret=SECRET,
    )
    return Connection(id=1, channel="woocommerce", settings=settings, http=None)  # type: ignore[arg-type]


@pytest.fixture
def signed() -> Signed:
    """Return a function that makes a signed webhook."""

    def make(payload: Any, topic: str = "product.updated", delivery: str = "d1") -> WebhookRequest:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        headers = {
            "x-wc-webhook-topic": topic,
            "x-wc-webhook-id": "2",
            "x-wc-webhook-delivery-id": delivery,
            "x-wc-webhook-signature": hmac_base64(SECRET, body),
        }
        return WebhookRequest(method="POST", path="/hooks/1", headers=headers, body=body)

    return make


def test_every_recorded_delivery_verifies_and_is_read(deliveries: dict[str, WebhookRequest], lab: Connection) -> None:
    signed = {
        name: it
        for name, it in deliveries.items()
        if "x-wc-webhook-signature" in it.headers and not it.path.endswith("nosecret")
    }

    events = {name: webhook.read(request, lab) for name, request in signed.items()}

    assert len(events) > 20
    for name, event in events.items():
        assert event.topic.replace(".", "-") in name
        if event.topic.startswith(("product", "order")):
            assert event.external_id
            assert (event.version is None) == (event.action is Action.DELETE)


def test_deliveries_with_a_secret_nobody_knows_are_refused(
    deliveries: dict[str, WebhookRequest], lab: Connection
) -> None:
    unknown = [it for it in deliveries.values() if it.path.endswith("nosecret") and len(it.body) > 30]

    for request in unknown:
        with pytest.raises(BadSignature):
            webhook.read(request, lab)

    assert unknown


def test_every_recorded_ping_is_acknowledged_and_forgotten(
    deliveries: dict[str, WebhookRequest], lab: Connection
) -> None:
    pings = [it for name, it in deliveries.items() if name.endswith("ping")]

    actions = {webhook.read(ping, lab).action for ping in pings}

    assert len(pings) > 12
    assert actions == {Action.IGNORE}


@pytest.mark.parametrize("body", [b"webhook_id=1&id=5", b"webhook_id=x", b'{"id": 5}', b"", b"webhook_id=1\n"])
def test_an_unsigned_body_that_is_no_ping_is_refused(body: bytes, lab: Connection) -> None:
    request = WebhookRequest(method="POST", path="/hooks/1", headers={}, body=body)

    with pytest.raises(BadSignature):
        webhook.read(request, lab)


def test_a_ping_that_names_a_topic_is_refused(lab: Connection) -> None:
    headers = {"x-wc-webhook-topic": "product.deleted"}
    request = WebhookRequest(method="POST", path="/hooks/1", headers=headers, body=b"webhook_id=1")

    with pytest.raises(BadSignature):
        webhook.read(request, lab)


def test_two_products_changed_in_one_second_share_the_delivery_id_but_not_the_key(
    deliveries: dict[str, WebhookRequest], lab: Connection
) -> None:
    one, other = deliveries["030-product-updated"], deliveries["032-product-updated"]

    keys = {webhook.read(it, lab).dedupe_key for it in (one, other)}

    assert one.headers["x-wc-webhook-delivery-id"] == other.headers["x-wc-webhook-delivery-id"]
    assert len(keys) == 2


def test_a_second_trip_to_the_trash_has_another_key(signed: Signed, lab: Connection) -> None:
    first = webhook.read(signed({"id": 122}, "product.deleted", "d1"), lab)
    repeated = webhook.read(signed({"id": 122}, "product.deleted", "d1"), lab)
    second = webhook.read(signed({"id": 122}, "product.deleted", "d2"), lab)

    assert first.dedupe_key == repeated.dedupe_key != second.dedupe_key


def test_a_repeat_with_another_delivery_id_has_the_same_key(signed: Signed, lab: Connection) -> None:
    payload = {"id": 5, "date_modified_gmt": "2026-11-23T08:41:15"}

    keys = {webhook.read(signed(payload, delivery=it), lab).dedupe_key for it in ("d1", "d2")}

    assert len(keys) == 1


def test_a_variation_names_the_product_it_belongs_to(deliveries: dict[str, WebhookRequest], lab: Connection) -> None:
    event = webhook.read(deliveries["021-product-updated"], lab)

    assert (event.kind, event.external_id) == (RecordKind.PRODUCT, "39")


def test_versions_are_microseconds_of_utc(deliveries: dict[str, WebhookRequest], lab: Connection) -> None:
    event = webhook.read(deliveries["021-product-updated"], lab)

    assert event.version == 1_795_423_275_000_000


def test_a_payload_of_an_error_asks_for_a_person(signed: Signed, lab: Connection) -> None:
    payload = {"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 401}}

    event = webhook.read(signed(payload), lab)

    assert event.action is Action.NOTICE


async def test_the_notice_says_that_the_owner_lost_rights(signed: Signed, lab: Connection) -> None:
    payload = {"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 401}}
    event = webhook.read(signed(payload), lab)

    with pytest.raises(NeedsAttention) as caught:
        await webhook.read_event(lab, event, payload)

    assert caught.value.code == "webhook_owner_lost_rights"


def test_fields_of_unforeseen_types_do_not_turn_a_webhook_away(signed: Signed, lab: Connection) -> None:
    payload = {"id": 5, "type": None, "parent_id": None, "date_modified_gmt": False, "code": "a plugin's own"}

    event = webhook.read(signed(payload), lab)

    assert (event.action, event.external_id, event.version) == (Action.UPSERT, "5", None)


async def test_a_products_body_under_the_topic_of_orders_makes_no_order(
    deliveries: dict[str, WebhookRequest], connection: Connection
) -> None:
    payload = json.loads(deliveries["015-product-updated"].body)
    settings = msgspec.structs.replace(connection.settings, webhook_secret=SECRET)
    lab = Connection(id=1, channel="woocommerce", settings=settings, http=connection.http)
    kept = deliveries["015-product-updated"]
    request = msgspec.structs.replace(kept, headers={**kept.headers, "x-wc-webhook-topic": "order.updated"})

    records = await webhook.read_event(lab, webhook.read(request, lab), payload)

    assert [it.deleted for it in records] == [True]


@pytest.mark.parametrize("topic", ["customer.created", "coupon.updated", "action.woocommerce_low_stock"])
def test_topics_that_are_not_ours_are_ignored(topic: str, signed: Signed, lab: Connection) -> None:
    event = webhook.read(signed({"id": 3}, topic), lab)

    assert event.action is Action.IGNORE


@pytest.mark.parametrize("body", [b'{"id": ', b"[]", b'{"name": "x"}'])
def test_a_signed_body_that_cannot_be_read_is_malformed(body: bytes, signed: Signed, lab: Connection) -> None:
    with pytest.raises(Malformed) as caught:
        webhook.read(signed(body), lab)

    assert caught.value.where


def test_an_empty_secret_never_verifies(signed: Signed, lab: Connection) -> None:
    settings = msgspec.structs.replace(lab.settings, webhook_secret="")
    without = Connection(id=1, channel="woocommerce", settings=settings, http=lab.http)
    body = b'{"id": 5}'
    headers = {"x-wc-webhook-topic": "product.updated", "x-wc-webhook-signature": hmac_base64(b"", body)}

    with pytest.raises(BadSignature):
        webhook.read(WebhookRequest(method="POST", path="/", headers=headers, body=body), without)


async def test_a_recorded_order_becomes_a_record_without_a_call(
    deliveries: dict[str, WebhookRequest], lab: Connection
) -> None:
    request = deliveries["028-order-updated"]
    payload = json.loads(request.body)

    records = await webhook.read_event(lab, webhook.read(request, lab), payload)

    assert [it.external_id for it in records] == ["123"]
    assert records[0].record["status"] == "completed"
    assert records[0].raw == payload


async def test_a_deleted_product_that_was_an_order_deletes_nothing_known(
    deliveries: dict[str, WebhookRequest], connection: Connection
) -> None:
    settings = msgspec.structs.replace(connection.settings, webhook_secret=SECRET)
    lab = Connection(id=1, channel="woocommerce", settings=settings, http=connection.http)
    event = webhook.read(deliveries["035-product-deleted"], lab)

    records = await webhook.read_event(lab, event, {"id": 123})

    assert [(it.external_id, it.deleted) for it in records] == [("123", True)]


async def test_a_late_deletion_of_a_product_that_was_restored_is_not_believed(
    twin: Any, inbox: Any, connection: Connection
) -> None:
    await channel.register_webhooks(connection)  # type: ignore[misc]
    await twin.state.trash(1001)
    await twin.settled()
    request = inbox.requests[-1]
    late = WebhookRequest(method="POST", path="/", headers=dict(request.headers), body=request.body)
    await twin.state.restore(1001)

    records = await webhook.read_event(connection, webhook.read(late, connection), {"id": 1001})

    assert [(it.external_id, it.deleted, it.record["status"]) for it in records] == [("1001", False, "draft")]


async def test_a_product_in_the_trash_is_deleted_with_the_version_of_its_trashing(
    twin: Any, inbox: Any, connection: Connection
) -> None:
    await channel.register_webhooks(connection)  # type: ignore[misc]
    await twin.state.trash(1001)
    await twin.settled()
    request = inbox.requests[-1]
    event = webhook.read(
        WebhookRequest(method="POST", path="/", headers=dict(request.headers), body=request.body), connection
    )

    records = await webhook.read_event(connection, event, json.loads(request.body))

    assert re.fullmatch(rb'{"id":1001}', request.body)
    assert [(it.deleted, it.version) for it in records] == [(True, twin.state.last_moment * 1_000_000)]
