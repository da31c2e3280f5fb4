"""Opening a connection against a twin."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Annotated

import msgspec

from core.http import Outbound
from marketwright.testing import open_connection, secrets_of

SECRET = msgspec.Meta(extra_json_schema={"secret": True})


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings with secrets in every shape."""

    url: Annotated[str, msgspec.Meta(title="Address")] = "https://shop"
    key: Annotated[str, SECRET] = "key-1"
    token: Annotated[str, SECRET] | None = "token-2"
    old: Annotated[str | None, SECRET] = None
    empty: Annotated[str, SECRET] = ""
    plain: str = "plain"


def test_secrets_are_what_the_struct_marks_as_secret() -> None:
    assert secrets_of(Settings()) == ("key-1", "token-2")
    assert secrets_of(Settings(old="old-3")) == ("key-1", "token-2", "old-3")


async def test_a_connection_opens_without_server_or_store(acme: SimpleNamespace) -> None:
    twin, channel = acme.twin(), acme.channel()
    async with twin.running(), open_connection(channel, twin.settings(), webhook_url="http://127.0.0.1:1/") as opened:
        account = await channel.test_credentials(opened)

    assert account.name == "Acme shop"
    assert opened.webhook_url == "http://127.0.0.1:1/"
    assert "acme-key" not in repr(opened)


async def test_an_outbound_that_is_given_stays_open(acme: SimpleNamespace) -> None:
    twin, channel = acme.twin(), acme.channel()
    async with twin.running(), Outbound(private_networks=True, plain_http=True) as outbound:
        for _ in range(2):
            async with open_connection(channel, twin.settings(), outbound=outbound) as opened:
                await channel.test_credentials(opened)

    assert len(twin.requests) == 2
