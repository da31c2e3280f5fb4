"""Adding and changing a connection by the form that its channel describes."""

from __future__ import annotations

import pytest

from core.opening import unseal
from core.store import connections as connections_store
from core.store import merchants

FIELDS = {
    "setting-store_url": "http://127.0.0.1:1",
    "setting-consumer_key": "ck_" + "c" * 40,
    "setting-consumer_secret": "cs_" + "d" * 40,
}


@pytest.fixture
async def row(context, shop):
    """Return what reads the connection's row and its opened settings."""

    async def read(connection_id):
        found = await connections_store.get(connection_id)
        return found, unseal(context, context.registry.channel(found.channel), found)

    return read


async def test_channels_are_offered(admin):
    page = await admin.get("/connections/new")

    assert 'href="/connections/new/woocommerce"' in page.text


async def test_the_form_asks_for_secrets_without_ever_showing_them(admin, shop):
    page = await admin.get(f"/connections/{shop.connection}/edit")

    assert 'name="setting-consumer_secret" type="password"' in page.text
    assert "set; leave empty to keep it" in page.text
    assert "b" * 40 not in page.text


async def test_a_connection_is_added_tested_and_told(admin, row):
    answer = await admin.send_form("/connections/new/woocommerce", connection_name="Second shop", **FIELDS)

    connection_id = int(answer.headers["location"].split("/")[2])
    found, settings = await row(connection_id)
    page = await admin.get(answer.headers["location"])
    assert found.name == "Second shop"
    assert settings.consumer_secret == "cs_" + "d" * 40
    assert "It is saved, but it does not work yet." in page.text


async def test_a_field_that_is_missing_is_named_and_the_others_stay(admin):
    fields = {**FIELDS, "setting-store_url": ""}

    page = await admin.send_form("/connections/new/woocommerce", connection_name="Second shop", **fields)

    assert page.status_code == 400
    assert "Store address is needed." in page.text
    assert 'value="Second shop"' in page.text
    assert "d" * 40 not in page.text


async def test_a_secret_left_empty_stays_as_it_is(admin, shop, row):
    fields = {**FIELDS, "setting-consumer_secret": "", "setting-consumer_key": ""}

    await admin.send_form(f"/connections/{shop.connection}/edit", connection_name="Renamed", **fields)

    found, settings = await row(shop.connection)
    assert found.name == "Renamed"
    assert settings.consumer_secret == "cs_" + "b" * 40


async def test_an_admin_of_all_names_the_merchant_and_a_new_name_adds_one(enter, shop, neighbour, row):
    browser = await enter("admin", None)
    page = await browser.get("/connections/new/woocommerce")

    without = await browser.send_form("/connections/new/woocommerce", **FIELDS)
    known = (await merchants.names())[neighbour.merchant]
    answer = await browser.send_form("/connections/new/woocommerce", merchant=known, **FIELDS)
    added = await browser.send_form("/connections/new/woocommerce", merchant="Third house", **FIELDS)

    found, _ = await row(int(answer.headers["location"].split("/")[2]))
    newcomer, _ = await row(int(added.headers["location"].split("/")[2]))
    assert 'name="merchant"' in page.text
    assert without.status_code == 400
    assert found.merchant == neighbour.merchant
    assert newcomer.merchant == await merchants.find("Third house")


async def test_an_unknown_channel_is_not_found(admin):
    answer = await admin.get("/connections/new/nosuch", headers={"accept": "text/html"})

    assert answer.status_code == 404
