"""The worker: runs the jobs that are asked for, and asks for those that are due.

`marketwright work` runs one by itself. `marketwright serve` starts it as `python -m config.worker`, with the settings
as the first line of standard input; it ends when that input does.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from typing import Any, cast

import msgspec
from arq.cron import CronJob, cron
from arq.worker import Worker

from config import lifeline, logging
from config.loop import run as run_loop
from config.loop import stop_event
from config.settings import Settings
from config.wiring import opened, with_redis
from core import queue
from core.context import Context
from core.jobs import CRON, JOBS

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


async def work(settings: Settings) -> None:
    """Run jobs until a signal asks to stop; jobs that run then get the grace to end."""
    stopping = stop_event()
    async with with_redis(settings) as running, opened(running) as context:
        pool = (await queue.open_queue(running.redis.url or "")).pool
        worker = build(context, running, pool)
        polling = asyncio.create_task(worker.async_run())
        asked = asyncio.create_task(stopping.wait())
        await asyncio.wait({polling, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if not polling.done():
            await _drain(worker, settings.worker.grace_seconds)
            polling.cancel()
        try:
            await polling
        except asyncio.CancelledError:
            pass
        finally:
            await worker.close()


async def _drain(worker: Worker, seconds: float) -> None:
    worker.allow_pick_jobs = False
    running = [task for task in worker.tasks.values() if not task.done()]
    if running:
        await asyncio.wait(running, timeout=seconds)


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
    """Return arq's cron jobs for `(job, seconds between runs)`; of many workers one runs each time."""
    return [
        cron(job, name=f"cron:{job.__name__}", run_at_startup=True, timeout=300, **times(seconds))
        for job, seconds in schedule
    ]


def times(seconds: int) -> dict[str, Any]:
    """Return arq's clock pattern for every `seconds`, which divide a minute, an hour or a day evenly."""
    if 0 < seconds < _MINUTE and _MINUTE % seconds == 0:
        return {"second": _every(seconds, _MINUTE)}
    if seconds % _MINUTE == 0 and seconds <= _HOUR and _HOUR % seconds == 0:
        return {"second": 0, "minute": _every(seconds // _MINUTE, 60)}
    if seconds % _HOUR == 0 and seconds <= _DAY and _DAY % seconds == 0:
        return {"second": 0, "minute": 0, "hour": _every(seconds // _HOUR, 24)}
    raise ValueError(f"{seconds} s does not divide a minute, an hour or a day evenly")


def _every(step: int, end: int) -> set[int]:
    return set(range(0, end, step))


def main() -> int:
    """Read the settings that the parent writes, work until it asks us to stop or is gone, and return 0."""
    stream = sys.stdin.buffer
    line = stream.readline()
    if not line:
        return 0
    settings = msgspec.json.decode(line, type=Settings)
    logging.configure(settings.logging)
    lifeline.watch(stream, settings.worker.grace_seconds)
    run_loop(work(settings))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
