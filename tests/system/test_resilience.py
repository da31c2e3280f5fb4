"""Whatever is killed in the middle of a burst: no delivery is lost, none is handled twice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

import aiohttp
import pytest
import redis.asyncio

from config.embedded import socket_path
from config.settings import Database, Settings
from config.wiring import opened
from core import connections
from core.model.people import Actor, Role
from core.store import connections as stored
from core.store import merchants

pytestmark = pytest.mark.process

SECRET = "wh-secret"
BURST = 400


async def connect(environment: dict[str, str]) -> str:
    """Make a WooCommerce connection and return the path of its webhooks. Its shop is never called."""
    settings = Settings(
        data_dir=environment["MARKETWRIGHT_DATA_DIR"], database=Database(url=environment["MARKETWRIGHT_DATABASE__URL"])
    )
    async with opened(settings) as context:
        merchant = await merchants.create("Alder & Finch", context.clock())
        values = {
            "store_url": "http://127.0.0.1:9",
            "consumer_key": "ck_" + "0" * 40,
            "consumer_secret": "cs_" + "0" * 40,
            "webhook_secret": SECRET,
        }
        admin = Actor(user=1, name="admin", role=Role.ADMIN)
        made = await connections.create(
            context, admin, merchant=merchant, channel="woocommerce", name="Shop", values=values
        )
        row = await stored.get(made)
        assert row is not None
        return f"/webhooks/woocommerce/{row.public_id}"


async def burst(address: str, headers_of, body_of, during) -> None:
    """Send the burst, each delivery until it is acknowledged, and do something in its middle."""
    half = asyncio.Event()
    done = 0

    async def send(session: aiohttp.ClientSession, number: int) -> None:
        nonlocal done
        body = body_of(number)
        for _ in range(100):
            with contextlib.suppress(aiohttp.ClientError):
                async with session.post(address, data=body, headers=headers_of(body, SECRET)) as answer:
                    if answer.status == 200:
                        break
            await asyncio.sleep(0.05)
        else:
            pytest.fail(f"delivery {number} was never acknowledged")
        done += 1
        if done == BURST // 2:
            half.set()

    async def meddle() -> None:
        await half.wait()
        await during()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=16)) as session, asyncio.TaskGroup() as group:
        group.create_task(meddle())
        for number in range(1, BURST + 1):
            group.create_task(send(session, number))


async def settled(ask) -> None:
    """Wait until nothing is left to handle."""
    for _ in range(600):
        if await ask("SELECT count(*) FROM deliveries WHERE handled_at IS NULL") == 0:
            return
        await asyncio.sleep(0.1)
    pytest.fail("deliveries were left unhandled")


async def holds_once(ask) -> None:
    """Check that each delivery had its effect, and had it once."""
    assert await ask("SELECT count(*) FROM deliveries") == BURST
    assert await ask("SELECT count(*) FROM records") == BURST
    assert await ask("SELECT count(*) FROM deliveries WHERE outcome = 'applied'") == BURST
    assert await ask("SELECT count(*) FROM issues WHERE rule = 'order.buyer.email'") == BURST
    assert await ask("SELECT sum(occurrence_count) FROM issue_patterns WHERE issue_type = 'order.buyer.email'") == BURST


def test_killing_the_worker_in_a_burst_loses_nothing_and_repeats_nothing(serve, environment, kit):
    path = asyncio.run(connect(environment))
    server = serve()

    async def story() -> None:
        async def kill() -> None:
            for worker in server.workers():
                os.kill(worker, signal.SIGKILL)

        await burst(server.address + path, kit.headers, kit.order, kill)
        async with kit.database(environment["MARKETWRIGHT_DATABASE__URL"]) as ask:
            await settled(ask)
            await holds_once(ask)

    asyncio.run(story())


def test_a_redis_that_lost_everything_costs_nothing_but_time(serve, environment, kit):
    path = asyncio.run(connect(environment))
    server = serve()

    async def story() -> None:
        async def forget() -> None:
            folder = Path(environment["MARKETWRIGHT_DATA_DIR"]).resolve()
            url = environment.get("MARKETWRIGHT_REDIS__URL") or f"unix://{socket_path(folder)}"
            client = redis.asyncio.from_url(url)
            for _ in range(20):
                await client.flushall() if url.startswith("unix") else await client.flushdb()
                await asyncio.sleep(0.05)
            await client.aclose()

        await burst(server.address + path, kit.headers, kit.order, forget)
        async with kit.database(environment["MARKETWRIGHT_DATABASE__URL"]) as ask:
            await settled(ask)
            await holds_once(ask)

    asyncio.run(story())


def test_killing_the_server_loses_nothing_that_was_acknowledged(serve, environment, kit):
    path = asyncio.run(connect(environment))
    server = serve()
    acknowledged: list[int] = []

    async def flood() -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=16)) as session:

            async def send(number: int) -> None:
                body = kit.order(number)
                headers = kit.headers(body, SECRET)
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.post(server.address + path, data=body, headers=headers) as answer:
                        if answer.status == 200:
                            acknowledged.append(number)
                            if len(acknowledged) == 150:
                                os.kill(server.process.pid, signal.SIGKILL)

            await asyncio.gather(*(send(number) for number in range(1, BURST + 1)))

    async def kept() -> None:
        async with kit.database(environment["MARKETWRIGHT_DATABASE__URL"]) as ask:
            for number in acknowledged:
                assert await ask(f"SELECT count(*) FROM records WHERE external_id = '{number}'") == 1

    async def after() -> None:
        async with kit.database(environment["MARKETWRIGHT_DATABASE__URL"]) as ask:
            await settled(ask)

    asyncio.run(flood())
    assert 150 <= len(acknowledged) < BURST
    server.process.wait(timeout=30)
    serve()
    asyncio.run(after())
    asyncio.run(kept())
