"""A person connects an account by signing in at the channel: the whole way, against the twins."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from litestar import Litestar

from core.opening import unseal
from core.store import connections as connections_store
from core.store.tables import AuditEntry, Handover
from marketwright.testing import Answer, Request, Twin, route

HTML = {"accept": "text/html"}
BACK = "/connections/new/shopify"


@pytest.fixture
async def door(app: Litestar) -> AsyncIterator[Twin]:
    """Listen on loopback, where channels reach the pages as a stranger without cookies does."""

    async def forward(request: Request) -> Answer:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as outside:
            answer = await outside.post(request.path, content=request.body, headers=dict(request.headers))
        return Answer(answer.status_code, body=answer.content)

    twin = Twin("door", [route("POST", "/{rest:.*}", forward)], settings=lambda base_url: None)
    async with twin.running():
        app.state["context"] = replace(app.state["context"], public_url=twin.base_url)
        yield twin


@pytest.fixture
async def shopify(registry) -> AsyncIterator[Twin]:
    """Run a twin of Shopify."""
    twin = registry.channel("shopify").sandbox(size=3)
    async with twin.running():
        yield twin


@pytest.fixture
def modes():
    """Return the WooCommerce twin's modes; a test may parametrise them."""
    return {}


@pytest.fixture
async def woocommerce(registry, modes) -> AsyncIterator[Twin]:
    """Run a twin of WooCommerce."""
    twin = registry.channel("woocommerce").sandbox(size=3, **modes)
    async with twin.running():
        yield twin


@pytest.fixture
def leave(shopify):
    """Return what sends the form for a shop and gives the address that the person is led to."""

    async def send(browser, path="/connect/shopify", **changes):
        settings = shopify.settings()
        fields = {
            "setting-shop_domain": settings.shop_domain,
            "setting-api_key": settings.api_key,
            "setting-api_secret": settings.api_secret,
            **changes,
        }
        return address_in(await browser.send_form(path, connection_name="Hearth", **fields))

    return send


def address_in(page: httpx.Response) -> str:
    found = re.search(r'class="button primary" href="([^"]+)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


async def visited(url: str) -> str:
    """Go to the channel's page and return the path and query at which it sends the person back."""
    async with httpx.AsyncClient(trust_env=False) as outside:
        answer = await outside.get(url)
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


async def test_a_shop_is_connected_by_signing_in_at_shopify(admin, context, door, shopify, leave):
    way = await leave(admin)

    answer = await admin.get(await visited(way))

    page = await admin.get(answer.headers["location"])
    row = await connections_store.get(int(answer.headers["location"].split("/")[2]))
    settings = unseal(context, context.registry.channel("shopify"), row)
    assert "It works: Hearth &amp; Trail. A pull has begun." in page.text
    assert (row.name, row.state) == ("Hearth", "ok")
    assert settings.refresh_token in shopify.state.refresh_tokens
    assert "connection.sign_in" in {entry["action"] for entry in await AuditEntry.select()}


async def test_the_secret_is_in_no_address_and_on_no_page(admin, door, shopify, leave):
    way = await leave(admin)

    back = await visited(way)

    answer = await admin.get(back)
    told = str([dict(entry) for entry in await AuditEntry.select()])
    for text in (way, back, answer.headers["location"], told):
        assert shopify.state.api_secret not in text
        assert "shpat_" not in text


async def test_a_store_posts_its_key_and_the_person_comes_back(admin, context, door, woocommerce):
    form = {"connection_name": "Our store", "setting-store_url": woocommerce.base_url}
    way = address_in(await admin.send_form("/connect/woocommerce", **form))

    answer = await admin.get(await visited(way))

    row = await connections_store.get(int(answer.headers["location"].split("/")[2]))
    settings = unseal(context, context.registry.channel("woocommerce"), row)
    assert (row.name, row.state) == ("Our store", "ok")
    assert settings.consumer_secret == woocommerce.settings().consumer_secret
    assert [request.path for request in door.requests] == ["/connect/woocommerce/callback"]


@pytest.mark.parametrize("modes", [{"declines": True}])
async def test_who_declines_at_the_store_is_told_so(admin, shop, door, woocommerce):
    way = address_in(await admin.send_form("/connect/woocommerce", **{"setting-store_url": woocommerce.base_url}))

    answer = await admin.get(await visited(way))

    page = await admin.get(answer.headers["location"])
    assert "it was declined there" in page.text
    assert len(await connections_store.all_of(shop.merchant)) == 1


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"hmac": "0" * 64}, "was not signed with"),
        ({"shop": "other.myshopify.com"}, "was not signed with"),
        ({"timestamp": "1700000000"}, "was not signed with"),
        ({"code": "another"}, "was not signed with"),
        ({"state": "another"}, "This sign-in is unknown"),
    ],
)
async def test_a_callback_that_was_tampered_with_is_refused(admin, shop, door, leave, wrong, reason):
    path, _, query = (await visited(await leave(admin))).partition("?")

    answer = await admin.get(path, params={**dict(parse_qsl(query)), **wrong})

    page = await admin.get(answer.headers["location"])
    assert answer.headers["location"] == BACK
    assert reason in page.text
    assert len(await connections_store.all_of(shop.merchant)) == 1


