"""Vault keys that HashiCorp Vault (or OpenBao) wraps: the folder holds nothing that opens without it.

Envelope encryption by its transit engine: `POST /v1/<mount>/datakey/wrapped/<key>` makes a data key and gives
its wrapped form only, `POST /v1/<mount>/decrypt/<key>` unwraps it (HashiCorp's API documentation of the transit
secrets engine). The wrapped keys lie in our folder, are unwrapped once at start, and then seal and open as any
others. After a rotation the other processes need a new start.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from core.errors import ConfigurationError, Malformed, NeedsAttention
from core.http import Client, Outbound, Pace
from core.vault import FIRST, KEY_BYTES, Vault, new_id, private_folder, read_keys, write_key

_WRAPPED = ".wrapped"
_NO_CONNECTION = 0
"""The pace of calls that belong to no merchant's connection."""


@dataclass(frozen=True, kw_only=True)
class Transit:
    """Where the wrapping key is: address, mount and name in HashiCorp Vault, and a token that may use it."""

    address: str
    token: str = field(repr=False)
    key: str = "marketwright"
    mount: str = "transit"


async def open_transit(transit: Transit, folder: Path, outbound: Outbound) -> Vault:
    """Unwrap the folder's keys; make and wrap the first one where there is none."""
    private_folder(folder)
    if not read_keys(folder, _WRAPPED):
        await _add_key(transit, folder, FIRST, outbound)
    client = _client(transit, outbound)
    wrapped = read_keys(folder, _WRAPPED)
    return Vault({name: await _unwrap(client, transit, text.decode()) for name, text in wrapped.items()})


async def rotate_transit(transit: Transit, folder: Path, outbound: Outbound) -> Vault:
    """Add a new wrapped key, which seals from now on, and return the vault that knows it."""
    newest = max(read_keys(folder, _WRAPPED), default="")
    await _add_key(transit, folder, new_id(newest), outbound)
    return await open_transit(transit, folder, outbound)


async def _add_key(transit: Transit, folder: Path, name: str, outbound: Outbound) -> None:
    """Let a data key be made, and keep its wrapped form only."""
    data = await _post(_client(transit, outbound), transit, "datakey/wrapped", {"bits": KEY_BYTES * 8})
    write_key(folder, name, str(data["ciphertext"]).encode(), _WRAPPED)


async def _unwrap(client: Client, transit: Transit, wrapped: str) -> bytes:
    data = await _post(client, transit, "decrypt", {"ciphertext": wrapped})
    try:
        return base64.b64decode(data["plaintext"], validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise Malformed("HashiCorp Vault answered without a key.", code="transit") from error


async def _post(client: Client, transit: Transit, action: str, body: dict[str, Any]) -> dict[str, Any]:
    """Call the transit engine. Each call may be repeated: a data key that nobody keeps does no harm."""
    url = f"{transit.address.rstrip('/')}/v1/{quote(transit.mount)}/{action}/{quote(transit.key, safe='')}"
    headers = {"X-Vault-Token": transit.token}
    answer = await client.request("POST", url, json=body, headers=headers, idempotent=True)
    if answer.status in {401, 403}:
        raise NeedsAttention(
            f"HashiCorp Vault does not let our token use the key {transit.key}; check token and policy.",
            code="transit_forbidden",
        )
    if answer.status != 200:
        raise ConfigurationError(
            f"HashiCorp Vault answered with status {answer.status}: is the engine mounted at {transit.mount}, "
            f"and does it have the key {transit.key}?",
            code="transit",
        )
    data = answer.json().get("data")
    if not isinstance(data, dict):
        raise Malformed("HashiCorp Vault answered without data.", code="transit")
    return data


def _client(transit: Transit, outbound: Outbound) -> Client:
    host = urlsplit(transit.address).netloc
    return outbound.client(_NO_CONNECTION, [host], Pace(), [transit.token])
