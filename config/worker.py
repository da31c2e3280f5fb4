"""The worker: runs the jobs that are asked for, and asks for those that are due.

`marketwright work` runs one by itself. `marketwright serve` starts it as `python -m config.worker`, with the settings
as the first line of standard input; it ends when that input does.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Sequence
from logging import getLogger
from typing import Any, cast

import msgspec
from arq.cron import CronJob, cron
from arq.worker import Worker
from redis.exceptions import RedisError

from config import lifeline, logging
from config.loop import run as run_loop
from config.loop import stop_event
from config.reload import reloading
from config.settings import Settings
from config.wiring import opened, with_redis
from core import queue
from core.context import Context
from core.jobs import CRON, JOBS

log = getLogger("marketwright.worker")

_RETRY_SECONDS = 2.0
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


async def work(settings: Settings) -> None:
    """Run jobs until a signal asks to stop; while Redis is away, try again."""
    stopping = stop_event()
    async with (
        with_redis(settings) as running,
        opened(running) as context,
        reloading(context, running, checks=True),
    ):
        await context.queue.enqueue("mirror_rules")
        while not stopping.is_set():
            try:
                await poll(context, running, stopping)
            except (RedisError, OSError) as error:
                log.error("Redis is away (%s); the worker tries again", type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), _RETRY_SECONDS)


async def poll(context: Context, settings: Settings, stopping: asyncio.Event) -> None:
    """Take jobs from the queue until `stopping` is set; jobs that run then get the grace to end."""
    jobs = await queue.open_queue(settings.redis.url or "")
    worker = build(context, settings, jobs.pool)
    polling = asyncio.create_task(worker.async_run())
    asked = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({polling, asked}, return_when=asyncio.FIRST_COMPLETED)
        await drain(worker, settings.worker.grace_seconds)
        polling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await polling
    finally:
        asked.cancel()
        await jobs.close()


async def drain(worker: Worker, seconds: float) -> None:
    """Take no more jobs, let running ones end, and cancel those that do not in time: arq queues them again."""
    worker.allow_pick_jobs = False
    running = list(worker.tasks.values())
    if running:
        _, late = await asyncio.wait(running, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def build(context: Context, settings: Settings, pool: Any) -> Worker:
    """Return arq's worker over our jobs and our serialisers; results are not kept, so no wake-up is refused."""
    return Worker(
        functions=cast(Any, JOBS),
        cron_jobs=crons(CRON),
        redis_pool=pool,
        ctx={"context": context},
        handle_signals=False,
        max_jobs=settings.worker.max_jobs,
        job_timeout=settings.worker.job_timeout_seconds,
        poll_delay=settings.worker.poll_seconds,
        max_tries=queue.MAX_TRIES,
        keep_result=0,
        job_serializer=queue.encode,
        job_deserializer=queue.decode,
        log_results=False,
    )


def crons(schedule: Sequence[tuple[Callable[..., Any], int]]) -> list[CronJob]:
    """Return arq's cron jobs for `(job, seconds between runs)`; of many workers one runs each time.

    The result is kept for a while, so that a worker whose clock is late does not run the same turn again.
    """
    return [
        cron(job, name=f"cron:{job.__name__}", run_at_startup=True, timeout=300, keep_result=60, **times(seconds))
        for job, seconds in schedule
    ]


def times(seconds: int) -> dict[str, Any]:
    """Return arq's clock pattern for every `seconds`, which divide a minute, an hour or a day evenly."""
    if 0 < seconds < _MINUTE and _MINUTE % seconds == 0:
        return {"second": set(range(0, _MINUTE, seconds))}
    if 0 < seconds < _HOUR and _HOUR % seconds == 0 and seconds % _MINUTE == 0:
        return {"second": 0, "minute": set(range(0, 60, seconds // _MINUTE))}
    if 0 < seconds <= _DAY and _DAY % seconds == 0 and seconds % _HOUR == 0:
        return {"second": 0, "minute": 0, "hour": set(range(0, 24, seconds // _HOUR))}
    raise ValueError(f"{seconds} s does not divide a minute, an hour or a day evenly")


def main() -> int:
    """Read the settings that the parent writes, work until it asks us to stop or is gone, and return 0."""
    line = sys.stdin.buffer.readline()
    if not line:
        return 0
    settings = msgspec.json.decode(line, type=Settings)
    logging.configure(settings.logging)
    lifeline.watch(sys.stdin.fileno(), settings.worker.grace_seconds)
    run_loop(work(settings))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
