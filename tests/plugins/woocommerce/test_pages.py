"""A walk over a list misses nothing while the shop changes under it, and goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from marketwright import Connection, Malformed, Page
from marketwright.testing import Twin
from plugins.woocommerce import orders, products, stock
from plugins.woocommerce import sandbox_shapes as shapes
from plugins.woocommerce.pages import OVERLAP


@pytest.fixture
def small(connection: Connection) -> Connection:
    """Return the connection with pages of 20."""
    return replace(connection, settings=msgspec.structs.replace(connection.settings, page_size=20))


async def ids(pages: list[Page]) -> list[str]:
    """Return the external ids of pages, in order."""
    return [record.external_id for page in pages for record in page.records]


async def pulled(
    connection: Connection, cursor: dict[str, Any], between: Callable[[int], Any] | None = None
) -> list[Page]:
    """Pull products to the end; after each page let something happen in the shop."""
    pages: list[Page] = []
    async for page in products.pull(connection, cursor):
        pages.append(page)
        if between is not None:
            await between(len(pages))
    return pages


async def test_a_change_during_the_walk_shifts_nothing(twin: Twin, small: Connection) -> None:
    async def change(number: int) -> None:
        await twin.state.change(1001 + number, short_description="changed")

    pages = await pulled(small, {}, change)

    assert await ids(pages) == [str(1001 + number) for number in range(60)]


@pytest.mark.parametrize("gone", [1, OVERLAP, 15])
async def test_deletions_during_the_walk_lose_nothing_that_stays(gone: int, twin: Twin, small: Connection) -> None:
    async def delete(number: int) -> None:
        if number == 1:
            for identity in range(1001, 1001 + gone):
                await twin.state.trash(identity)

    pages = await pulled(small, {}, delete)

    assert await ids(pages) == [str(1001 + number) for number in range(60)]


async def test_a_walk_that_was_stopped_goes_on_after_deletions(twin: Twin, small: Connection) -> None:
    first = await anext(aiter(products.pull(small, {})))
    for identity in range(1001, 1018):
        await twin.state.trash(identity)

    rest = await pulled(small, msgspec.json.decode(msgspec.json.encode(first.cursor)))

    assert await ids([first, *rest]) == [str(1001 + number) for number in range(60)]


async def test_a_new_product_during_the_walk_comes_with_it(twin: Twin, small: Connection) -> None:
    async def add(number: int) -> None:
        if number == 1:
            twin.state.products[5000] = shapes.product(id=5000, name="Late", **shapes.dates("date_modified", 1))

    pages = await pulled(small, {}, add)

    assert (await ids(pages))[-1] == "5000"


async def test_a_quiet_walk_reads_each_page_once(twin: Twin, connection: Connection) -> None:
    await pulled(connection, {})

    lists = [it for it in twin.requests if it.path.endswith("/products")]
    assert [it.get("offset") for it in lists] == ["0", "40"]


async def test_what_changes_during_a_walk_comes_with_the_next(twin: Twin, small: Connection) -> None:
    async def change(number: int) -> None:
        if number == 2:
            await twin.state.change(1003, short_description="changed")

    first = await pulled(small, {}, change)
    second = await pulled(small, first[-1].cursor)

    assert await ids(second) == ["1003"]


async def test_an_incremental_pull_asks_in_utc(twin: Twin, small: Connection) -> None:
    first = await pulled(small, {})
    twin.requests.clear()
    await pulled(small, first[-1].cursor)

    lists = [it for it in twin.requests if it.path.endswith("/products")]
    assert lists
    assert all(it.get("dates_are_gmt") == "true" and it.get("modified_after") for it in lists)


async def test_what_was_put_in_the_trash_comes_as_deleted_with_the_next_pull(twin: Twin, small: Connection) -> None:
    first = await pulled(small, {})
    await twin.state.trash(1005)

    second = await pulled(small, first[-1].cursor)

    assert [(it.external_id, it.deleted) for page in second for it in page.records] == [("1005", True)]


async def test_an_order_put_in_the_trash_comes_as_deleted_too(twin: Twin, small: Connection) -> None:
    first = [page async for page in orders.pull(small, {})]
    await twin.state.trash_order(7005)

    second = [page async for page in orders.pull(small, first[-1].cursor)]

    assert [(it.external_id, it.deleted) for page in second for it in page.records] == [("7005", True)]


async def test_a_store_that_cannot_list_its_trash_is_pulled_all_the_same(twin: Twin, small: Connection) -> None:
    first = await pulled(small, {})
    body = {"code": "rest_invalid_param", "message": "no", "data": {"params": {"status": "status is not one of"}}}
    twin.faults.fail(400, 9, body=body, match=lambda request: request.get("status") == "trash")
    await twin.state.change(1002, short_description="x")

    second = await pulled(small, first[-1].cursor)

    assert await ids(second) == ["1002"]


@pytest.mark.parametrize("modes", [{"strips_totals": True}])
async def test_totals_that_a_proxy_took_away_are_not_needed(small: Connection) -> None:
    pages = await pulled(small, {})

    assert await ids(pages) == [str(1001 + number) for number in range(60)]
    assert {page.total for page in pages} == {None}


async def test_the_last_page_knows_how_many_there_are(small: Connection) -> None:
    pages = await pulled(small, {})

    assert {page.total for page in pages} == {60}


async def test_variations_come_with_their_product_a_few_calls_at_a_time(twin: Twin, small: Connection) -> None:
    pages = await pulled(small, {})

    found = {it.external_id: len(it.record["variants"]) for page in pages for it in page.records}
    expected = {str(number): len(it["variations"]) for number, it in twin.state.products.items()}
    assert found == expected
    assert sum(1 for count in found.values() if count) > 5


@pytest.mark.parametrize("modes", [{"version": 8}])
async def test_a_store_of_8_2_is_pulled(small: Connection) -> None:
    pages = await pulled(small, {})

    records = [it.record for page in pages for it in page.records]
    assert len(records) == 60
    assert not any("gtin" in it or "brand" in it for it in records)
    assert not any("gtin" in variant for it in records for variant in it["variants"])


async def test_orders_and_stock_are_resumable_too(small: Connection) -> None:
    for pull in (orders.pull, stock.pull):
        whole = [page async for page in pull(small, {})]
        rest = [page async for page in pull(small, whole[0].cursor)]

        assert await ids([whole[0], *rest]) == await ids(whole)
        assert len(whole) > 1


async def test_a_foreign_cursor_is_refused(small: Connection) -> None:
    with pytest.raises(Malformed):
        await anext(aiter(products.pull(small, {"live": {"offset": "x"}})))
