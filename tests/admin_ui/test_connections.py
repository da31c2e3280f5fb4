"""Connections: health, modes, and the buttons that talk to a channel."""

from __future__ import annotations

import pytest

from core.model.corrections import Mode
from core.model.requirements import Requirement, RequirementSet, Skipped
from core.store import connections as connections_store
from core.store import requirements
from core.store.tables import Connection

JSON = {"accept": "application/json"}


async def test_connections_are_listed_with_their_health(admin, shop):
    await Connection.update(
        {Connection.state: "needs_attention", Connection.state_reason: "The key is refused."}
    ).where(Connection.id == shop.connection)

    page = await admin.get("/connections")

    assert f'data-connection-id="{shop.connection}"' in page.text
    assert "Needs attention" in page.text
    assert "The key is refused." in page.text


async def test_one_connection_shows_where_its_channel_sends_webhooks(admin, shop):
    row = await connections_store.get(shop.connection)

    page = await admin.get(f"/connections/{shop.connection}")

    assert f"http://127.0.0.1:1/webhooks/woocommerce/{row.public_id}" in page.text


async def test_a_test_says_what_is_wrong_and_what_to_do(admin, shop):
    script = await admin.post(f"/connections/{shop.connection}/test", data={"csrf": admin.csrf}, headers=JSON)
    page = await admin.get(f"/connections/{shop.connection}")

    assert script.json()["ok"] is False
    assert script.json()["message"]
    assert 'class="verdict bad"' in page.text


async def test_a_pull_is_asked_for(admin, shop, context):
    await admin.send_form(f"/connections/{shop.connection}/sync")

    assert ("sync_connection", (shop.connection,)) in context.queue.asked


async def test_mode_frequency_and_switch_are_saved(admin, shop):
    answer = await admin.send_form(f"/connections/{shop.connection}/settings", mode="apply_and_push", sync_minutes="30")

    row = await connections_store.get(shop.connection)
    assert answer.status_code == 303
    assert (row.mode, row.sync_minutes, row.enabled) == (Mode.APPLY_AND_PUSH, 30, False)


@pytest.mark.parametrize(
    ("mode", "minutes"), [("everything", "30"), ("suggest", "0"), ("suggest", "x"), ("suggest", "99999")]
)
async def test_settings_that_do_not_exist_are_refused(admin, shop, mode, minutes):
    answer = await admin.send_form(f"/connections/{shop.connection}/settings", mode=mode, sync_minutes=minutes)

    assert answer.status_code == 400
    assert (await connections_store.get(shop.connection)).mode == Mode.SUGGEST


async def test_a_channel_that_cannot_be_asked_for_its_webhooks_says_why(admin, shop):
    page = await admin.get(f"/connections/{shop.connection}?webhooks=1")

    assert page.status_code == 200
    assert 'class="red small"' in page.text


@pytest.mark.parametrize("path", ["/connections", "/connections/new", "/connections/1", "/connections/1/edit"])
async def test_reviewers_are_kept_out(reviewer, path):
    answer = await reviewer.get(path, headers={"accept": "text/html"})

    assert answer.status_code == 403
    assert "Only an admin" in answer.text


async def test_what_the_platform_publishes_is_shown_with_what_was_left_out(admin, shop, context):
    asked = Requirement(label="Colour", field="attributes.Colour", check="required", source="the shop's API")
    odd = Skipped("<b>mood</b>", "Riddles cannot be checked.")
    given = RequirementSet(name="products", requirements=(asked,), skipped=(odd,))
    await requirements.keep(shop.connection, given, context.clock())
    await requirements.close_round(shop.connection, {"products"}, context.clock())

    page = await admin.get(f"/connections/{shop.connection}")

    assert "1 rule beside the pack" in page.text
    assert "attributes.Colour: required" in page.text
    assert "&lt;b&gt;mood&lt;/b&gt;: Riddles cannot be checked." in page.text


async def test_what_the_platform_publishes_is_asked_for(admin, shop, context):
    before = await admin.get(f"/connections/{shop.connection}")

    await admin.send_form(f"/connections/{shop.connection}/requirements")

    assert "It was not read yet." in before.text
    assert ("pull_requirements", (shop.connection,)) in context.queue.asked
