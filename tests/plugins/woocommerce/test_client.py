"""Every way in which a key may travel, both address forms, and the diagnosis where none of them works."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from marketwright import Account, Connection, MarketwrightError, NeedsAttention, Rejected, RetryLater
from marketwright.testing import Answer, Twin, open_connection
from plugins.woocommerce import channel
from plugins.woocommerce.client import Store, open_store
from plugins.woocommerce.settings import Auth, Permalinks

ONE = [("per_page", 1), ("search", "é à+b/c"), ("include[0]", 1001)]


def reached(connection: Connection, way: Auth, **changes: Any) -> Store:
    """Return the store as reached in one way, whatever its address lets one guess."""
    settings = msgspec.structs.replace(connection.settings, **changes)
    return Store(replace(connection, settings=settings), way, Permalinks.PRETTY)


async def test_plain_http_is_signed_with_oauth1(twin: Twin, connection: Connection) -> None:
    store = open_store(connection)

    await store.get("/products", ONE)

    assert store.auth is Auth.OAUTH1
    query = dict(twin.requests[-1].query)
    assert {"oauth_nonce", "oauth_timestamp", "oauth_signature"} <= query.keys()
    assert (query["search"], query["include[0]"]) == ("é à+b/c", "1001")
    assert connection.settings.consumer_secret not in twin.requests[-1].raw_query


async def test_every_attempt_is_signed_with_its_own_nonce(twin: Twin, connection: Connection) -> None:
    twin.faults.fail(502, 2)

    await open_store(connection).get("/products", ONE)

    nonces = [dict(it.query)["oauth_nonce"] for it in twin.requests]
    assert len(nonces) == len(set(nonces)) == 3


@pytest.mark.parametrize("modes", [{"over_tls": True}])
async def test_basic_sends_the_key_in_the_header_only(twin: Twin, connection: Connection) -> None:
    await reached(connection, Auth.BASIC, auth=Auth.BASIC).get("/products", ONE)

    scheme, _, value = twin.requests[-1].headers["authorization"].partition(" ")
    settings = connection.settings
    assert scheme == "Basic"
    assert base64.b64decode(value).decode() == f"{settings.consumer_key}:{settings.consumer_secret}"
    assert settings.consumer_key not in twin.requests[-1].raw_query


@pytest.mark.parametrize("modes", [{"over_tls": True, "strips_authorization": True}])
async def test_a_host_that_strips_the_header_gets_the_key_in_the_query_and_that_is_kept(
    twin: Twin, connection: Connection
) -> None:
    kept: list[Any] = []

    async def save(settings: Any) -> None:
        kept.append(settings)

    store = reached(replace(connection, save_settings=save), Auth.BASIC)
    await store.get("/products", ONE)

    assert store.auth is Auth.QUERY
    assert [it.auth for it in kept] == [Auth.QUERY]
    assert dict(twin.requests[-1].query)["consumer_key"] == connection.settings.consumer_key


@pytest.mark.parametrize("modes", [{"over_tls": True, "strips_authorization": True}])
async def test_calls_at_the_same_time_agree_on_the_way_that_works(twin: Twin, connection: Connection) -> None:
    store = reached(connection, Auth.BASIC)

    found = await asyncio.gather(*(store.get("/products", ONE) for _ in range(4)))

    assert len(found) == 4
    assert store.auth is Auth.QUERY


@pytest.mark.parametrize("modes", [{"over_tls": True, "strips_authorization": True}])
async def test_a_form_that_was_chosen_is_not_left(twin: Twin, connection: Connection) -> None:
    with pytest.raises(NeedsAttention) as caught:
        await reached(connection, Auth.BASIC, auth=Auth.BASIC).get("/products", ONE)

    assert caught.value.code == "not_authenticated"
    assert len(twin.requests) == 1


@pytest.mark.parametrize("modes", [{"plain_permalinks": True}])
async def test_without_pretty_permalinks_the_index_php_form_is_found_and_kept(
    twin: Twin, connection: Connection
) -> None:
    kept: list[Any] = []

    async def save(settings: Any) -> None:
        kept.append(settings)

    account = await channel.test_credentials(replace(connection, save_settings=save))

    assert account.facts["address form"] == "index.php"
    assert kept[-1].permalinks is Permalinks.INDEX


async def test_the_account_tells_what_people_ask(connection: Connection) -> None:
    account = await channel.test_credentials(connection)

    assert account == Account(
        name="Atelier & Twin",
        missing_rights=(),
        facts={
            "currency": "EUR",
            "weight unit": "kg",
            "dimension unit": "cm",
            "time zone": "Europe/Paris",
            "WooCommerce": "10.0.2",
            "WordPress": "6.8.8",
            "authentication": "oauth1",
            "address form": "pretty",
        },
    )


@pytest.mark.parametrize("modes", [{"permissions": "read"}])
async def test_a_key_that_may_only_read_is_told(twin: Twin, connection: Connection) -> None:
    before = {number: it["date_modified"] for number, it in twin.state.products.items()}

    account = await channel.test_credentials(connection)

    assert account.missing_rights == ("write",)
    assert {number: it["date_modified"] for number, it in twin.state.products.items()} == before


@pytest.mark.parametrize("modes", [{"permissions": "write"}])
async def test_a_key_that_may_only_write_is_refused(twin: Twin, connection: Connection) -> None:
    with pytest.raises(NeedsAttention) as caught:
        await channel.test_credentials(connection)

    assert (caught.value.code, caught.value.missing) == ("missing_right", ("read",))


async def test_a_user_without_the_right_to_webhooks_is_told(twin: Twin, connection: Connection) -> None:
    refusal = {"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 403}}
    twin.faults.fail(403, 9, body=refusal, match=lambda request: request.path.endswith("/webhooks"))

    account = await channel.test_credentials(connection)

    assert account.missing_rights == ("webhooks",)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"consumer_key": "ck_unknown"}, "wrong_key"), ({"consumer_secret": "cs_wrong"}, "wrong_secret")],
)
async def test_a_wrong_key_is_told_from_a_wrong_secret(changes: dict[str, str], code: str, twin: Twin) -> None:
    settings = msgspec.structs.replace(twin.settings(), **changes)

    async with open_connection(channel, settings) as connection:
        with pytest.raises(NeedsAttention) as caught:
            await channel.test_credentials(connection)

    assert caught.value.code == code


async def test_a_clock_that_is_an_hour_off_is_named(twin: Twin, connection: Connection) -> None:
    twin.clock = lambda: 1_000_000.0

    with pytest.raises(NeedsAttention) as caught:
        await channel.test_credentials(connection)

    assert caught.value.code == "clock_off"


async def test_a_replayed_signature_is_refused_by_the_store(twin: Twin, connection: Connection) -> None:
    await open_store(connection).get("/products", ONE)
    seen = twin.requests[-1]

    again = await twin.answer(seen)

    assert (again.status, again.json["code"]) == (401, "woocommerce_rest_authentication_error")
    assert "nonce" in again.json["message"]


@pytest.mark.parametrize("modes", [{"over_tls": False}])
async def test_basic_over_plain_http_is_refused_as_if_nothing_had_been_sent(twin: Twin, connection: Connection) -> None:
    with pytest.raises(NeedsAttention) as caught:
        await reached(connection, Auth.BASIC, auth=Auth.BASIC).get("/products", ONE)

    assert caught.value.code == "not_authenticated"


async def test_notices_of_php_before_the_json_are_read_past(twin: Twin, connection: Connection) -> None:
    notice = '<br />\n<b>Notice</b>: Undefined index in <b>/x.php</b> on line <b>3</b><br />\n[{"id": 5}]'
    twin.faults.reply(lambda request: Answer(200, body=notice))

    found = await open_store(connection).get("/products")

    assert found == [{"id": 5}]


async def test_a_page_in_place_of_data_is_somebodys_to_look_at(twin: Twin, connection: Connection) -> None:
    twin.faults.reply(lambda request: Answer(200, body="<html><body>Coming soon</body></html>"), 9)

    with pytest.raises(NeedsAttention) as caught:
        await open_store(connection).get("/products")

    assert caught.value.code == "not_json"


@pytest.mark.parametrize(
    ("status", "error"), [(508, RetryLater), (520, RetryLater), (503, RetryLater), (413, Rejected)]
)
async def test_what_a_struggling_host_answers_is_tried_later(
    status: int, error: type[MarketwrightError], twin: Twin, connection: Connection
) -> None:
    twin.faults.fail(status, 99, body="<html>Resource limit reached</html>")

    with pytest.raises(error):
        await open_store(connection).get("/products")
