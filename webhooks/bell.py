"""Rings for the jobs: deliveries that were kept are handed to the queue in the background.

Nobody waits for Redis here. The database is the truth: a bell that was not heard costs a delay, because the sweep
finds what was kept and not handled.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence

from core.queue import Queue

JOB = "process_deliveries"
MOST_IDS = 500
"""Deliveries in one job; what was kept together is handled together."""
PAUSE_SECONDS = 0.1
"""How long a bell rests after it has rung: under load a call to Redis for each commit costs a quarter of the time."""
MOST_WAITING = 50_000
"""Ids that wait for the queue; of more than these the oldest are left to the sweep."""
PATIENCE_SECONDS = 5.0
"""How long a stopping server goes on ringing."""


class Bell:
    """One for each process."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._ids: deque[int] = deque(maxlen=MOST_WAITING)
        self._rung = asyncio.Event()
        self._is_open = False
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Start to ring."""
        self._is_open = True
        self._task = asyncio.create_task(self._run(), name="delivery-bell")

    async def close(self) -> None:
        """Ring for what still waits, as long as the queue answers in time."""
        self._is_open = False
        self._rung.set()
        if self._task is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._task, PATIENCE_SECONDS)
            self._task = None

    def ring(self, ids: Sequence[int]) -> None:
        """Ask for work on these deliveries; returns at once."""
        self._ids.extend(ids)
        self._rung.set()

    async def _run(self) -> None:
        while self._is_open or self._ids:
            await self._rung.wait()
            self._rung.clear()
            while self._ids:
                ids = [self._ids.popleft() for _ in range(min(MOST_IDS, len(self._ids)))]
                await self._queue.enqueue(JOB, *ids)
            if self._is_open:
                await asyncio.sleep(PAUSE_SECONDS)
