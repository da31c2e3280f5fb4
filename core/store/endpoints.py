"""What the intake asks of a connection: who it is, and what tells that it was changed."""

from __future__ import annotations

import sqlite3

import asyncpg
import msgspec

from core.errors import RetryLater
from core.store.tables import Connection


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A connection as a webhook address names it. Two that are equal are the same, unchanged connection."""

    id: int
    channel: str
    enabled: bool
    sealed: str

    def __repr__(self) -> str:
        return f"Endpoint(id={self.id}, channel={self.channel!r}, enabled={self.enabled})"


async def find(public_id: str) -> Endpoint | None:
    """Return the connection with this public id, or None."""
    columns = (Connection.id, Connection.channel, Connection.enabled, Connection.sealed)
    try:
        row = await Connection.select(*columns).where(Connection.public_id == public_id).first()
    except (sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise RetryLater("The database cannot be read; send this again.", after=5.0) from error
    return None if row is None else Endpoint(**row)
