"""The way in for deliveries: many of them are committed in one transaction, and each caller waits for that commit.

A commit costs the same for one row as for a hundred, so what arrives while a commit runs goes together into the next
one (group commit). `Writer.record` returns only after its delivery is durable; whatever fails is never acknowledged.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from core.errors import MarketwrightError, Rejected, RetryLater
from core.store.ledger import NOT_STORABLE, Group, Incoming, Ledger, Outcome
from core.store.ledger_postgres import PostgresLedger
from core.store.ledger_sqlite import SqliteLedger

log = logging.getLogger("marketwright.store")

MAX_GROUP = 256
"""Most deliveries in one transaction."""
MAX_GROUP_BYTES = 8 * 1024 * 1024
"""Bytes of bodies after which a group is full."""
MAX_WAITING = 4096
"""Most deliveries that wait for their commit; a sender beyond them is asked to come again."""
MAX_WAITING_BYTES = 128 * 1024 * 1024
"""Bytes of bodies that wait, beyond which senders are asked to come again."""

Kept = asyncio.Future[int | None]


def ledger_for(url: str) -> Ledger:
    """Return the ledger for `sqlite:///path` or `postgresql://…`."""
    if url.startswith("sqlite:///"):
        return SqliteLedger(Path(url.removeprefix("sqlite:///")))
    return PostgresLedger(url)


class Writer:
    """One for each process. `on_kept` hears the ids of each committed group and must not block."""

    def __init__(
        self,
        ledger: Ledger,
        on_kept: Callable[[Sequence[int]], None],
        *,
        max_group: int = MAX_GROUP,
        max_waiting: int = MAX_WAITING,
        max_waiting_bytes: int = MAX_WAITING_BYTES,
    ) -> None:
        self._ledger, self._on_kept = ledger, on_kept
        self._max_group, self._max_waiting, self._max_bytes = max_group, max_waiting, max_waiting_bytes
        self._arrived: deque[Incoming] = deque()
        self._alone: deque[Incoming] = deque()
        """Deliveries of a group that was refused: each is tried by itself, so that one does not spoil the others."""
        self._waiting: dict[int, Kept] = {}
        """Who waits for what, by the identity of the delivery; the writer holds the delivery until it is told."""
        self._bytes = 0
        self._wake = asyncio.Event()
        self._is_open = False
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect and start to commit."""
        await self._ledger.open()
        self._is_open = True
        self._task = asyncio.create_task(self._run(), name="delivery-writer")

    async def close(self) -> None:
        """Take nothing more, commit what waits, and let go of the database."""
        self._is_open = False
        self._wake.set()
        if self._task is not None:
            await self._task
            self._task = None
            await self._ledger.close()

    async def record(self, delivery: Incoming) -> int | None:
        """Keep a delivery and return its id once it is durable; None where the same one was kept before.

        RetryLater: it is not kept, because too many wait, the writer is closing, or the database failed. Rejected:
        the database cannot store it.
        """
        if not self._is_open:
            raise RetryLater("The server is stopping; send this again.", after=2.0, code="stopping")
        if len(self._waiting) >= self._max_waiting or self._bytes >= self._max_bytes:
            raise RetryLater("Too many deliveries wait to be kept; send this again.", after=1.0, code="overloaded")
        kept: Kept = asyncio.get_running_loop().create_future()
        self._waiting[id(delivery)] = kept
        self._bytes += len(delivery.body)
        self._arrived.append(delivery)
        self._wake.set()
        return await kept

    async def _run(self) -> None:
        """Commit group after group until the writer is closed and nobody waits."""
        while self._is_open or self._waiting:
            await self._wake.wait()
            self._wake.clear()
            await self._ledger.drain(self._take, self._tell)

    def _take(self) -> Group:
        """Take the next group, in the thread that commits it."""
        if self._alone:
            return [self._alone.popleft()]
        group: list[Incoming] = []
        size = 0
        while self._arrived and len(group) < self._max_group and size < MAX_GROUP_BYTES:
            group.append(self._arrived.popleft())
            size += len(group[-1].body)
        return group

    def _tell(self, group: Group, outcome: Outcome) -> None:
        """Tell everyone in a group what became of their delivery."""
        if isinstance(outcome, Exception):
            self._tell_failure(group, outcome)
            return
        for delivery, delivery_id in zip(group, outcome, strict=True):
            kept = self._forget(delivery)
            if not kept.done():
                kept.set_result(delivery_id)
        if new := [delivery_id for delivery_id in outcome if delivery_id is not None]:
            self._on_kept(new)

    def _tell_failure(self, group: Group, error: Exception) -> None:
        if len(group) > 1 and not isinstance(error, RetryLater):
            self._alone.extend(group)
            self._wake.set()
            return
        log.error("%d deliveries were not kept: %s: %s", len(group), type(error).__name__, getattr(error, "code", ""))
        known = error if isinstance(error, MarketwrightError) else Rejected(NOT_STORABLE, code="not_storable")
        for delivery in group:
            kept = self._forget(delivery)
            if not kept.done():
                kept.set_exception(known)

    def _forget(self, delivery: Incoming) -> Kept:
        self._bytes -= len(delivery.body)
        return self._waiting.pop(id(delivery))
