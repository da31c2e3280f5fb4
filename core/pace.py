"""How fast a connection may call its channel: leaky buckets, the platform's own budget, adaptive concurrency."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from core.errors import RetryLater
from core.exchange import Response

DEFAULT = "default"
_CALLS_TO_RECOVER = 10


@dataclass(frozen=True)
class Bucket:
    """A leaky bucket: at most `capacity` at once, refilled by `per_second`; units as the platform counts."""

    capacity: float
    per_second: float


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What an answer told of the platform's budget. `wait` (seconds) says that this call was refused for pace."""

    available: float | None = None
    capacity: float | None = None
    per_second: float | None = None
    wait: float | None = None


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast a channel lets one connection call it.

    `buckets` are per operation; an operation without one draws on `default`, and without that it is not limited.
    `read` looks at every answer, whatever its status, and tells the budget it speaks of.
    """

    concurrency: int = 4
    buckets: Mapping[str, Bucket] = field(default_factory=dict)
    read: Callable[[Response], Budget | None] | None = None


class _Level:
    """What is left in one bucket. It goes below zero while callers wait for what they have reserved."""

    def __init__(self, bucket: Bucket, now: float) -> None:
        self.bucket = bucket
        self.available = bucket.capacity
        self.at = now
        self.in_flight = 0.0

    def refill(self, now: float) -> None:
        """Add what has flowed in since the last look."""
        grown = self.available + max(0.0, now - self.at) * self.bucket.per_second
        self.available = min(self.bucket.capacity, grown)
        self.at = now


@dataclass(eq=False)
class Ticket:
    """The right to make one call, to be given back by `Limiter.leave`."""

    operation: str
    cost: float


class Limiter:
    """The state of one connection's pace, shared by all its clients."""

    def __init__(
        self,
        pace: Pace,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        max_wait: float,
    ) -> None:
        self.pace = pace
        self.concurrency = float(pace.concurrency)
        self._clock, self._sleep, self._max_wait = clock, sleep, max_wait
        self._levels: dict[str, _Level] = {}
        self._running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._paused_until = 0.0

    def adopt(self, pace: Pace) -> None:
        """Take over a changed pace; what the platform told of its budget is forgotten with the old one."""
        changed = (pace.concurrency, dict(pace.buckets)) != (self.pace.concurrency, dict(self.pace.buckets))
        self.pace = pace
        if changed:
            self.concurrency = float(pace.concurrency)
            self._levels.clear()

    async def enter(self, operation: str, cost: float) -> Ticket:
        """Wait until a call may be made. Raise `RetryLater` when that is longer than the bound."""
        await self._wait_for_pause()
        ticket = await self._reserve(operation, cost)
        try:
            await self._take_place()
        except BaseException:  # also when the caller is cancelled: what was reserved must not be lost
            self._give_back(ticket)
            raise
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give the place back to the next caller."""
        level = self._levels.get(ticket.operation)
        if level is not None:
            level.in_flight = max(0.0, level.in_flight - ticket.cost)
        self._running -= 1
        self._wake()

    def learn(self, ticket: Ticket, budget: Budget) -> None:
        """Believe the platform's own numbers; what other calls in flight will still take is kept aside."""
        level = self._levels.get(ticket.operation)
        if level is None:
            if budget.capacity is None or budget.per_second is None:
                return
            level = self._levels[ticket.operation] = _Level(Bucket(budget.capacity, budget.per_second), self._clock())
        known = level.bucket
        level.bucket = Bucket(
            known.capacity if budget.capacity is None else budget.capacity,
            known.per_second if budget.per_second is None else budget.per_second,
        )
        if budget.available is not None:
            others = max(0.0, level.in_flight - ticket.cost)
            level.available = min(level.bucket.capacity, budget.available) - others
            level.at = self._clock()

    def pause(self, seconds: float) -> None:
        """Let nobody on this connection call before `seconds` are over."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def slow_down(self) -> None:
        """Halve the concurrency: the platform is overloaded or says we are too fast."""
        self.concurrency = max(1.0, self.concurrency / 2)

    def speed_up(self) -> None:
        """Recover slowly: one more place after some ten calls that went well."""
        self.concurrency = min(float(self.pace.concurrency), self.concurrency + 1 / _CALLS_TO_RECOVER)
        self._wake()

    async def _take_place(self) -> None:
        """Wait for one of the places; who is woken and cancelled at once wakes the next."""
        while self._is_full():
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._wake()
                raise
        self._running += 1

    def _wake(self) -> None:
        while self._waiting and not self._is_full():
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return

    def _is_full(self) -> bool:
        return self._running >= max(1, int(self.concurrency))

    async def _wait_for_pause(self) -> None:
        while (left := self._paused_until - self._clock()) > 0:
            self._refuse_if_too_long(left)
            await self._sleep(left)

    async def _reserve(self, operation: str, cost: float) -> Ticket:
        """Take `cost` out of the bucket and wait for it to flow in."""
        name = operation if operation in self.pace.buckets else DEFAULT
        ticket = Ticket(name, cost)
        level = self._level(name)
        if level is None:
            return ticket
        level.refill(self._clock())
        ticket.cost = min(cost, level.bucket.capacity)
        wait = (ticket.cost - level.available) / level.bucket.per_second if ticket.cost > level.available else 0.0
        self._refuse_if_too_long(wait)
        level.available -= ticket.cost
        level.in_flight += ticket.cost
        if wait > 0:
            try:
                await self._sleep(wait)
            except BaseException:  # as above
                self._give_back(ticket)
                raise
        return ticket

    def _level(self, name: str) -> _Level | None:
        """Return the bucket's level, full at its first use; None where nothing limits."""
        if name not in self._levels and name in self.pace.buckets:
            self._levels[name] = _Level(self.pace.buckets[name], self._clock())
        return self._levels.get(name)

    def _give_back(self, ticket: Ticket) -> None:
        level = self._levels.get(ticket.operation)
        if level is not None:
            level.available += ticket.cost
            level.in_flight = max(0.0, level.in_flight - ticket.cost)

    def _refuse_if_too_long(self, wait: float) -> None:
        if wait > self._max_wait:
            raise RetryLater("The channel's rate limit is used up for now.", after=wait, code="rate_limited")
