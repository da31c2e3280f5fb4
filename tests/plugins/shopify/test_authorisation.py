"""Shopify's callback is believed only signed, fresh and about the shop that was named; its code becomes a token."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from marketwright import BadSignature, Callback, Handover, Malformed, NeedsAttention, hmac_hex
from marketwright.testing import Request, Twin, open_connection
from plugins.shopify import authorisation, channel
from plugins.shopify.account import test_credentials as check
from plugins.shopify.sandbox_grants import API_KEY
from plugins.shopify.settings import Settings

Opened = Callable[..., Any]
NOW = 1_700_000_000
SECRET = "my super secret key"
HANDOVER = Handover(
    callback_url="https://ours.example/connect/shopify/callback",
    return_url="https://ours.example/connect/shopify/callback",
    state="a random state",
)


def app(**changes: str) -> Settings:
    return Settings(**{"shop_domain": "hearth.myshopify.com", "api_key": "id", "api_secret": SECRET, **changes})


def signed(secret: str = SECRET, **changes: str) -> dict[str, str]:
    query = {"code": "abc", "host": "aGVhcnRoLw==", "shop": "hearth.myshopify.com", "state": "s", "timestamp": str(NOW)}
    query |= changes
    return {**query, "hmac": hmac_hex(secret, authorisation.signed_text(query).encode())}


async def walk(twin: Twin, values: dict[str, str]) -> Callback:
    """Go to the twin's page and come back."""
    url = urlsplit(authorisation.authorise(values, HANDOVER))
    answer = await twin.answer(
        Request(
            method="GET", path=url.path, query=tuple(parse_qsl(url.query, keep_blank_values=True)),
            base_url=twin.base_url, at=time.time(),
        )
    )  # fmt: skip
    return Callback(query=dict(parse_qsl(urlsplit(answer.headers["Location"]).query)))


def values_of(twin: Twin) -> dict[str, str]:
    settings = twin.settings()
    return {"shop_domain": settings.shop_domain, "api_key": settings.api_key, "api_secret": settings.api_secret}


def test_the_published_vector_holds() -> None:
    query = {
        "code": "some code goes here",
        "shop": "the shop URL",
        "state": "some nonce passed from auth",
        "timestamp": "1700000000",
        "hmac": "left out",
    }

    text = authorisation.signed_text(query)

    assert text == (
        "code=some%20code%20goes%20here&shop=the%20shop%20URL&state=some%20nonce%20passed%20from%20auth"
        "&timestamp=1700000000"
    )
    assert hmac_hex(SECRET, text.encode()) == "10207991f5c2c65c114b70a3c3544ce1d00a236ea4ab034793de0d6407be9165"


def test_the_owner_is_asked_for_the_rights_that_are_needed() -> None:
    values = {"shop_domain": "hearth", "api_key": "id", "api_secret": SECRET}

    url = urlsplit(authorisation.authorise(values, HANDOVER))

    query = parse_qs(url.query, keep_blank_values=True)
    assert (url.scheme, url.netloc, url.path) == ("https", "hearth.myshopify.com", "/admin/oauth/authorize")
    assert query["redirect_uri"] == [HANDOVER.callback_url]
    assert "write_products" in query["scope"][0].split(",")
    assert SECRET not in url.query


def test_a_shop_elsewhere_is_not_gone_to() -> None:
    with pytest.raises(Malformed, match="address at Shopify"):
        authorisation.authorise({"shop_domain": "evil.example", "api_key": "id", "api_secret": SECRET}, HANDOVER)


@pytest.mark.parametrize(("secret", "late"), [(SECRET, 0), (SECRET, 89), (SECRET, -89), ("the one before", 0)])
def test_a_signed_and_fresh_callback_is_believed(secret: str, late: int) -> None:
    authorisation.verify(signed(secret), app(previous_api_secret="the one before"), NOW + late)


@pytest.mark.parametrize(
    ("query", "late", "code"),
    [
        ({**signed(), "code": "another"}, 0, "bad_signature"),
        ({**signed(), "added": "1"}, 0, "bad_signature"),
        (signed("another secret"), 0, "bad_signature"),
        ({**signed(), "hmac": ""}, 0, "bad_signature"),
        (signed(), 91, "stale_timestamp"),
        (signed(), -91, "stale_timestamp"),
        (signed(timestamp="soon"), 0, "stale_timestamp"),
        (signed(shop="other.myshopify.com"), 0, "other_shop"),
        (signed(shop="evil.example"), 0, "other_shop"),
        (signed(shop=""), 0, "other_shop"),
    ],
)
def test_any_other_callback_is_refused(query: dict[str, str], late: int, code: str) -> None:
    with pytest.raises(BadSignature) as caught:
        authorisation.verify(query, app(), NOW + late)

    assert caught.value.code == code


async def test_a_code_becomes_a_token_that_renews_itself(opened: Opened) -> None:
    async with opened() as (twin, connection):
        values = values_of(twin)
        callback = await walk(twin, values)

        brought = await authorisation.accept(values, callback, connection.http)

        settings = Settings(**{**values, **brought, "token_expires_at": int(brought["token_expires_at"])})
        async with open_connection(channel, settings, connection_id=8) as other:
            twin.state.expire_tokens()
            account = await check(other)
    assert brought["refresh_token"].startswith("shprt_")
    assert settings.token_expires_at == pytest.approx(time.time() + 3600, abs=5)
    assert account.facts["access_token"] == "expires and is renewed"


async def test_a_code_is_exchanged_once(opened: Opened) -> None:
    async with opened() as (twin, connection):
        values = values_of(twin)
        callback = await walk(twin, values)
        await authorisation.accept(values, callback, connection.http)

        with pytest.raises(NeedsAttention, match="sign in again") as caught:
            await authorisation.accept(values, callback, connection.http)

    assert caught.value.code == "wrong_key"


async def test_a_callback_without_a_code_is_refused(opened: Opened) -> None:
    async with opened() as (twin, connection):
        values = values_of(twin)
        query = {"shop": values["shop_domain"], "state": "s", "timestamp": str(int(time.time()))}

        with pytest.raises(Malformed, match="no code"):
            await authorisation.accept(values, Callback(query=twin.state.signed(query)), connection.http)


async def test_an_unknown_app_stays_at_shopify(opened: Opened) -> None:
    async with opened() as (twin, _):
        answer = await twin.answer(Request(method="GET", path="/admin/oauth/authorize", query=(("client_id", "x"),)))

    assert API_KEY != "x"
    assert answer.status == 400