async def test_a_signed_callback_of_another_shop_is_refused(admin, shop, door, shopify, leave):
    path, _, query = (await visited(await leave(admin))).partition("?")
    other = {**dict(parse_qsl(query)), "shop": "other.myshopify.com"}
    del other["hmac"]

    answer = await admin.get(path, params=shopify.state.signed(other))

    page = await admin.get(answer.headers["location"])
    assert "another shop than the one you named" in page.text
    assert len(await connections_store.all_of(shop.merchant)) == 1


async def test_a_callback_holds_once(admin, shop, door, leave):
    back = await visited(await leave(admin))
    await admin.get(back)

    answer = await admin.get(back)

    assert answer.headers["location"] == BACK
    assert len(await connections_store.all_of(shop.merchant)) == 2


async def test_somebody_else_cannot_finish_it(admin, enter, shop, door, leave):
    back = await visited(await leave(admin))
    other = await enter("admin", None)

    answer = await other.get(back)

    assert answer.headers["location"] == BACK
    assert len(await connections_store.all_of(shop.merchant)) == 1


async def test_strangers_and_reviewers_are_kept_out(stranger, door, leave, enter):
    back = await visited(await leave(await enter("admin")))
    stranger.cookies.clear()
    nobody = await stranger.get(back, headers=HTML)
    reviewer = await enter("reviewer")

    answer = await reviewer.get(back, headers=HTML)

    assert nobody.headers["location"].startswith("/sign-in")
    assert answer.status_code == 403
    assert (await Handover.select())[0]["used_at"] is None


async def test_credentials_are_renewed_at_the_channel_in_place(admin, context, door, shopify, leave):
    first = (await admin.get(await visited(await leave(admin)))).headers["location"]
    number = int(first.split("/")[2])
    empty = {"setting-api_secret": "", "setting-shop_domain": shopify.settings().shop_domain}

    answer = await admin.get(await visited(await leave(admin, f"/connect/shopify?connection={number}", **empty)))

    assert answer.headers["location"] == first
    assert len(shopify.state.refresh_tokens) == 3


async def test_a_neighbours_connection_is_not_renewed(admin, neighbour, door, shopify):
    answer = await admin.send_form(f"/connect/woocommerce?connection={neighbour.connection}")

    assert answer.status_code == 404


async def test_a_post_needs_no_session_but_a_state(stranger, shop, door):
    key = {"user_id": "guessed", "consumer_key": "ck_a", "consumer_secret": "cs_b", "key_permissions": "read_write"}

    guessed = await stranger.post("/connect/woocommerce/callback", json=key)
    to_the_wrong_channel = await stranger.post("/connect/shopify/callback", json=key)
    unreadable = await stranger.post("/connect/woocommerce/callback", content=b"{")
    large = await stranger.post("/connect/woocommerce/callback", content=b"{" + b" " * 20_000)

    statuses = [answer.status_code for answer in (guessed, to_the_wrong_channel, unreadable, large)]
    assert statuses == [409, 409, 400, 413]


async def test_the_form_offers_it_and_says_what_it_needs(admin, app):
    offered = await admin.get(BACK)
    app.state["context"] = replace(app.state["context"], public_url=None)

    without = await admin.get(BACK)

    assert 'formaction="/connect/shopify"' in offered.text
    assert "http://127.0.0.1:1/connect/shopify/callback" in offered.text
    assert "formaction" not in without.text
    assert "web.public_url" in without.text


async def test_what_is_missing_is_named_in_the_form(admin, door):
    page = await admin.send_form("/connect/shopify", **{"setting-shop_domain": "hearth"})

    assert page.status_code == 400
    assert "API key (client ID) is needed." in page.text
    assert 'value="hearth"' in page.text
