"""Moves what SQLite's write-ahead log holds into the database file, beside the writers and never within a commit.

A checkpoint inside a commit makes that commit wait for two more synchronisations; one on a connection of its own
does not. A passive one never blocks anyone, but under steady writing it never reaches the end of the log either, so
that the log grows: past a limit the rest is moved while writers wait for a moment, and the log starts anew.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from pathlib import Path

log = logging.getLogger("marketwright.store")

EVERY_SECONDS = 0.5
WORTHWHILE_BYTES = 4 * 1024 * 1024
"""A log shorter than this is left alone: SQLite's own limit of 1,000 pages."""
LIMIT_BYTES = 128 * 1024 * 1024
"""A log longer than this is emptied."""
PATIENCE_SECONDS = 0.2
"""How long emptying waits for readers before it gives up until the next time."""


class Checkpointer:
    """A thread with a connection of its own."""

    def __init__(
        self,
        path: Path,
        *,
        every: float = EVERY_SECONDS,
        worthwhile: int = WORTHWHILE_BYTES,
        limit: int = LIMIT_BYTES,
    ) -> None:
        self._path, self._every, self._worthwhile, self._limit = path, every, worthwhile, limit
        self._log = path.with_name(path.name + "-wal")
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        with contextlib.closing(
            sqlite3.connect(self._path, timeout=PATIENCE_SECONDS, isolation_level=None)
        ) as connection:
            while not self._stopped.wait(self._every):
                try:
                    self._checkpoint(connection)
                except sqlite3.Error as error:
                    log.warning("the write-ahead log could not be checkpointed: %s", type(error).__name__)

    def _checkpoint(self, connection: sqlite3.Connection) -> None:
        if self._size() < self._worthwhile:
            return
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if self._size() >= self._limit:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def _size(self) -> int:
        try:
            return self._log.stat().st_size
        except FileNotFoundError:
            return 0
