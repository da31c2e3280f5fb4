"""A state is used once, in time, for its channel, by who began it; what it brings is saved and told to the audit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from core import connections, handovers
from core.channel import Callback, Channel
from core.context import Context
from core.errors import Malformed, NeedsAttention, NotFound, Refused
from core.model.people import Actor, Role
from core.opening import unseal
from core.store import connections as connections_store
from core.store import users
from core.store.tables import AuditEntry, Handover

STORE = {"store_url": "https://shop.example"}
APP = {"shop_domain": "hearth", "api_key": "client", "api_secret": "shpss_hidden"}
KEY = {"consumer_key": "ck_" + "1" * 40, "consumer_secret": "cs_" + "2" * 40, "key_permissions": "read_write"}

Begin = Callable[..., Awaitable[str]]


@pytest.fixture
def woocommerce(context: Context) -> Channel:
    """Return a channel whose server posts what it brings."""
    return context.registry.channel("woocommerce")


@pytest.fixture
def shopify(context: Context) -> Channel:
    """Return a channel that brings people back."""
    return context.registry.channel("shopify")


@pytest.fixture
def person(context: Context, merchant: int) -> Callable[..., Awaitable[Actor]]:
    """Return what adds a person of the merchant."""

    async def add(name: str = "ann", role: Role = Role.ADMIN) -> Actor:
        user = await users.create(name, "hash", role, merchant, context.clock())
        return Actor(user=user, name=name, role=role, merchant=merchant)

    return add


@pytest.fixture
async def ann(person: Any) -> Actor:
    """Return an admin with an account."""
    found: Actor = await person()
    return found


@pytest.fixture
def begin(context: Context, merchant: int) -> Begin:
    """Return what sends somebody to a channel and gives the state that they take along."""

    async def send(actor: Actor, channel: Channel, values: dict[str, str], **more: Any) -> str:
        url = await handovers.begin(context, actor, channel, merchant=merchant, name="Our shop", values=values, **more)
        query = parse_qs(urlsplit(url).query)
        return (query.get("state") or query["user_id"])[0]

    return send


def post(state: str, **changes: Any) -> Callback:
    return Callback(body=msgspec.json.encode({"key_id": 1, "user_id": state, **KEY, **changes}))


async def test_what_a_store_posts_becomes_a_connection(
    context: Context, ann: Actor, woocommerce: Channel, begin: Begin, merchant: int
) -> None:
    state = await begin(ann, woocommerce, STORE)

    connection_id = await handovers.finish(context, woocommerce, post(state))

    row = await connections_store.get(connection_id)
    assert row is not None
    assert (row.merchant, row.name) == (merchant, "Our shop")
    settings = unseal(context, woocommerce, row)
    assert (settings.store_url, settings.consumer_secret) == (STORE["store_url"], KEY["consumer_secret"])
    assert settings.webhook_secret
    back = Callback(query={"success": "1", "user_id": state})
    assert await handovers.outcome(context, woocommerce, back, ann) == connection_id


async def test_the_audit_says_who_and_which_but_no_secret(
    context: Context, ann: Actor, woocommerce: Channel, begin: Begin
) -> None:
    connection_id = await handovers.finish(context, woocommerce, post(await begin(ann, woocommerce, STORE)))

    told = await AuditEntry.select().order_by(AuditEntry.id)

    assert [(row["actor"], row["action"]) for row in told] == [
        ("ann", "connection.create"),
        ("ann", "connection.sign_in"),
    ]
    assert told[-1]["subject"] == f"connection:{connection_id}"
    assert "cs_" not in str(told)


async def test_neither_state_nor_secrets_lie_open_while_it_waits(
    context: Context, ann: Actor, shopify: Channel, begin: Begin
) -> None:
    state = await begin(ann, shopify, APP)

    kept = str(await Handover.select())

    assert state not in kept
    assert APP["api_secret"] not in kept


async def test_a_state_is_used_once_and_what_was_sealed_is_gone(
    context: Context, ann: Actor, woocommerce: Channel, begin: Begin
) -> None:
    state = await begin(ann, woocommerce, STORE)
    await handovers.finish(context, woocommerce, post(state))

    with pytest.raises(Refused, match="used already"):
        await handovers.finish(context, woocommerce, post(state))

    assert [row["sealed"] for row in await Handover.select()] == [""]
    assert len(await connections_store.all_of(None)) == 1


async def test_of_two_posts_at_once_one_connects(
    context: Context, ann: Actor, woocommerce: Channel, begin: Begin
) -> None:
    state = await begin(ann, woocommerce, STORE)

    results = await asyncio.gather(
        *(handovers.finish(context, woocommerce, post(state)) for _ in range(5)), return_exceptions=True
    )

    assert [type(result) for result in results if not isinstance(result, int)] == [Refused] * 4
    assert len(await connections_store.all_of(None)) == 1


async def test_an_expired_state_is_refused(context: Context, ann: Actor, woocommerce: Channel, begin: Begin) -> None:
    state = await begin(ann, woocommerce, STORE)
    later = context.clock() + handovers.LIFE + timedelta(seconds=1)

    with pytest.raises(Refused, match="took too long"):
        await handovers.finish(replace(context, clock=lambda: later), woocommerce, post(state))


async def test_another_persons_state_is_refused_and_stays_theirs(
    context: Context, ann: Actor, person: Any, shopify: Channel, begin: Begin
) -> None:
    bob = await person("bob")
    state = await begin(ann, shopify, APP)

    with pytest.raises(Refused, match="somebody else"):
        await handovers.finish(context, shopify, Callback(query={"state": state}), bob)

    assert (await Handover.select())[0]["used_at"] is None


async def test_a_channel_that_brings_people_back_takes_no_post(
    context: Context, ann: Actor, shopify: Channel, begin: Begin
) -> None:
    state = await begin(ann, shopify, APP)

    with pytest.raises(Refused, match="does not post"):
        await handovers.finish(context, shopify, Callback(query={"state": state}))


async def test_a_state_of_another_channel_is_refused(
    context: Context, ann: Actor, shopify: Channel, woocommerce: Channel, begin: Begin
) -> None:
    state = await begin(ann, shopify, APP)

    with pytest.raises(Refused, match="unknown"):
        await handovers.finish(context, woocommerce, post(state))


async def test_who_was_put_out_meanwhile_connects_nothing(
    context: Context, ann: Actor, woocommerce: Channel, begin: Begin
) -> None:
    state = await begin(ann, woocommerce, STORE)
    await users.set_active(ann.user, is_active=False)

    with pytest.raises(Refused):
        await handovers.finish(context, woocommerce, post(state))

    assert await connections_store.all_of(None) == []


async def test_a_key_that_may_not_write_is_refused(
    context: Context, ann: Actor, woocommerce: Channel, begin: Begin
) -> None:
    state = await begin(ann, woocommerce, STORE)

    with pytest.raises(NeedsAttention, match="read and write"):
        await handovers.finish(context, woocommerce, post(state, key_permissions="read"))


async def test_who_comes_back_without_a_post_is_told_and_must_begin_again(
    context: Context, ann: Actor, woocommerce: Channel, begin: Begin
) -> None:
    state = await begin(ann, woocommerce, STORE)

    with pytest.raises(Refused, match="declined"):
        await handovers.outcome(context, woocommerce, Callback(query={"success": "0", "user_id": state}), ann)

    with pytest.raises(Refused):
        await handovers.finish(context, woocommerce, post(state))


async def test_credentials_of_a_connection_are_renewed_in_place(
    context: Context, ann: Actor, woocommerce: Channel, begin: Begin, merchant: int
) -> None:
    old = {**STORE, "consumer_key": "ck_old", "consumer_secret": "cs_old", "webhook_secret": "kept"}
    existing = await connections.create(context, ann, merchant=merchant, channel="woocommerce", name="Old", values=old)
    state = await begin(ann, woocommerce, {}, connection_id=existing)

    renewed = await handovers.finish(context, woocommerce, post(state))

    row = await connections_store.get(existing)
    assert row is not None
    settings = unseal(context, woocommerce, row)
    assert renewed == existing
    assert (settings.consumer_key, settings.webhook_secret) == (KEY["consumer_key"], "kept")


async def test_what_is_needed_before_is_named(context: Context, ann: Actor, shopify: Channel, begin: Begin) -> None:
    with pytest.raises(Malformed, match=r"API secret key .* is needed") as caught:
        await begin(ann, shopify, {**APP, "api_secret": " "})

    assert caught.value.where == "api_secret"


async def test_without_a_public_address_nobody_is_sent_away(
    context: Context, ann: Actor, shopify: Channel, merchant: int
) -> None:
    with pytest.raises(Refused, match=r"web\.public_url"):
        await handovers.begin(
            replace(context, public_url=None), ann, shopify, merchant=merchant, name="Our shop", values=APP
        )


async def test_only_admins_connect_and_only_for_their_merchant(
    context: Context, ann: Actor, person: Any, shopify: Channel, begin: Begin, merchant: int
) -> None:
    bob = await person("bob", Role.REVIEWER)

    with pytest.raises(Refused, match="Only an admin"):
        await begin(bob, shopify, APP)
    with pytest.raises(NotFound):
        await handovers.begin(context, ann, shopify, merchant=merchant + 1, name="Our shop", values=APP)
