"""Writes groups of deliveries to PostgreSQL: one statement, one round trip, one commit for a whole group."""

from __future__ import annotations

from typing import cast

import asyncpg

from core.errors import Rejected, RetryLater
from core.store.ledger import NOT_STORABLE, Group, Outcome, Take, Tell

TIMEOUT_SECONDS = 30.0
TRIES = 3
"""How often a group is tried that another process's group stood in the way of."""

_INSERT = """
INSERT INTO deliveries (connection, dedupe_key, topic, event, body, received_at, attempts)
SELECT *, 0 FROM unnest($1::bigint[], $2::text[], $3::text[], $4::json[], $5::bytea[], $6::timestamptz[])
ON CONFLICT (connection, dedupe_key) DO NOTHING
RETURNING connection, dedupe_key, id
"""


class PostgresLedger:
    """The deliveries table in PostgreSQL. A lost connection fails one group and is made anew for the next."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: asyncpg.Connection | None = None

    async def open(self) -> None:
        """Connect. What is acknowledged must be on disk, whatever the server's default is."""
        self._connection = await asyncpg.connect(
            self._url,
            command_timeout=TIMEOUT_SECONDS,
            server_settings={"synchronous_commit": "on", "application_name": "marketwright intake"},
        )

    async def drain(self, take: Take, tell: Tell) -> None:
        """Commit group after group."""
        while group := take():
            tell(group, await self._outcome(group))

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None and not self._connection.is_closed():
            await self._connection.close()
        self._connection = None

    async def _outcome(self, group: Group) -> Outcome:
        """Commit a group; whatever goes wrong is its outcome, because the next group must not suffer for it."""
        try:
            if self._connection is None or self._connection.is_closed():
                await self.open()
            return await self._write(group)
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError):
            return Rejected(NOT_STORABLE, code="not_storable")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            self._drop()
            return RetryLater(f"The delivery could not be kept ({type(error).__name__}).", after=2.0)
        except Exception as error:  # noqa: BLE001 - nobody else would tell those who wait
            self._drop()
            return error

    def _drop(self) -> None:
        """Let go of a connection whose state is unknown."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _write(self, group: Group) -> list[int | None]:
        """Insert the group; two processes that keep the same repeats in a different order may collide, so try again."""
        connection = cast(asyncpg.Connection, self._connection)
        columns = [list(column) for column in zip(*group, strict=True)]
        for attempt in range(1, TRIES + 1):
            try:
                rows = await connection.fetch(_INSERT, *columns)
                break
            except asyncpg.DeadlockDetectedError:
                if attempt == TRIES:
                    raise
        new = {(row[0], row[1]): int(row[2]) for row in rows}
        return [new.pop((one.connection, one.dedupe_key), None) for one in group]
