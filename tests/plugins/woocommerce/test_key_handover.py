"""A store's owner agrees on the store's page, and the store posts the key; what it posts is read with care."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import msgspec
import pytest

from marketwright import Callback, Connection, Handover, Malformed, MarketwrightError, Refused
from marketwright.testing import Answer, Request, Twin
from plugins.woocommerce import key_handover
from plugins.woocommerce.sandbox_shop import KEY, SECRET

OURS = "https://ours.example/connect/woocommerce/callback"
STORE = {"store_url": "https://shop.example/de/"}
POSTED = {
    "key_id": 1,
    "user_id": "state",
    "consumer_key": "ck_a",
    "consumer_secret": "cs_b",
    "key_permissions": "read_write",
}


def to(address: str) -> Handover:
    return Handover(callback_url=address, return_url=address, state="state/+")


@pytest.fixture
def visit(twin: Twin, inbox: Twin) -> Callable[..., Any]:
    """Return what goes to the twin's page; its post goes to the inbox."""

    async def go(**changes: str) -> Answer:
        url = key_handover.authorise({"store_url": twin.base_url}, to(f"{inbox.base_url}/callback"))
        query = {**dict(parse_qsl(urlsplit(url).query)), **changes}
        return await twin.answer(
            Request(method="GET", path=urlsplit(url).path, query=tuple(query.items()), base_url=twin.base_url)
        )

    return go


def test_the_store_is_asked_for_a_key_to_read_and_write() -> None:
    url = urlsplit(key_handover.authorise(STORE, to(OURS)))

    query = parse_qs(url.query)
    assert (url.netloc, url.path) == ("shop.example", "/de/wc-auth/v1/authorize")
    assert query["user_id"] == ["state/+"]
    assert (query["scope"], query["callback_url"]) == (["read_write"], [OURS])


def test_keys_are_not_asked_for_over_plain_http() -> None:
    with pytest.raises(Refused, match="https"):
        key_handover.authorise(STORE, to("http://ours.example/connect/woocommerce/callback"))


def test_an_address_that_cannot_be_a_store_is_named() -> None:
    with pytest.raises(Malformed) as caught:
        key_handover.authorise({"store_url": "https://shop.example/wp-admin"}, to(OURS))

    assert caught.value.where == "store_url"


async def test_the_store_posts_its_key_and_sends_the_owner_back(
    visit: Callable[..., Any], inbox: Twin, connection: Connection
) -> None:
    answer = await visit()

    callback = Callback(body=inbox.requests[0].body)
    brought = await key_handover.accept(STORE, callback, connection.http)
    back = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    assert brought == {"consumer_key": KEY, "consumer_secret": SECRET}
    assert key_handover.state_of(callback) == "state/+"
    assert back == {"success": "1", "user_id": "state/+"}
    assert key_handover.state_of(Callback(query=back)) == "state/+"


@pytest.mark.parametrize("modes", [{"declines": True}])
async def test_an_owner_who_declines_comes_back_without_a_post(visit: Callable[..., Any], inbox: Twin) -> None:
    answer = await visit()

    assert "success=0" in answer.headers["Location"]
    assert inbox.requests == []


async def test_a_store_whose_post_is_refused_sends_nobody_back(visit: Callable[..., Any], inbox: Twin) -> None:
    inbox.faults.fail(409)

    answer = await visit()

    assert answer.status == 401
    assert b"unable to send the consumer data" in answer.content()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"user_id": ""}, "Missing parameter user_id"),
        ({"scope": "all"}, "Invalid scope all"),
        ({"callback_url": "http://ours.example/"}, "The callback_url needs to be over SSL"),
    ],
)
async def test_the_twin_refuses_as_the_store_does(
    visit: Callable[..., Any], changes: dict[str, str], message: str
) -> None:
    answer = await visit(**changes)

    assert message.encode() in answer.content()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"user_id": null}',
        b'{"user_id": "state", "x": ' + b"[" * 16_000,
        msgspec.json.encode({**POSTED, "consumer_key": "other"}),
        msgspec.json.encode({**POSTED, "key_permissions": "read"}),
    ],
)
async def test_a_post_without_a_usable_key_is_refused(body: bytes, connection: Connection) -> None:
    with pytest.raises(MarketwrightError):
        await key_handover.accept(STORE, Callback(body=body), connection.http)
