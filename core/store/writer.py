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
from typing import NamedTuple

from core.errors import MarketwrightError, Rejected, RetryLater
from core.store.ledger import NOT_STORABLE, Incoming, Ledger
from core.store.ledger_postgres import PostgresLedger
from core.store.ledger_sqlite import SqliteLedger

log = logging.getLogger("marketwright.store")

MAX_GROUP = 256
"""Most deliveries in one transaction."""
MAX_GROUP_BYTES = 8 * 1024 * 1024
"""Most bytes of bodies in one transaction, unless a single delivery is larger."""
MAX_WAITING = 4096
"""Most deliveries that wait for their commit; a sender beyond them is asked to come again."""
MAX_WAITING_BYTES = 128 * 1024 * 1024
"""Most bytes of bodies that wait."""


def ledger_for(url: str) -> Ledger:
    """Return the ledger for `sqlite:///path` or `postgresql://…`."""
    if url.startswith("sqlite:///"):
        return SqliteLedger(Path(url.removeprefix("sqlite:///")))
    return PostgresLedger(url)


class _Waiting(NamedTuple):
    delivery: Incoming
    kept: asyncio.Future[int | None]


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
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._arrived = asyncio.Event()
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
        self._arrived.set()
        if self._task is not None:
            await self._task
            self._task = None
            await self._ledger.close()

    async def record(self, delivery: Incoming) -> int | None:
        """Keep a delivery and return its id once it is durable; None where the same one was kept before.

        RetryLater: it is not kept. Too many wait, the writer is closing, or the database failed.
        """
        if not self._is_open:
            raise RetryLater("The server is stopping; send this again.", after=2.0, code="stopping")
        if len(self._waiting) >= self._max_waiting or self._waiting_bytes >= self._max_bytes:
            raise RetryLater("Too many deliveries wait to be kept; send this again.", after=1.0, code="overloaded")
        kept: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(delivery, kept))
        self._waiting_bytes += len(delivery.body)
        self._arrived.set()
        return await kept

    async def _run(self) -> None:
        """Commit group after group until the writer is closed and nothing waits."""
        while self._is_open or self._waiting:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                await asyncio.sleep(0)  # whoever was read in the same turn of the loop joins this group
                await self._commit(self._take())

    def _take(self) -> list[_Waiting]:
        """Take the next group from those who wait."""
        group: list[_Waiting] = []
        size = 0
        while self._waiting and len(group) < self._max_group:
            size += len(self._waiting[0].delivery.body)
            if group and size > MAX_GROUP_BYTES:
                break
            group.append(self._waiting.popleft())
        self._waiting_bytes -= sum(len(one.delivery.body) for one in group)
        return group

    async def _commit(self, group: list[_Waiting]) -> None:
        """Commit a group and tell everyone in it; one that cannot be stored does not take the others with it."""
        try:
            ids = await self._ledger.keep([one.delivery for one in group])
        except RetryLater as error:
            log.error("%d deliveries were not kept: %s", len(group), error.message)
            _fail(group, error)
        except Exception as error:  # noqa: BLE001 - this process's only writer outlives whatever one delivery does
            await self._commit_singly(group, error)
        else:
            self._tell(group, ids)

    async def _commit_singly(self, group: list[_Waiting], error: Exception) -> None:
        """Find the delivery that spoils its group."""
        if len(group) > 1:
            for one in group:
                await self._commit([one])
            return
        log.error("a delivery of connection %d was refused: %s", group[0].delivery.connection, type(error).__name__)
        _fail(
            group,
            error if isinstance(error, MarketwrightError) else Rejected(NOT_STORABLE, code="not_storable"),
        )

    def _tell(self, group: list[_Waiting], ids: Sequence[int | None]) -> None:
        for one, delivery_id in zip(group, ids, strict=True):
            if not one.kept.done():
                one.kept.set_result(delivery_id)
        if new := [delivery_id for delivery_id in ids if delivery_id is not None]:
            self._on_kept(new)


def _fail(group: Sequence[_Waiting], error: MarketwrightError) -> None:
    for one in group:
        if not one.kept.done():
            one.kept.set_exception(error)
