"""Writes groups of deliveries to SQLite: one connection in a thread of its own, synchronised in full.

Each call into SQLite gives the interpreter lock away and has to win it back from the event loop, so a group is one
statement, whatever its size: inserting, committing and synchronising is one call.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import cast

from core.errors import MarketwrightError, Rejected, RetryLater
from core.store.checkpoints import Checkpointer
from core.store.ledger import NOT_STORABLE, Group, Outcome, Take, Tell

BUSY_SECONDS = 10.0
"""How long a commit waits for another writer of the same file."""
STATEMENTS = 512
"""Prepared statements kept: there is one for each size of a group."""

_INSERT = "INSERT INTO deliveries (connection, dedupe_key, topic, event, body, received_at, attempts)"


class SqliteLedger:
    """The deliveries table in a SQLite file. It must exist; a checkpoint runs beside it, never within a commit."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self._path, self._busy_seconds = path, busy_seconds
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="delivery-writer")
        self._checkpointer = Checkpointer(path)
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Connect, and start the checkpoints."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connect)
        self._checkpointer.start()

    async def drain(self, take: Take, tell: Tell) -> None:
        """Commit group after group in the connection's thread, which takes the next one without asking the loop."""
        loop = asyncio.get_running_loop()

        def run() -> None:
            while group := take():
                loop.call_soon_threadsafe(tell, group, self._outcome(group))

        await loop.run_in_executor(self._thread, run)

    async def close(self) -> None:
        """Close the connection in its own thread and end both threads."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._checkpointer.stop)
        await loop.run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    def _connect(self) -> None:
        connection = sqlite3.connect(
            self._path, timeout=self._busy_seconds, isolation_level=None, cached_statements=STATEMENTS
        )
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=0"):
            connection.execute(f"PRAGMA {pragma}").close()
        self._connection = connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _outcome(self, group: Group) -> Outcome:
        """Commit a group; whatever goes wrong is its outcome, because the next group must not suffer for it."""
        try:
            return _write(cast(sqlite3.Connection, self._connection), group)
        except (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError) as error:
            return _caused(Rejected(NOT_STORABLE, code="not_storable"), error)
        except sqlite3.Error as error:
            return _caused(RetryLater(f"The delivery could not be kept ({error}).", after=2.0), error)
        except Exception as error:  # noqa: BLE001 - a thread of its own: nobody else would tell those who wait
            return error


def _caused(error: MarketwrightError, cause: Exception) -> MarketwrightError:
    error.__cause__ = cause
    return error


def _write(connection: sqlite3.Connection, group: Group) -> list[int | None]:
    """Insert the group and return each one's new id, None for a repeat.

    The connection is in autocommit mode: the one statement is an immediate transaction that is durable on return.
    Ids grow, so those of a group are the last ones up to the one that was inserted last.
    """
    values: list[object] = []
    for one in group:
        values += (*one[:5], _time_text(one.received_at))
    with contextlib.closing(connection.execute(_insertion(len(group)), values)) as cursor:
        inserted, last = cursor.rowcount, cursor.lastrowid or 0
    if inserted == 0:
        return [None] * len(group)
    if inserted == len(group):
        return list(range(last - inserted + 1, last + 1))
    rows = connection.execute(
        "SELECT connection, dedupe_key, id FROM deliveries WHERE id <= ? ORDER BY id DESC LIMIT ?", (last, inserted)
    ).fetchall()
    new = {(row[0], row[1]): int(row[2]) for row in rows}
    return [new.pop((one.connection, one.dedupe_key), None) for one in group]


@lru_cache(maxsize=STATEMENTS)
def _insertion(rows: int) -> str:
    """Return the statement that inserts so many rows and leaves out those already there."""
    values = ", ".join(["(?, ?, ?, ?, ?, ?, 0)"] * rows)
    return f"{_INSERT} VALUES {values} ON CONFLICT (connection, dedupe_key) DO NOTHING"


def _time_text(value: datetime) -> str:
    """Write a time as Piccolo does, so that texts compare as times do."""
    return str(value.astimezone(UTC))
