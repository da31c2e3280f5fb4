"""Access tokens are fetched, renewed once for all who wait, and kept before they are used."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from marketwright import NeedsAttention
from marketwright.testing import open_connection
from plugins.shopify import channel
from plugins.shopify.account import test_credentials as check

Opened = Callable[..., Any]


class Vault:
    """Keeps what is saved, and what had been asked with it by then."""

    def __init__(self) -> None:
        self.saved: list[Any] = []

    async def save(self, settings: Any) -> None:
        await asyncio.sleep(0.01)
        self.saved.append(settings)


async def test_client_credentials_fetch_a_token_of_a_day(opened: Opened) -> None:
    vault = Vault()

    async with opened(credentials="client_credentials", save_settings=vault.save) as (twin, connection):
        account = await check(connection)
        await check(connection)

    assert account.name == "Hearth & Trail"
    assert twin.state.grants == 1
    assert vault.saved[0].access_token in twin.state.tokens
    assert vault.saved[0].token_expires_at == pytest.approx(time.time() + 86_399, abs=5)


async def test_many_who_wait_share_one_rotation(opened: Opened) -> None:
    vault = Vault()

    async with opened(credentials="refresh", save_settings=vault.save) as (twin, connection):
        twin.state.expire_tokens()
        accounts = await asyncio.gather(*(check(connection) for _ in range(8)))

    assert len(accounts) == 8
    assert twin.state.grants == 1
    assert [it.refresh_token in twin.state.refresh_tokens for it in vault.saved] == [True]


async def test_a_token_is_kept_before_it_is_used(opened: Opened) -> None:
    async def fail(settings: Any) -> None:
        raise RuntimeError("the disk is full")

    async with opened(credentials="client_credentials", save_settings=fail) as (twin, connection):
        with pytest.raises(RuntimeError):
            await check(connection)
        paths = [request.path for request in twin.requests]

    assert paths == ["/admin/oauth/access_token"]


async def test_a_token_about_to_expire_is_renewed_before_the_call(opened: Opened) -> None:
    async with opened(credentials="refresh") as (twin, _):
        ending = msgspec.structs.replace(twin.settings(), token_expires_at=int(time.time()) + 30)
        async with open_connection(channel, ending, connection_id=7) as connection:
            await check(connection)

    assert twin.requests[0].path == "/admin/oauth/access_token"
    assert twin.state.grants == 1


async def test_a_connection_opened_before_a_renewal_uses_its_result(opened: Opened) -> None:
    async with opened(credentials="refresh") as (twin, connection):
        twin.state.expire_tokens()
        async with open_connection(channel, connection.settings) as older:
            await check(connection)
            await check(older)

    assert twin.state.grants == 1


async def test_settings_that_a_person_changed_are_used_at_once(opened: Opened) -> None:
    async with opened() as (_, connection):
        await check(connection)
        wrong = msgspec.structs.replace(connection.settings, access_token="shpat_other")
        async with open_connection(channel, wrong) as changed:
            with pytest.raises(NeedsAttention) as caught:
                await check(changed)

    assert caught.value.code == "wrong_key"


@pytest.mark.parametrize(("credentials", "code"), [("client_credentials", "wrong_key"), ("refresh", "token_revoked")])
async def test_refused_grants_say_what_to_do(opened: Opened, credentials: str, code: str) -> None:
    async with opened(credentials=credentials) as (twin, connection):
        twin.state.expire_tokens()
        twin.state.api_secret = "changed"
        with pytest.raises(NeedsAttention) as caught:
            await check(connection)

    assert caught.value.code == code
    assert "invalid_client" in caught.value.message


async def test_a_token_without_an_end_is_traded_when_asked(opened: Opened) -> None:
    vault = Vault()
    async with opened() as (twin, connection):
        asked = msgspec.structs.replace(connection.settings, trade_token=True)
        async with open_connection(channel, asked, connection_id=9, save_settings=vault.save) as trading:
            account = await check(trading)
            await check(trading)

    assert connection.settings.access_token not in twin.state.tokens
    assert [it.refresh_token in twin.state.refresh_tokens for it in vault.saved] == [True]
    assert account.facts["access_token"] == "expires and is renewed"


async def test_a_token_is_not_traded_unasked(opened: Opened) -> None:
    async with opened() as (twin, connection):
        account = await check(connection)

    assert twin.state.grants == 0
    assert "does not expire" in account.facts["access_token"]


async def test_a_trade_that_shopify_refuses_leaves_the_token_as_it_is(opened: Opened) -> None:
    async with opened() as (twin, connection):
        asked = msgspec.structs.replace(connection.settings, trade_token=True, api_secret="wrong")
        async with open_connection(channel, asked, connection_id=10) as trading:
            with pytest.raises(NeedsAttention) as caught:
                await check(trading)

    assert caught.value.code == "token_not_traded"
    assert connection.settings.access_token in twin.state.tokens
