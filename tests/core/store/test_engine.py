"""The database opens, migrates once, and keeps concurrent writers apart."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from core.errors import ConfigurationError
from core.store.engine import engine_for, migrate, pending_migrations, transaction
from core.store.tables import Merchant


async def test_a_migrated_database_has_nothing_pending(store: str) -> None:
    assert await pending_migrations() == []


async def test_migrating_twice_does_nothing_the_second_time(store: str) -> None:
    again = await migrate(Merchant._meta.db)

    assert again == []


async def test_concurrent_read_modify_writes_lose_nothing(store: str) -> None:
    await Merchant.insert(Merchant(name="0", created_at=datetime.now(UTC)))

    async def add_one() -> None:
        async with transaction():
            row = await Merchant.raw("SELECT name FROM merchants" + lock)
            await Merchant.update({Merchant.name: str(int(row[0]["name"]) + 1)}, force=True)

    lock = "" if "sqlite" in store else " FOR UPDATE"
    await asyncio.gather(*(add_one() for _ in range(20)))

    assert (await Merchant.select(Merchant.name))[0]["name"] == "20"


async def test_a_failed_transaction_leaves_nothing(store: str) -> None:
    async def stop_halfway() -> None:
        async with transaction():
            await Merchant.insert(Merchant(name="half", created_at=datetime.now(UTC)))
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        await stop_halfway()

    assert await Merchant.count() == 0


def test_an_unknown_database_scheme_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="mysql"):
        engine_for("mysql://localhost/x")
