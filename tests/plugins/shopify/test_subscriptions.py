"""Webhook subscriptions: created once, repaired, and never those of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from marketwright import NeedsAttention
from marketwright.testing import Answer
from plugins.shopify import subscriptions

Opened = Callable[..., Any]
OURS = "http://127.0.0.1:9/webhooks/1"


def states(listed: Any) -> set[str]:
    return {it.state for it in listed}


async def test_every_wanted_topic_is_subscribed_once(opened: Opened) -> None:
    async with opened(webhook_url=OURS) as (twin, connection):
        before = await subscriptions.listed(connection)
        first = await subscriptions.register(connection)
        second = await subscriptions.register(connection)

    assert states(before) == {"missing"}
    assert states(first) == {"active"}
    assert first == second
    topics = sorted(it["topic"] for it in twin.state.hooks.subscriptions.values())
    assert topics == sorted(subscriptions.TOPICS)


async def test_those_of_others_are_left_alone(opened: Opened) -> None:
    other = {
        "id": "gid://shopify/WebhookSubscription/1",
        "topic": "PRODUCTS_UPDATE",
        "uri": "https://other.example.com/hook",
        "format": "XML",
        "filter": "id:1",
        "includeFields": ["id"],
    }
    async with opened(webhook_url=OURS) as (twin, connection):
        twin.state.hooks.subscriptions[1] = dict(other)
        listed = await subscriptions.register(connection)

    assert twin.state.hooks.subscriptions[1] == other
    assert {it.url for it in listed} == {OURS}


async def test_one_of_ours_that_was_narrowed_is_widened(opened: Opened) -> None:
    async with opened(webhook_url=OURS) as (twin, connection):
        await subscriptions.register(connection)
        node = next(iter(twin.state.hooks.subscriptions.values()))
        node.update(filter="id:1", includeFields=["id"])
        before = await subscriptions.listed(connection)
        after = await subscriptions.register(connection)

    assert [it.topic for it in before if it.state == "disabled"] == [node["topic"]]
    assert states(after) == {"active"}


async def test_a_subscription_made_meanwhile_is_no_failure(opened: Opened, recording: Callable[[str], Any]) -> None:
    recorded = recording("webhook-subscription-topic-format-name-validation")["validation"]["createDuplicateRejected"]
    async with opened(webhook_url=OURS) as (twin, connection):
        twin.faults.reply(
            lambda request: Answer(json=recorded["response"]["payload"]),
            match=lambda request: b"PRODUCTS_CREATE" in request.body,
        )
        listed = await subscriptions.register(connection)

    assert [it.topic for it in listed if it.state == "missing"] == ["PRODUCTS_CREATE"]


async def test_a_topic_that_is_not_granted_is_told_after_all_others_are_made(opened: Opened) -> None:
    errors = [{"field": ["webhookSubscription"], "message": "This app is not approved for protected customer data"}]
    refusal = {"webhookSubscriptionCreate": {"webhookSubscription": None, "userErrors": errors}}
    async with opened(webhook_url=OURS) as (twin, connection):
        twin.faults.reply(
            lambda request: Answer(json={"data": refusal}), 3, match=lambda request: b'"ORDERS_' in request.body
        )
        with pytest.raises(NeedsAttention) as caught:
            await subscriptions.register(connection)

    assert caught.value.code == "webhooks_refused"
    assert "ORDERS_CREATE, ORDERS_UPDATED, ORDERS_DELETE: This app is not approved" in caught.value.message
    assert len(twin.state.hooks.subscriptions) == len(subscriptions.TOPICS) - 3


@pytest.mark.parametrize(("url", "code"), [(None, "no_public_url"), ("http://us.example.com/hook", "https_needed")])
async def test_shopify_needs_a_public_https_address(opened: Opened, url: str | None, code: str) -> None:
    async with opened() as (_, connection):
        settings = msgspec.structs.replace(connection.settings, shop_domain="mystore")
        real = type(connection)(id=1, channel="shopify", settings=settings, http=connection.http, webhook_url=url)
        with pytest.raises(NeedsAttention) as caught:
            await subscriptions.register(real)

    assert caught.value.code == code
