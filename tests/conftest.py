"""What every test may ask for.

Tests that take `store` run twice: on SQLite with the embedded Redis, and on PostgreSQL with a real Redis. On a laptop
a missing server is a skip with its reason, in CI a failure.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from piccolo.table import sort_table_classes

from core.store.engine import migrate, opened_store
from core.store.tables import TABLES

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = os.environ.get("MARKETWRIGHT_TEST_POSTGRES", "postgresql://127.0.0.1:5432")
REDIS = os.environ.get("MARKETWRIGHT_TEST_REDIS", "redis://127.0.0.1:6379/9")


def absent(what: str) -> None:
    """Skip because a server is not here, or fail where CI promised it."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI must have it")
    pytest.skip(f"{what} is not on this machine")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of recorded and official payloads, which lies beside the checkout."""
    folder = ROOT.parent / "shared"
    if not (folder / "specs").is_dir():
        pytest.skip("the recorded payloads are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file, made once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"

    async def build() -> None:
        async with opened_store(f"sqlite:///{path}") as engine:
            await migrate(engine)

    asyncio.run(build())
    return path


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[str]:
    """Return the URL of a migrated PostgreSQL database of this run's own; it is dropped at the end."""
    name = f"marketwright_test_{os.getpid()}"

    async def create() -> None:
        server = await asyncpg.connect(f"{POSTGRES}/postgres", timeout=5)
        await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await server.execute(f"CREATE DATABASE {name}")
        await server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")  # nobody pulls the plug in a test
        await server.close()
        async with opened_store(f"{POSTGRES}/{name}") as engine:
            await migrate(engine)

    async def drop() -> None:
        server = await asyncpg.connect(f"{POSTGRES}/postgres", timeout=5)
        await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await server.close()

    try:
        asyncio.run(create())
    except (OSError, asyncpg.PostgresError, TimeoutError):
        absent("a PostgreSQL server")
    yield f"{POSTGRES}/{name}"
    asyncio.run(drop())


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty, migrated database: each test that takes it runs on both kinds."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / "marketwright.sqlite"
        shutil.copy(template, path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("postgres_database")

    asyncio.run(_empty(url))
    return url


async def _empty(url: str) -> None:
    """Delete all rows and let numbers begin anew; TRUNCATE would write a new file for each table and index."""
    names = [table._meta.tablename for table in reversed(sort_table_classes(list(TABLES)))]
    filled = " UNION ALL ".join(f"SELECT '{name}' AS name WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
    database = await asyncpg.connect(url, timeout=5)
    found = {row["name"] for row in await database.fetch(filled)}
    for name in names:
        if name in found:
            off, on = (f'ALTER TABLE "{name}" {word} TRIGGER USER' for word in ("DISABLE", "ENABLE"))
            await database.execute(f'{off}; DELETE FROM "{name}"; {on}')
    used = await database.fetch("SELECT sequencename AS name FROM pg_sequences WHERE last_value IS NOT NULL")
    for row in used:
        if not row["name"].startswith("migration"):
            await database.execute(f"SELECT setval('\"{row['name']}\"', 1, false)")
    await database.close()


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[str]:
    """Open the test's database and return its URL."""
    async with opened_store(database_url):
        yield database_url
