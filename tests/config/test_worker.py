"""The worker: what runs when, and jobs that are asked for are run."""

from __future__ import annotations

import asyncio
import itertools
import math
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.embedded import embedded_redis
from config.settings import Settings
from config.wiring import opened, with_redis
from config.worker import build, crons, drain, times
from core.jobs import CRON, JOBS
from core.queue import job, open_queue


async def tick(ctx: object) -> None:
    """Do nothing."""


@pytest.mark.parametrize("seconds", [1, 10, 15, 20, 30, 60, 300, 3600, 21600, 86400])
def test_a_cron_job_runs_once_in_its_period(seconds: int) -> None:
    (cron,) = crons([(tick, seconds)])
    at = datetime(2026, 11, 23, 11, 59, 30, tzinfo=UTC)
    runs = []
    for _ in range(5):
        cron.calculate_next(at)
        assert cron.next_run is not None
        at = cron.next_run
        runs.append(at)

    gaps = {later - earlier for earlier, later in itertools.pairwise(runs)}
    assert gaps == {timedelta(seconds=seconds)}


@pytest.mark.parametrize("seconds", [0, 7, 45, 90, 5400, 7 * 3600, 86401])
def test_a_period_that_does_not_fit_the_clock_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="evenly"):
        times(seconds)


def test_every_job_and_every_period_of_ours_fits() -> None:
    assert len(crons(CRON)) == len(CRON)
    assert all(asyncio.iscoroutinefunction(one) for one in JOBS)


@pytest.mark.process
async def test_a_job_that_is_asked_for_runs_with_the_context_and_its_ids(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[bool, int]] = []

    @job
    async def note(context: Any, number: int) -> None:
        done.append((context is opened_context, number))

    monkeypatch.setattr("config.worker.JOBS", (note,))
    monkeypatch.setattr("config.worker.CRON", ())
    async with with_redis(Settings(data_dir=str(tmp_path))) as settings, opened(settings) as opened_context:
        queue = await open_queue(settings.redis.url or "")
        worker = build(opened_context, settings, queue.pool)
        worker.burst = True
        await opened_context.queue.enqueue(note.__qualname__, 7)
        await worker.async_run()
        await drain(worker, 1.0)
        await queue.close()

    assert done == [(True, 7)]
    assert math.isclose(worker.poll_delay_s or 0, 0.02)
    assert worker.max_jobs >= 100
    assert worker.keep_result_s == 0


@pytest.mark.process
async def test_a_worker_outlives_its_redis(tmp_path: Path) -> None:
    """It is started before Redis is there, goes on with an empty new one, and ends with 0."""
    folder, key = tmp_path / "redis", "arq:queue:health-check"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from config.cli import main; main()", "work"),
        cwd=tmp_path,
        env=os.environ | {"MARKETWRIGHT_REDIS__URL": f"unix://{folder}/redis.sock"},
        stderr=asyncio.subprocess.PIPE,
    )
    for _ in range(2):
        async with embedded_redis(folder) as url, asyncio.timeout(20):
            queue = await open_queue(url)
            while not await queue.pool.exists(key):
                await asyncio.sleep(0.05)
            await queue.close()
    process.terminate()
    _, said = await process.communicate()

    assert process.returncode == 0, said.decode()
    assert "Redis is away" in said.decode()
