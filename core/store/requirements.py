"""What platforms publish of their requirements: sets of a connection, and one checksum over them all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from core.model.requirements import RequirementSet as Given
from core.model.requirements import Skipped, Wanted
from core.store import connections
from core.store.engine import transaction
from core.store.rows import content_hash, from_json, to_json
from core.store.tables import Connection, Record, RequirementSet

MOST_SCOPES = 200
LONGEST_VERSION = 200


class SetRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored set without its requirements, which may be thousands."""

    name: str
    version: str | None
    checksum: str
    skipped: tuple[Skipped, ...]
    fetched_at: datetime | None


async def of(connection: int) -> list[Given]:
    """Return a connection's sets with their requirements, by name."""
    rows = await _all(connection)
    return [
        msgspec.convert(
            {
                "name": row["name"],
                "requirements": from_json(row["requirements"]),
                "version": row["version"],
                "skipped": from_json(row["skipped"]),
            },
            Given,
        )
        for row in rows
    ]


async def listed(connection: int) -> list[SetRow]:
    """Return what is held, by name."""
    query = RequirementSet.select(
        RequirementSet.name, RequirementSet.version, RequirementSet.checksum, RequirementSet.skipped,
        RequirementSet.fetched_at,
    ).where(RequirementSet.connection == connection)  # fmt: skip
    rows = await query.order_by(RequirementSet.name)
    return [msgspec.convert({**row, "skipped": from_json(row["skipped"])}, SetRow) for row in rows]


async def wanted(connection: int) -> Wanted:
    """Return what a connection's products are, so that the requirements for them can be asked for."""
    return Wanted(
        product_types=await _values(connection, "product_type"),
        categories=await _values(connection, "category"),
        held={one.name: one.version for one in await listed(connection) if one.version is not None},
    )


async def keep(connection: int, given: Given, now: datetime) -> None:
    """Write a set in place of the one of its name; a version that is too long to keep never matches."""
    version = given.version if given.version is None or len(given.version) <= LONGEST_VERSION else None
    requirements = to_json(given.requirements or ())
    await RequirementSet.raw(
        "INSERT INTO requirement_sets (connection, name, version, checksum, requirements, skipped, fetched_at)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (connection, name) DO UPDATE SET"
        " version = excluded.version, checksum = excluded.checksum, requirements = excluded.requirements,"
        " skipped = excluded.skipped, fetched_at = excluded.fetched_at",
        connection, given.name, version, checksum_of_set(given), requirements,
        to_json(given.skipped), now,
    )  # fmt: skip


async def still_held(connection: int, name: str, now: datetime) -> None:
    """Remember that a set was asked for and is unchanged."""
    await RequirementSet.update({RequirementSet.fetched_at: now}).where(
        (RequirementSet.connection == connection) & (RequirementSet.name == name)
    )


async def close_round(connection: int, names: set[str], now: datetime) -> str | None:
    """Drop the sets that were not published again, write the checksum over the others, and return it."""
    async with transaction():
        await connections.lock(connection)
        gone = [one.name for one in await listed(connection) if one.name not in names]
        if gone:
            await RequirementSet.delete().where(
                (RequirementSet.connection == connection) & RequirementSet.name.is_in(gone)
            )
        checksum = checksum_of([(one.name, one.checksum) for one in await listed(connection)])
        await Connection.update({Connection.requirements: checksum, Connection.requirements_at: now}).where(
            Connection.id == connection
        )
    return checksum


def checksum_of_set(given: Given) -> str:
    """Return the checksum of what a set says."""
    return content_hash(given.requirements or ())


def checksum_of(parts: list[tuple[str, str]]) -> str | None:
    """Return one checksum over sets by name and checksum, None where there are none."""
    return content_hash(sorted(parts)) if parts else None


async def due(now: datetime, every: timedelta) -> list[tuple[int, str]]:
    """Return ids and channels of enabled connections whose requirements were last read longer ago than `every`."""
    rows = await Connection.select(Connection.id, Connection.channel).where(
        Connection.enabled.eq(True)
        & Connection.synced_at.is_not_null()
        & (Connection.state != "needs_attention")
        & (Connection.requirements_at.is_null() | (Connection.requirements_at <= now - every))
    )
    return [(row["id"], row["channel"]) for row in rows]


async def _all(connection: int) -> list[dict[str, Any]]:
    query = RequirementSet.select().where(RequirementSet.connection == connection)
    return list(await query.order_by(RequirementSet.name))


async def _values(connection: int, field: str) -> tuple[str, ...]:
    """Return the values of a field of a connection's live products; `->>` is the same in both databases.

    PostgreSQL's fails on a document with NUL in it, so those are left out.
    """
    rows = await Record.raw(
        f"SELECT DISTINCT record ->> '{field}' AS value FROM records"  # noqa: S608 - one of two names of ours
        " WHERE connection = {} AND kind = 'product' AND deleted_at IS NULL"
        " AND CAST(record AS TEXT) NOT LIKE '%\\u0000%' ESCAPE '!' ORDER BY 1 LIMIT {}",
        connection, MOST_SCOPES,
    )  # fmt: skip
    return tuple(str(row["value"]) for row in rows if row["value"])
