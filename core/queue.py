"""The only way to ask for work: `await queue.enqueue("process_deliveries", 1, 2, 3)`.

The database is the truth; a queued job only rings the bell. A job that is lost with Redis is found again by the
sweep, so a failure to enqueue is logged and never fails what was already kept.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, Protocol

import msgspec
from arq import Retry
from arq.connections import ArqRedis
from redis.exceptions import RedisError

from core.errors import RetryLater

log = logging.getLogger("marketwright.queue")
P = ParamSpec("P")
Job = Callable[..., Awaitable[None]]

CONNECT_SECONDS = 2.0
MAX_TRIES = 5
"""How often arq runs a job that asks for a retry; after that the sweep finds what is still open."""


def encode(value: Any) -> bytes:
    """Serialise a job for Redis; arq's own default is pickle, which must never read what a network holds."""
    return msgspec.msgpack.encode(value, enc_hook=_plain)


def decode(data: bytes) -> Any:
    """Read a job back."""
    return msgspec.msgpack.decode(data)


def _plain(value: object) -> Any:
    if isinstance(value, BaseException):
        return {"error": type(value).__name__}
    return str(value)


class Queue(Protocol):
    """Where work is asked for."""

    async def enqueue(self, job: str, *ids: int | str, delay: float = 0.0) -> None:
        """Ask for `job` to be run with `ids`, after `delay` seconds. It never raises for a queue that is away."""


class RedisQueue:
    """A queue in Redis. `pool` is an opened arq pool."""

    def __init__(self, pool: ArqRedis) -> None:
        self.pool = pool

    async def enqueue(self, job: str, *ids: int | str, delay: float = 0.0) -> None:
        """Ask for `job`; when Redis is away the sweep will find the work in the database."""
        try:
            await self.pool.enqueue_job(job, *ids, _defer_by=delay or None)
        except (RedisError, OSError) as error:
            log.warning("queue is away, the sweep will find %s: %s", job, type(error).__name__)

    async def answers(self) -> bool:
        """Tell whether Redis is there."""
        try:
            await self.pool.ping()
        except (RedisError, OSError):
            return False
        return True

    async def close(self) -> None:
        """Close the pool."""
        await self.pool.aclose()


async def open_queue(url: str) -> RedisQueue:
    """Return the queue in the Redis at `url` (`redis://…`, `rediss://…`, `unix:///path`), which may come up later."""
    pool = ArqRedis.from_url(url, socket_connect_timeout=CONNECT_SECONDS)
    pool.job_serializer, pool.job_deserializer = encode, decode
    return RedisQueue(pool)


def job(function: Callable[Concatenate[Any, P], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Make a coroutine a job: its first parameter is the `Context`, the others are ids.

    `RetryLater` becomes a retry after the delay it names, else after a growing one.
    """

    @functools.wraps(function)
    async def run(ctx: dict[str, Any], *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            await function(ctx["context"], *args, **kwargs)
        except RetryLater as error:
            attempt = int(ctx.get("job_try", 1))
            raise Retry(defer=error.after if error.after is not None else min(2.0**attempt, 300.0)) from error

    return run
