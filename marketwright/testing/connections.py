"""Open a channel's connection against a twin, without a server, a store or a vault."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from core.http import Outbound
from marketwright import Channel, Connection


@asynccontextmanager
async def open_connection(
    channel: Channel,
    settings: Any,
    *,
    webhook_url: str | None = None,
    connection_id: int = 1,
    save_settings: Callable[[Any], Awaitable[None]] | None = None,
    outbound: Outbound | None = None,
) -> AsyncIterator[Connection]:
    """Yield a `Connection` with these settings; loopback and plain http are allowed, retries are quick."""
    own = outbound or Outbound(private_networks=True, plain_http=True, timeout=10, jitter=lambda: 0.01)
    async with own:
        yield Connection(
            id=connection_id,
            channel=channel.name,
            settings=settings,
            http=own.client(connection_id, channel.hosts(settings), channel.pace(settings), secrets_of(settings)),
            webhook_url=webhook_url,
            save_settings=save_settings,
        )


def secrets_of(settings: Any) -> tuple[str, ...]:
    """Return the values of the fields that the settings struct declares `secret`."""
    found: list[str] = []
    for info in msgspec.inspect.type_info(type(settings)).fields:  # type: ignore[attr-defined]
        extra = getattr(info.type, "extra_json_schema", None) or {}
        value = getattr(settings, info.name)
        if extra.get("secret") and isinstance(value, str) and value:
            found.append(value)
    return tuple(found)
