"""Connections: one merchant's accounts. Their settings stay sealed here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from core.model.corrections import Mode
from core.store.rows import from_json, to_json
from core.store.tables import Connection


class ConnectionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored connection. `sealed` opens only with the vault; `requirements` is the checksum of what is published."""

    id: int
    public_id: str
    merchant: int
    channel: str
    name: str
    sealed: str
    mode: Mode
    enabled: bool
    rulepack: str | None
    rulepack_used: str | None
    rulepack_before: str | None
    sync_minutes: int
    state: str
    state_reason: str | None
    facts: dict[str, str]
    synced_at: datetime | None
    requirements: str | None
    requirements_at: datetime | None
    updated_at: datetime

    def __repr__(self) -> str:
        """Name it without what it seals."""
        return f"ConnectionRow(id={self.id}, channel={self.channel!r}, name={self.name!r})"


def _read(row: dict[str, Any]) -> ConnectionRow:
    values = {name: row[name] for name in ConnectionRow.__struct_fields__}
    values["mode"] = Mode(row["mode"])
    values["facts"] = from_json(row["facts"])
    return ConnectionRow(**values)


async def create(
    *, public_id: str, merchant: int, channel: str, name: str, mode: Mode, sync_minutes: int, now: datetime
) -> int:
    """Add a connection whose settings are sealed next, because the seal is bound to its id."""
    row = Connection(
        public_id=public_id, merchant=merchant, channel=channel, name=name, sealed="", mode=mode,
        sync_minutes=sync_minutes, created_at=now, updated_at=now,
    )  # fmt: skip
    rows = await Connection.insert(row)
    return int(rows[0]["id"])


async def get(connection_id: int) -> ConnectionRow | None:
    """Return one connection."""
    row = await Connection.select().where(Connection.id == connection_id).first()
    return None if row is None else _read(row)


async def all_of(merchant: int | None) -> list[ConnectionRow]:
    """Return a merchant's connections, or everybody's."""
    query = Connection.select().order_by(Connection.id)
    rows = await (query if merchant is None else query.where(Connection.merchant == merchant))
    return [_read(row) for row in rows]


async def many(ids: Iterable[int]) -> dict[int, ConnectionRow]:
    """Return connections by id."""
    wanted = list(ids)
    rows = await Connection.select().where(Connection.id.is_in(wanted)) if wanted else []
    return {row["id"]: _read(row) for row in rows}


async def update(connection_id: int, now: datetime, **values: Any) -> None:
    """Set the named columns; `facts` is encoded."""
    if "facts" in values:
        values["facts"] = to_json(values["facts"])
    changes = {getattr(Connection, name): value for name, value in values.items()}
    await Connection.update({**changes, Connection.updated_at: now}).where(Connection.id == connection_id)


async def note_rulepack(connection_id: int, version: str) -> bool:
    """Remember which version a connection is judged by, and the one before; tell whether one took another's place."""
    unused = (Connection.id == connection_id) & Connection.rulepack_used.is_null()
    await Connection.update({Connection.rulepack_used: version}).where(unused)
    moved = (
        await Connection.update(
            {Connection.rulepack_before: Connection.rulepack_used, Connection.rulepack_used: version}
        )
        .where((Connection.id == connection_id) & (Connection.rulepack_used != version))
        .returning(Connection.id)
    )
    return bool(moved)


async def lock(connection_id: int) -> None:
    """Keep others from writing this connection's records until the transaction ends."""
    await Connection.raw("UPDATE connections SET name = name WHERE id = {}", connection_id)


async def due_for_sync(now: datetime) -> list[int]:
    """Return ids of enabled connections whose last pull is longer ago than they want."""
    rows = await Connection.select(Connection.id, Connection.synced_at, Connection.sync_minutes).where(
        Connection.enabled.eq(True) & (Connection.state != "needs_attention")
    )
    return [
        row["id"]
        for row in rows
        if row["synced_at"] is None or row["synced_at"] + timedelta(minutes=row["sync_minutes"]) <= now
    ]


async def mark_synced(connection_id: int, now: datetime) -> None:
    """Remember when a pull last finished."""
    await Connection.update({Connection.synced_at: now}).where(Connection.id == connection_id)


async def seals() -> list[tuple[int, str]]:
    """Return each connection's id and sealed settings, for key rotation."""
    rows = await Connection.select(Connection.id, Connection.sealed).order_by(Connection.id)
    return [(row["id"], row["sealed"]) for row in rows]
