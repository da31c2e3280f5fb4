"""The embedded Redis: one for a data directory, and never one too many."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import answers, embedded_redis, socket_path
from core.queue import open_queue

pytestmark = pytest.mark.process

HOLDER = """
import asyncio, sys
from pathlib import Path
from config.embedded import embedded_redis
async def main():
    async with embedded_redis(Path(sys.argv[1])):
        print("ready", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Yield another process that runs the server of `tmp_path`."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


async def until_silent(socket: Path) -> None:
    async with asyncio.timeout(5):
        while await answers(socket):
            await asyncio.sleep(0.02)


async def test_a_queue_works_on_it_and_it_ends_with_the_block(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url:
        queue = await open_queue(url)
        await queue.enqueue("process_deliveries", 1, 2)
        (job,) = await queue.pool.queued_jobs()
        await queue.close()

    assert (job.function, job.args) == ("process_deliveries", [1, 2])
    assert not await answers(socket_path(tmp_path))


async def test_it_listens_on_a_socket_of_its_owner_and_on_no_port(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url:
        queue = await open_queue(url)
        port = await queue.pool.config_get("port")
        mode = socket_path(tmp_path).stat().st_mode & 0o777
        await queue.close()

    assert port == {"port": "0"}
    assert mode == 0o700


async def test_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    socket_path(tmp_path).touch()

    async with embedded_redis(tmp_path):
        assert await answers(socket_path(tmp_path))


async def test_it_starts_again_when_it_dies(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url:
        queue = await open_queue(url)
        killed = int((await queue.pool.info("server"))["process_id"])
        await queue.close()
        os.kill(killed, signal.SIGKILL)
        await until_silent(socket_path(tmp_path))
        async with asyncio.timeout(5):
            while not await answers(socket_path(tmp_path)):
                await asyncio.sleep(0.02)


@pytest.mark.parametrize("name", [signal.SIGKILL, signal.SIGTERM])
async def test_it_ends_with_its_holder_however_that_ends(
    tmp_path: Path, holder: subprocess.Popen[str], name: signal.Signals
) -> None:
    assert await answers(socket_path(tmp_path))

    holder.send_signal(name)

    await until_silent(socket_path(tmp_path))


async def test_a_second_process_attaches_and_takes_over(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    async with embedded_redis(tmp_path):
        holder.kill()
        await until_silent(socket_path(tmp_path))

        async with asyncio.timeout(5):
            while not await answers(socket_path(tmp_path)):
                await asyncio.sleep(0.02)


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)

    assert len(str(socket_path(folder))) <= 100
    assert socket_path(folder) == socket_path(folder)
    assert socket_path(folder) != socket_path(tmp_path / ("long" * 31))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
async def test_it_ends_with_its_keeper_too_and_is_started_again(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url:
        queue = await open_queue(url)
        server = int((await queue.pool.info("server"))["process_id"])
        await queue.close()
        keeper = int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])

        os.kill(keeper, signal.SIGKILL)

        async with asyncio.timeout(5):
            while Path(f"/proc/{server}").exists() or not await answers(socket_path(tmp_path)):
                await asyncio.sleep(0.02)
