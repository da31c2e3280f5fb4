"""Opens the database, brings it up to date, and gives transactions.

SQLite runs in WAL mode with full synchronisation; PostgreSQL through a pool. Piccolo keeps the engine on its table
classes, so one process works with one database at a time.
"""

from __future__ import annotations

import contextlib
import io
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import asyncpg
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import AppRegistry
from piccolo.engine.base import Engine
from piccolo.engine.postgres import PostgresEngine
from piccolo.engine.sqlite import SQLiteEngine, TransactionType
from piccolo.table import Table

from core.errors import ConfigurationError, RetryLater
from core.store.tables import TABLES, Merchant

APP = "marketwright"
BUSY_SECONDS = 30.0
POOL_SIZE = 10


def engine_for(url: str) -> Engine[Any]:
    """Return Piccolo's engine for `sqlite:///path` or `postgresql://…`; another scheme is a ConfigurationError."""
    if url.startswith("sqlite:///"):
        return SQLiteEngine(path=url.removeprefix("sqlite:///"), timeout=BUSY_SECONDS)
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresEngine(config={"dsn": url}, extensions=())
    scheme = url.split(":", 1)[0]
    raise ConfigurationError(f"database.url: {scheme}: is neither sqlite:/// nor postgresql://")


def bind(engine: Engine[Any]) -> None:
    """Let every table work on `engine`."""
    tables: tuple[type[Table], ...] = (*TABLES, Migration)
    for table in tables:
        table._meta.db = engine


def prepare_sqlite(path: Path) -> None:
    """Create the file if it is missing and switch it to write-ahead logging, which it remembers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


@contextlib.asynccontextmanager
async def opened_store(url: str) -> AsyncIterator[Engine[Any]]:
    """Open the database for the time of the block."""
    engine = engine_for(url)
    if isinstance(engine, SQLiteEngine):
        prepare_sqlite(Path(engine.path))
    bind(engine)
    if isinstance(engine, PostgresEngine):
        await engine.start_connection_pool(min_size=1, max_size=POOL_SIZE)
    try:
        yield engine
    finally:
        if isinstance(engine, PostgresEngine):
            await engine.close_connection_pool()


async def migrate(engine: Engine[Any]) -> list[str]:
    """Run the migrations which have not run yet and return their ids.

    Piccolo finds its engine through a module named `piccolo_conf`; it is given one that holds this engine.
    """
    conf = ModuleType("piccolo_conf")
    conf.DB = engine  # type: ignore[attr-defined]
    conf.APP_REGISTRY = AppRegistry(apps=["core.store.piccolo_app"])  # type: ignore[attr-defined]
    sys.modules["piccolo_conf"] = conf
    await Migration.create_table(if_not_exists=True)
    before = set(await Migration.get_migrations_which_ran(app_name=APP))
    with contextlib.redirect_stdout(io.StringIO()):
        result = await ForwardsMigrationManager(app_name=APP).run()
    if not result.success:
        raise ConfigurationError(f"the database could not be migrated: {result.message}")
    bind(engine)
    return [name for name in await Migration.get_migrations_which_ran(app_name=APP) if name not in before]


async def pending_migrations() -> list[str]:
    """Return ids of migrations which this database lacks."""
    folder = Path(__file__).parent / "migrations"
    known = sorted(path.stem for path in folder.glob("[!_]*.py"))
    if not await Migration.table_exists():
        return known
    ran = {str(name) for name in await Migration.get_migrations_which_ran(app_name=APP)}
    return [name for name in known if not any(name.startswith(_file_stem(one)) for one in ran)]


def _file_stem(migration_id: str) -> str:
    return f"{APP}_" + migration_id.replace("-", "_").replace(":", "_").replace("T", "t")


def is_sqlite() -> bool:
    """Tell whether the open database is SQLite."""
    return bool(Merchant._meta.db.engine_type == "sqlite")


@contextlib.asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """Run the block in one transaction; a block inside joins the outer one.

    On SQLite it is immediate: a deferred one fails under concurrent read-modify-write. No network and no
    `gather` inside. RetryLater when the database gave up, and wrote nothing, because others were in the way.

    Rows are locked in one order: application, connection, patterns by signature hash, canaries, issues, suggestions.
    An application of what is kept here only comes after its connection.
    """
    engine = Merchant._meta.db
    try:
        if isinstance(engine, SQLiteEngine):
            async with engine.transaction(transaction_type=TransactionType.immediate):
                yield
            return
        async with cast(PostgresEngine, engine).transaction():
            yield
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise RetryLater("The database is busy; try again.", code="database_busy") from error
    except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError) as error:
        raise RetryLater("The database is busy; try again.", code="database_busy") from error
