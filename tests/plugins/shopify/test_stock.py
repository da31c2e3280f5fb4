"""Stock: by item at first, by location and time afterwards; set only where it is what we believe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from marketwright import Conflict, NotFound, Rejected, SourceRecord, StockLevel
from marketwright.testing import Answer
from plugins.shopify import stock, stock_push
from plugins.shopify.sandbox_shop import Level

Opened = Callable[..., Any]
WAREHOUSE, SHOWROOM = 68509171945, 89026920681


async def pulled(connection: Any, cursor: dict[str, Any]) -> tuple[list[SourceRecord], list[dict[str, Any]]]:
    pages = [page async for page in stock.pull(connection, cursor)]
    return [record for page in pages for record in page.records], [page.cursor for page in pages]


def level(source: SourceRecord, quantity: int, expected: int | None) -> StockLevel:
    return StockLevel(external_id=source.external_id, sku=None, location=None, quantity=quantity, expected=expected)


async def test_everything_is_read_item_by_item(opened: Opened) -> None:
    async with opened(size=60) as (twin, connection):
        records, cursors = await pulled(connection, {})
        expected = {f"{item.id}:{location}" for item, _ in twin.state.shop.items() for location in item.levels}

    assert {it.external_id for it in records} == expected
    assert len(records) == len(expected)
    assert set(cursors[-1]) == {"since"}
    assert len(cursors) == 2


async def test_it_resumes_after_any_page(opened: Opened) -> None:
    async with opened(size=60) as (_, connection):
        records, cursors = await pulled(connection, {})
        rest, _ = await pulled(connection, cursors[0])

    assert rest == records[-len(rest) :]
    assert len(rest) < len(records)


async def test_only_what_changed_comes_with_the_next_pull(opened: Opened) -> None:
    async with opened(size=60) as (twin, connection):
        (_, first), (second, _) = twin.state.shop.items()[3], twin.state.shop.items()[9]
        moment = "2030-01-01T00:00:00Z"
        first.item.levels[WAREHOUSE] = Level(41, moment)
        second.levels[SHOWROOM] = Level(7, moment)

        records, cursors = await pulled(connection, {"since": "2029-12-31T00:00:00Z"})

    assert [(it.record["location"], it.record["quantity"]) for it in records] == [("Warehouse", 41), ("Showroom", 7)]
    assert len(cursors) == 2
    assert cursors[0]["location"] == f"gid://shopify/Location/{SHOWROOM}"


async def test_the_next_pull_begins_before_this_one_on_shopifys_clock(opened: Opened) -> None:
    async with opened() as (twin, connection):
        twin.faults.reply(lambda request: answered_in_2031())
        _, cursors = await pulled(connection, {})

    assert cursors == [{"since": "2031-05-05T04:58:00Z"}]


def answered_in_2031() -> Answer:
    listed = {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    headers = {"Date": "Mon, 05 May 2031 05:00:00 GMT"}
    return Answer(json={"data": {"inventoryItems": listed}}, headers=headers)


async def test_an_item_that_nobody_tracks_any_more_comes_as_deleted(opened: Opened) -> None:
    async with opened() as (twin, connection):
        item, _ = twin.state.shop.items()[0]
        item.tracked = False

        everything, _ = await pulled(connection, {})
        changes, _ = await pulled(connection, {"since": "2000-01-01T00:00:00Z"})
        with pytest.raises(NotFound):
            await stock.pull_one(connection, f"{item.id}:{WAREHOUSE}")

    name = f"{item.id}:{WAREHOUSE}"
    assert name not in {it.external_id for it in everything}
    assert [it.deleted for it in changes if it.external_id == name] == [True]


async def test_levels_beyond_the_first_page_of_an_item_are_fetched(opened: Opened) -> None:
    async with opened() as (twin, connection):
        item, _ = twin.state.shop.items()[0]
        for number in range(1, 24):
            twin.state.shop.locations[number] = f"Shop {number}"
            item.levels[number] = Level(number, "2026-11-01T00:00:00Z")

        records, _ = await pulled(connection, {})

    assert len([it for it in records if it.external_id.startswith(f"{item.id}:")]) == 24


async def test_a_recorded_level_maps(recording: Callable[[str], Any]) -> None:
    matrix = recording("product-variants-matrix")["data"]["product"]
    item = matrix["variants"]["edges"][0]["node"]["inventoryItem"]
    node = {**item["inventoryLevels"]["edges"][0]["node"], "updatedAt": "2025-07-01T23:57:25Z"}

    source = stock.to_record({**item, "tracked": True}, node)

    assert source.external_id == "50643009569001:68509171945"
    assert (source.record["location"], source.record["quantity"]) == ("103 ossington", 0)


async def test_a_level_is_set_where_it_is_what_we_believe(opened: Opened) -> None:
    async with opened() as (_, connection):
        source = (await pulled(connection, {}))[0][0]
        believed = source.record["quantity"]

        await stock_push.push(connection, [level(source, 500, believed)])
        with pytest.raises(Conflict) as caught:
            await stock_push.push(connection, [level(source, 600, believed)])
        now = await stock.pull_one(connection, source.external_id)

    assert now.record["quantity"] == 500
    assert caught.value.versions == {"before": believed, "after": 600, "now": 500}


async def test_a_lost_answer_does_not_make_a_conflict_of_our_own_write(opened: Opened) -> None:
    async with opened() as (_, connection):
        one, other = (await pulled(connection, {}))[0][:2]
        wanted = [level(one, 500, one.record["quantity"]), level(other, 9, other.record["quantity"])]
        await stock_push.push(connection, wanted[:1])

        await stock_push.push(connection, wanted)
        now = [(await stock.pull_one(connection, it.external_id)).record["quantity"] for it in (one, other)]

    assert now == [500, 9]


async def test_each_call_has_a_key_and_a_repeat_has_the_same(opened: Opened) -> None:
    async with opened() as (twin, connection):
        source = (await pulled(connection, {}))[0][0]
        twin.requests.clear()
        twin.faults.fail(502, 1)
        await stock_push.push(connection, [level(source, 1, None)])
        await stock_push.push(connection, [level(source, 2, None)])
        keys = [it.json()["variables"]["key"] for it in twin.requests]

    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("quantity", [-1, 1_000_000_001])
async def test_a_quantity_that_shopify_refuses_names_the_field(opened: Opened, quantity: int) -> None:
    async with opened() as (_, connection):
        source = (await pulled(connection, {}))[0][0]

        with pytest.raises(Rejected) as caught:
            await stock_push.push(connection, [level(source, quantity, None)])

    assert caught.value.field == "quantity"


def test_recorded_refusals_name_the_quantity(recording: Callable[[str], Any]) -> None:
    recorded = recording("inventory-quantity-contracts-2026-04")["unknownIdValidation"]["setUnknownLocation"]
    (error,) = recorded["response"]["data"]["inventorySetQuantities"]["userErrors"]

    assert error["code"] == "INVALID_LOCATION"
    assert stock_push._index(error) == 0


@pytest.mark.parametrize("external_id", ["", "5", "a:b", "5:", "5:6:7"])
async def test_an_id_of_another_form_is_refused(opened: Opened, external_id: str) -> None:
    wanted = StockLevel(external_id=external_id, sku=None, location=None, quantity=1)
    async with opened() as (twin, connection):
        with pytest.raises(Rejected):
            await stock_push.push(connection, [wanted])

    assert twin.requests == []
