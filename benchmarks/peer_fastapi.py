"""The peer: a receiver of webhooks as a careful FastAPI developer writes it, with a commit for each request.

    python benchmarks/peer_fastapi.py --port 8002 --database sqlite:///FILE

The same uvicorn, loop and parser, the same durability (SQLite: WAL with synchronous=FULL; PostgreSQL:
synchronous_commit=on), the same kind of row. It does less than ours: no connection to look up, one known secret.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol

import aiosqlite
import asyncpg
import uvicorn
from fastapi import FastAPI, HTTPException, Request

SECRET = b"a-secret-of-the-benchmark"
PATH = "/webhooks/woocommerce"


class Store(Protocol):
    """Keeps one delivery and commits."""

    async def keep(self, key: str, topic: str, body: bytes) -> None:
        """Insert it, unless it is there."""


class SqliteStore:
    """One connection that stays open; in autocommit mode an insert is its own transaction, one hop to the thread."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self.connection = connection

    async def keep(self, key: str, topic: str, body: bytes) -> None:
        """Insert and commit."""
        await self.connection.execute_fetchall(
            "INSERT INTO peer_deliveries (dedupe_key, topic, body, received_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (dedupe_key) DO NOTHING",
            (key, topic, body, str(datetime.now(UTC))),
        )


class PostgresStore:
    """A pool of the size that asyncpg takes by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def keep(self, key: str, topic: str, body: bytes) -> None:
        """Insert and commit."""
        await self.pool.execute(
            "INSERT INTO peer_deliveries (dedupe_key, topic, body, received_at) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (dedupe_key) DO NOTHING",
            key, topic, body, datetime.now(UTC),
        )  # fmt: skip


@asynccontextmanager
async def opened(database: str) -> AsyncIterator[Store]:
    """Open the store and make its table."""
    if database.startswith("sqlite:///"):
        async with aiosqlite.connect(database.removeprefix("sqlite:///"), isolation_level=None) as connection:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
                await connection.execute(f"PRAGMA {pragma}")
            await connection.execute(
                "CREATE TABLE IF NOT EXISTS peer_deliveries (id INTEGER PRIMARY KEY, dedupe_key TEXT UNIQUE,"
                " topic TEXT, body BLOB, received_at TEXT)"
            )
            yield SqliteStore(connection)
        return
    async with asyncpg.create_pool(database, server_settings={"synchronous_commit": "on"}) as pool:
        await pool.execute(
            "CREATE TABLE IF NOT EXISTS peer_deliveries (id BIGSERIAL PRIMARY KEY, dedupe_key TEXT UNIQUE,"
            " topic TEXT, body BYTEA, received_at TIMESTAMPTZ)"
        )
        yield PostgresStore(pool)


def application(database: str) -> FastAPI:
    """Return the application."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(database) as store:
            app.state.store = store
            yield

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    @app.post(PATH)
    async def receive(request: Request) -> dict[str, str]:
        body = await request.body()
        expected = base64.b64encode(hmac.digest(SECRET, body, hashlib.sha256)).decode()
        if not hmac.compare_digest(expected, request.headers.get("x-wc-webhook-signature", "")):
            raise HTTPException(401, "The signature does not match.")
        try:
            json.loads(body)
        except ValueError as error:
            raise HTTPException(400, "The body is not JSON.") from error
        key = request.headers["x-wc-webhook-delivery-id"]
        await request.app.state.store.keep(key, request.headers["x-wc-webhook-topic"], body)
        return {"code": "kept"}

    return app


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", required=True)
    options = parser.parse_args()
    uvicorn.run(
        application(options.database), port=options.port, loop="uvloop", http="httptools", access_log=False,
        log_level="warning",
    )  # fmt: skip


if __name__ == "__main__":
    main()
