"""The webhooks that a twin sends: posted in the background, repeated as the platform does, logged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO

import aiohttp


@dataclass(frozen=True)
class Attempt:
    """One posting of a delivery. `status` is None where there was no answer; `error` then says why."""

    status: int | None
    error: str = ""


@dataclass(eq=False)
class Delivery:
    """One webhook on its way. `accepted` is None until it is decided."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    attempts: list[Attempt] = field(default_factory=list)
    accepted: bool | None = None

    @property
    def status(self) -> int | None:
        """Return the status of the last answer."""
        return self.attempts[-1].status if self.attempts else None


@dataclass(frozen=True, kw_only=True)
class Redelivery:
    """How a platform repeats: seconds before each repeat, and which statuses it takes for success.

    `done` is called once a delivery is decided, so that a twin can disable a subscription after failures.
    """

    delays: tuple[float, ...] = ()
    accepts: Callable[[int], bool] = lambda status: 200 <= status < 300
    timeout: float = 5.0
    done: Callable[[Delivery], None] | None = None


class Sender:
    """Posts deliveries one after the other, in the order in which they were asked for; repeats come when due."""

    def __init__(self, redelivery: Redelivery) -> None:
        self.redelivery = redelivery
        self.deliveries: list[Delivery] = []
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Start a delivery and return it at once."""
        delivery = Delivery(url, dict(headers), body)
        self.deliveries.append(delivery)
        task = asyncio.create_task(self._carry(delivery), name=f"delivery to {url}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return delivery

    async def settled(self) -> None:
        """Wait until every delivery is accepted or given up, those started meanwhile included."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        """Stop what is still on its way."""
        for task in set(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _carry(self, delivery: Delivery) -> None:
        for delay in (0.0, *self.redelivery.delays):
            await asyncio.sleep(delay)
            async with self._turn:
                attempt = await self._post(delivery)
            delivery.attempts.append(attempt)
            if attempt.status is not None and self.redelivery.accepts(attempt.status):
                delivery.accepted = True
                break
        else:
            delivery.accepted = False
        if self.redelivery.done is not None:
            self.redelivery.done(delivery)

    async def _post(self, delivery: Delivery) -> Attempt:
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False)
        timeout = aiohttp.ClientTimeout(total=self.redelivery.timeout)
        try:
            async with self._session.post(
                delivery.url,
                data=BytesIO(delivery.body),
                headers=delivery.headers,
                timeout=timeout,
                allow_redirects=False,
            ) as answer:
                await answer.read()
                return Attempt(answer.status)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Attempt(None, type(error).__name__)
