"""Our webhooks in the store: made once, revived when the store gave up, and nobody else's touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from marketwright import Action, Connection, NeedsAttention, WebhookRequest
from marketwright.testing import Twin
from plugins.woocommerce import subscriptions, webhook

FOREIGN = {"topic": "product.updated", "delivery_url": "https://other.example/hook", "name": "theirs"}


def as_webhook(request: Any) -> WebhookRequest:
    """Return what an inbox got as the server hands it over."""
    return WebhookRequest(method="POST", path=request.path, headers=dict(request.headers), body=request.body)


async def add_foreign(twin: Twin) -> dict[str, Any]:
    """Add somebody else's webhook, disabled."""
    hook = {"id": 77, "status": "disabled", **FOREIGN}
    twin.state.webhooks[77] = hook
    return dict(hook)


async def test_eight_topics_are_registered_with_our_secret(twin: Twin, inbox: Twin, connection: Connection) -> None:
    made = await subscriptions.register(connection)
    await twin.state.change(1001, name="New name")
    await twin.settled()

    assert {it.topic for it in made} == set(subscriptions.TOPICS)
    event = webhook.read(as_webhook(inbox.requests[-1]), connection)
    assert (event.topic, event.external_id) == ("product.updated", "1001")


async def test_each_new_webhook_pings_and_the_ping_is_acknowledged(
    twin: Twin, inbox: Twin, connection: Connection
) -> None:
    await subscriptions.register(connection)
    await twin.settled()

    events = [webhook.read(as_webhook(it), connection) for it in inbox.requests]
    assert [it.action for it in events] == [Action.IGNORE] * 8


async def test_a_webhook_off_after_seven_failures_is_found_and_revived(
    twin: Twin, inbox: Twin, connection: Connection
) -> None:
    await subscriptions.register(connection)
    await twin.settled()
    inbox.faults.fail(500, 7)
    states = []
    for number in range(7):
        await twin.state.change(1001, name=f"New {number}")
        await twin.settled()
        states.append({it.topic: it.state for it in await subscriptions.listed(connection)}["product.updated"])

    repaired = await subscriptions.repair(connection)

    assert states == ["active"] * 6 + ["disabled"]
    assert {it.state for it in repaired} == {"active"}
    assert len(twin.state.webhooks) == 8


async def test_deleted_webhooks_are_listed_as_missing_and_made_again(twin: Twin, connection: Connection) -> None:
    await subscriptions.register(connection)
    del twin.state.webhooks[next(iter(twin.state.webhooks))]

    before = await subscriptions.listed(connection)
    after = await subscriptions.repair(connection)

    assert [it.state for it in before].count("missing") == 1
    assert {it.state for it in after} == {"active"}


async def test_doubles_are_removed_and_the_active_one_stays(twin: Twin, connection: Connection) -> None:
    made = await subscriptions.register(connection)
    kept = next(it for it in made if it.topic == "product.updated")
    double = {**twin.state.webhooks[int(kept.id)], "id": 50, "status": "paused"}
    twin.state.webhooks[50] = double

    await subscriptions.repair(connection)

    assert 50 not in twin.state.webhooks
    assert int(kept.id) in twin.state.webhooks


@pytest.mark.parametrize("act", [subscriptions.register, subscriptions.repair])
async def test_webhooks_of_others_are_left_alone(act: Any, twin: Twin, connection: Connection) -> None:
    before = await add_foreign(twin)

    await act(connection)
    await act(connection)

    assert twin.state.webhooks[77] == before
    assert len(twin.state.webhooks) == 9


async def test_a_repair_sets_our_secret_again(twin: Twin, inbox: Twin, connection: Connection) -> None:
    await subscriptions.register(connection)
    changed = msgspec.structs.replace(connection.settings, webhook_secret="another-secret")
    rotated = replace(connection, settings=changed)

    await subscriptions.repair(rotated)
    await twin.state.change(1001, name="After the change of secrets")
    await twin.settled()

    assert webhook.read(as_webhook(inbox.requests[-1]), rotated).external_id == "1001"


@pytest.mark.parametrize(
    ("url", "secret", "code"), [(None, "s", "no_webhook_url"), ("https://x.example", "", "no_webhook_secret")]
)
async def test_without_an_address_or_a_secret_nothing_is_registered(
    url: str | None, secret: str, code: str, twin: Twin, connection: Connection
) -> None:
    settings = msgspec.structs.replace(connection.settings, webhook_secret=secret)

    with pytest.raises(NeedsAttention) as caught:
        await subscriptions.register(replace(connection, settings=settings, webhook_url=url))

    assert caught.value.code == code
    assert not twin.state.webhooks
