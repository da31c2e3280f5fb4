"""Keys wrapped by HashiCorp Vault: nothing in the folder opens without it."""

from __future__ import annotations

import base64
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import ConfigurationError, NeedsAttention, RetryLater
from core.http import Outbound
from core.transit import Transit, open_transit, rotate_transit
from core.vault import key_id
from marketwright.testing import Answer, Request, Twin, route

HERE = b"connection:7"
TOKEN = "hvs.0123456789"


class Engine:
    """The transit engine: data keys by their wrapped form."""

    def __init__(self) -> None:
        self.keys: dict[str, bytes] = {}

    def first(self, request: Request) -> Answer | None:
        if request.headers.get("x-vault-token") != TOKEN:
            return Answer(403, json={"errors": ["permission denied"]})
        return None

    async def data_key(self, request: Request) -> Answer:
        wrapped = f"vault:v1:{secrets.token_hex(30)}"
        self.keys[wrapped] = secrets.token_bytes(request.json()["bits"] // 8)
        return Answer(json={"data": {"ciphertext": wrapped}})

    async def decrypt(self, request: Request) -> Answer:
        key = self.keys.get(request.json()["ciphertext"])
        if key is None:
            return Answer(400, json={"errors": ["invalid ciphertext"]})
        return Answer(json={"data": {"plaintext": base64.b64encode(key).decode()}})


@pytest.fixture
async def twin() -> AsyncIterator[Twin]:
    engine = Engine()
    routes = [
        route("POST", "/v1/transit/datakey/wrapped/marketwright", engine.data_key),
        route("POST", "/v1/transit/decrypt/marketwright", engine.decrypt),
    ]
    twin = Twin("transit", routes, lambda base_url: Transit(address=base_url, token=TOKEN), first=engine.first)
    async with twin.running():
        yield twin


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    async with Outbound(private_networks=True, plain_http=True, jitter=lambda: 0.01) as outbound:
        yield outbound


async def test_what_was_sealed_opens_after_a_new_start(twin: Twin, outbound: Outbound, tmp_path: Path) -> None:
    sealed = (await open_transit(twin.settings(), tmp_path / "keys", outbound)).seal(b"secret", HERE)

    again = await open_transit(twin.settings(), tmp_path / "keys", outbound)

    assert again.open(sealed, HERE) == b"secret"


async def test_the_folder_holds_no_key(twin: Twin, outbound: Outbound, tmp_path: Path) -> None:
    vault = await open_transit(twin.settings(), tmp_path / "keys", outbound)

    held = b"".join(base64.b64decode(file.read_bytes()) for file in (tmp_path / "keys").iterdir())

    assert held.startswith(b"vault:v1:")
    assert not any(key in held for key in vault.keys.values())


async def test_a_new_key_seals_and_the_old_one_still_opens(twin: Twin, outbound: Outbound, tmp_path: Path) -> None:
    old = (await open_transit(twin.settings(), tmp_path / "keys", outbound)).seal(b"secret", HERE)

    vault = await rotate_transit(twin.settings(), tmp_path / "keys", outbound)

    assert vault.open(old, HERE) == b"secret"
    assert vault.status().sealing != key_id(old)


async def test_a_token_without_the_right_asks_for_a_person(twin: Twin, outbound: Outbound, tmp_path: Path) -> None:
    wrong = Transit(address=twin.base_url, token="hvs.wrong-token")

    with pytest.raises(NeedsAttention) as caught:
        await open_transit(wrong, tmp_path / "keys", outbound)

    assert caught.value.code == "transit_forbidden"
    assert "hvs." not in f"{caught.value} {wrong!r}"


async def test_a_key_that_is_not_there_stops_the_start(twin: Twin, outbound: Outbound, tmp_path: Path) -> None:
    wrong = Transit(address=twin.base_url, token=TOKEN, key="other")

    with pytest.raises(ConfigurationError, match="other"):
        await open_transit(wrong, tmp_path / "keys", outbound)

    assert not list((tmp_path / "keys").iterdir())


async def test_a_sealed_hashicorp_vault_is_for_later(twin: Twin, outbound: Outbound, tmp_path: Path) -> None:
    twin.faults.fail(503, 100, body={"errors": ["Vault is sealed"]})

    with pytest.raises(RetryLater):
        await open_transit(twin.settings(), tmp_path / "keys", outbound)
