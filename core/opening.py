"""Opens a stored connection: unseals its settings and gives it its paced, guarded client."""

from __future__ import annotations

from typing import Any

import msgspec

from core.channel import Channel, Connection
from core.connections_form import secret_values
from core.context import Context
from core.errors import NeedsAttention
from core.model.records import RecordKind
from core.store import connections
from core.store.connections import ConnectionRow


def binding(connection_id: int) -> bytes:
    """Return what a seal is bound to, so that one connection's settings cannot be put in another's place."""
    return f"connection:{connection_id}".encode()


def seal(context: Context, connection_id: int, settings: Any) -> str:
    """Return the settings sealed for one connection."""
    return context.vault.seal(msgspec.json.encode(settings), binding(connection_id))


def unseal(context: Context, channel: Channel, row: ConnectionRow) -> Any:
    """Return a connection's settings with its secrets; NeedsAttention when they no longer fit the channel's struct."""
    text = context.vault.open(row.sealed, binding(row.id))
    try:
        return msgspec.json.decode(text, type=channel.settings)
    except msgspec.ValidationError:
        raise NeedsAttention(
            f"The settings of {row.name} do not fit this version of the {channel.title} plugin; enter them again.",
            code="settings_changed",
        ) from None


def open_connection(context: Context, row: ConnectionRow) -> tuple[Channel, Connection]:
    """Return the channel and the opened connection of a row."""
    channel = context.registry.channel(row.channel)
    return channel, opened(context, channel, row, unseal(context, channel, row))


def takes(context: Context, row: ConnectionRow, kind: RecordKind, field: str) -> bool:
    """Tell whether a channel can be given another value of a field: of products any, of stock the quantity."""
    channel = context.registry.by_name.get(row.channel)
    if channel is None:
        return False
    if kind is RecordKind.PRODUCT:
        return channel.push_product is not None
    return kind is RecordKind.STOCK and field == "quantity" and channel.push_stock is not None


def opened(context: Context, channel: Channel, row: ConnectionRow, settings: Any) -> Connection:
    """Return a connection opened with these settings."""

    async def save(changed: Any) -> None:
        await connections.update(row.id, context.clock(), sealed=seal(context, row.id, changed))

    return Connection(
        id=row.id,
        channel=row.channel,
        settings=settings,
        http=context.outbound.client(row.id, channel.hosts(settings), channel.pace(settings), secret_values(settings)),
        webhook_url=webhook_url(context, row),
        save_settings=save,
    )


def webhook_path(row: ConnectionRow) -> str:
    """Return the path at which a connection's webhooks are received."""
    return f"/webhooks/{row.channel}/{row.public_id}"


def webhook_url(context: Context, row: ConnectionRow) -> str | None:
    """Return the address that a channel sends webhooks to, None while the installation has no public one."""
    return None if context.public_url is None else context.public_url.rstrip("/") + webhook_path(row)
