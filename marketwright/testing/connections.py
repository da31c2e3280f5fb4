"""Open a channel's connection against a twin, without a server, a store or a vault."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
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
    """Yield a `Connection` with these settings; loopback and plain http are allowed, retries are quick.

    An `outbound` that is given is used as it is, opened by the caller.
    """
    async with AsyncExitStack() as stack:
        if outbound is None:
            quick = Outbound(private_networks=True, plain_http=True, timeout=10, jitter=lambda: 0.01)
            outbound = await stack.enter_async_context(quick)
        hosts, pace, secrets = channel.hosts(settings), channel.pace(settings), secrets_of(settings)
        yield Connection(
            id=connection_id,
            channel=channel.name,
            settings=settings,
            http=outbound.client(connection_id, hosts, pace, secrets),
            webhook_url=webhook_url,
            save_settings=save_settings,
        )


def secrets_of(settings: Any) -> tuple[str, ...]:
    """Return the values of the fields that the settings struct declares `secret`."""
    info = msgspec.inspect.type_info(type(settings))
    if not isinstance(info, msgspec.inspect.StructType):
        return ()
    values = (getattr(settings, known.name) for known in info.fields if _is_secret(known.type))
    return tuple(value for value in values if isinstance(value, str) and value)


def _is_secret(kind: msgspec.inspect.Type) -> bool:
    """Say whether a field's type, or a part of its union, is marked `secret`."""
    if isinstance(kind, msgspec.inspect.UnionType):
        return any(_is_secret(part) for part in kind.types)
    if isinstance(kind, msgspec.inspect.Metadata):
        return bool((kind.extra_json_schema or {}).get("secret")) or _is_secret(kind.type)
    return False
