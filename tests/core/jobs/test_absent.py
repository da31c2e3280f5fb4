"""A pull that brought everything tells what is gone, and each that is missing is asked for before it is forgotten."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from arq import Retry

from core.errors import RetryLater
from core.jobs.sync import sync_connection
from core.store.sync_runs import WHOLE_EVERY
from core.store.tables import Record, SyncRun


@pytest.fixture
def whole(house, shop):
    """Let the shop say so when a pull brought everything; `hidden` products are left out of its lists."""
    plain, hidden = shop.pull, set[str]()

    async def pull(connection: Any, cursor: Any) -> Any:
        pages = [page async for page in plain(connection, cursor)]
        for number, page in enumerate(pages, start=1):
            shown = tuple(it for it in page.records if it.external_id not in hidden)
            full = not cursor and number == len(pages)
            yield msgspec.structs.replace(page, records=shown, complete=full)

    channel = house.registry.by_name["acme"]
    house.registry.by_name["acme"] = dataclasses.replace(channel, pull_products=pull)
    return hidden


async def live() -> list[str]:
    rows = await Record.select(Record.external_id).where(Record.deleted_at.is_null()).order_by(Record.external_id)
    return [row["external_id"] for row in rows]


async def test_what_a_later_whole_pull_does_not_bring_is_gone(house, shop, connect, whole):
    for key in ("P1", "P2", "P3"):
        shop.put(key)
    connection = await connect()
    await sync_connection({"context": house}, connection)
    del shop.products["P2"]

    await sync_connection({"context": house}, connection)
    soon = await live()
    house.clock.now += WHOLE_EVERY
    await sync_connection({"context": house}, connection)

    assert soon == ["P1", "P2", "P3"]
    assert await live() == ["P1", "P3"]


async def test_what_a_list_leaves_out_and_the_channel_has_stays(house, shop, connect, whole):
    for key in ("P1", "P2"):
        shop.put(key)
    connection = await connect()
    await sync_connection({"context": house}, connection)
    whole.add("P2")
    house.clock.now += WHOLE_EVERY

    await sync_connection({"context": house}, connection)

    assert await live() == ["P1", "P2"]


async def test_a_whole_pull_that_was_cut_off_counts_what_came_before(house, shop, connect, whole):
    shop.page_size = 2
    for number in range(6):
        shop.put(f"P{number}")
    connection = await connect()
    pulling = house.registry.by_name["acme"].pull_products

    async def one_page(opened: Any, cursor: Any) -> Any:
        async for page in pulling(opened, cursor):
            yield page
            raise RetryLater("away")

    channel = house.registry.by_name["acme"]
    house.registry.by_name["acme"] = dataclasses.replace(channel, pull_products=one_page)
    with pytest.raises(Retry):
        await sync_connection({"context": house}, connection)
    house.registry.by_name["acme"] = channel
    await sync_connection({"context": house}, connection)

    rounds = {row["round"] for row in await SyncRun.select(SyncRun.round)}
    assert len(rounds) == 1
    assert len(await live()) == 6


async def test_a_channel_that_never_says_that_it_is_whole_forgets_nothing(house, shop, connect):
    shop.put("P1")
    shop.put("P2")
    connection = await connect()
    await sync_connection({"context": house}, connection)
    del shop.products["P1"]
    house.clock.now += WHOLE_EVERY + timedelta(days=1)

    await sync_connection({"context": house}, connection)

    assert await live() == ["P1", "P2"]
