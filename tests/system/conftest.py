"""A whole installation in processes of its own, as `marketwright serve` runs it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import msgspec
import pytest
import redis.asyncio

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-c", "from config.cli import main; main()")


@dataclass
class Server:
    """A running `marketwright serve`. `environment` is what it and the command line are started with."""

    address: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    log: Path

    def command(self, *words: str, stdin: str | None = None) -> str:
        """Run the command line against the same installation and return what it printed."""
        done = subprocess.run(
            [*COMMAND, *words],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            cwd=ROOT,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def workers(self) -> list[int]:
        """Return the process ids of its workers."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and b"config.worker" in words:
                    found.append(int(folder.name))
        return found


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """Return the settings of an installation: SQLite with the embedded Redis, or PostgreSQL with a real one."""
    port = free_port()
    values = {
        "MARKETWRIGHT_DATA_DIR": str(tmp_path / "data"),
        "MARKETWRIGHT_DATABASE__URL": database_url,
        "MARKETWRIGHT_WEB__PORT": str(port),
        "MARKETWRIGHT_WEB__PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MARKETWRIGHT_OUTBOUND__PRIVATE_NETWORKS": "true",
        "MARKETWRIGHT_OUTBOUND__PLAIN_HTTP": "true",
    }
    if database_url.startswith("postgresql"):
        url = os.environ.get("MARKETWRIGHT_TEST_REDIS", "redis://127.0.0.1:6379/9")
        asyncio.run(_empty(url))
        values["MARKETWRIGHT_REDIS__URL"] = url
    return {**os.environ, **values}


async def _empty(url: str) -> None:
    """Start with an empty Redis; skip or fail where there is none."""
    client = redis.asyncio.from_url(url)
    try:
        await client.flushdb()
    except (redis.exceptions.RedisError, OSError):
        if os.environ.get("CI"):
            pytest.fail("a Redis server is missing, and CI must have it")
        pytest.skip("a Redis server is not on this machine")
    finally:
        await client.aclose()


@pytest.fixture
def serve(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """Return a function that starts the server; it is ended with the test."""
    started: list[Server] = []

    def start() -> Server:
        log = tmp_path / f"serve-{len(started)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*COMMAND, "serve"], env=environment, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT
            )
        server = Server(environment["MARKETWRIGHT_WEB__PUBLIC_URL"], environment, process, log)
        started.append(server)
        asyncio.run(_wait_ready(server))
        return server

    yield start
    for server in started:
        if server.process.poll() is None:
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(timeout=30)


async def _wait_ready(server: Server) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(300):
            assert server.process.poll() is None, server.log.read_text()
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{server.address}/health/live") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
    pytest.fail(f"the server did not answer:\n{server.log.read_text()}")


@dataclass(frozen=True)
class Kit:
    """What the tests of a whole installation share."""

    headers: Callable[..., dict[str, str]]
    order: Callable[[int], bytes]
    database: Callable[[str], Any]


@pytest.fixture
def kit() -> Kit:
    """Return the kit."""
    return Kit(woocommerce_headers, woocommerce_order, database)


def woocommerce_headers(body: bytes, secret: str, topic: str = "order.updated") -> dict[str, str]:
    """Return the headers that a WooCommerce store signs a delivery with."""
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Resource": topic.split(".", maxsplit=1)[0],
        "X-WC-Webhook-Event": topic.split(".")[1],
        "X-WC-Webhook-Signature": signature,
        "X-WC-Webhook-ID": "1",
        "X-WC-Webhook-Delivery-ID": "0" * 32,
    }


def woocommerce_order(number: int) -> bytes:
    """Return an order as WooCommerce sends it; its e-mail address breaks one rule."""
    address = {
        "first_name": "Robin", "last_name": "Example", "company": "", "address_1": "1 Test Lane", "address_2": "",
        "city": "Paris", "state": "", "postcode": "75001", "country": "FR",
    }  # fmt: skip
    order = {
        "id": number, "number": str(number), "status": "processing", "currency": "EUR", "total": "39.00",
        "total_tax": "0.00", "shipping_total": "0.00", "date_created_gmt": "2026-11-23T10:00:00",
        "date_modified_gmt": "2026-11-23T10:00:00", "billing": {**address, "email": "not an address", "phone": ""},
        "shipping": address, "shipping_lines": [], "refunds": [], "meta_data": [],
        "line_items": [
            {"id": 1, "name": "Kettle", "product_id": 7, "variation_id": 0, "quantity": 1, "sku": "K", "price": 39,
             "total": "39.00"}
        ],
    }  # fmt: skip
    return msgspec.json.encode(order)


@contextlib.asynccontextmanager
async def database(url: str) -> AsyncIterator[Callable[[str], Any]]:
    """Yield a function that asks the installation's database one number."""
    if url.startswith("sqlite:///"):
        import sqlite3

        connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)

        async def ask(question: str) -> Any:
            return connection.execute(question).fetchone()[0]

        yield ask
        connection.close()
        return
    opened = await asyncpg.connect(url)
    yield opened.fetchval
    await opened.close()
