"""Prices that fell since the last version, and stock that orders contradict."""

from __future__ import annotations

from core.model.records import RecordKind, SourceRecord
from core.review import dismiss


def stock(number, version=1, **fields):
    record = {"quantity": 3, "sku": "KTL-1", "updated_at": "2026-11-20T10:00:00Z", **fields}
    return SourceRecord(kind=RecordKind.STOCK, external_id=f"S{number}", version=version, record=record)


def order(number, quantity, version=1, **fields):
    record = {
        "number": f"#{number}", "status": "open", "placed_at": "2026-11-20T11:00:00Z", "currency": "EUR",
        "lines": [{"sku": "KTL-1", "quantity": quantity}], **fields,
    }  # fmt: skip
    return SourceRecord(kind=RecordKind.ORDER, external_id=f"O{number}", version=version, record=record)


async def test_a_price_that_fell_stands_until_it_moves_again(desk, shop, said):
    connection = await desk.connect()
    shop.put("P1", price="39.00")
    await desk.pull(connection)
    shop.put("P1", price="3.90")
    await desk.pull(connection)
    shop.put("P1", price="3.90", title="Another title")
    await desk.pull(connection)
    standing = await said("price.drop")
    shop.put("P1", price="3.80")

    await desk.pull(connection)

    message = "The price fell from 39.00 to 3.90, by 90 %; a decimal sign may have moved."
    assert standing == {"P1": ("price", message)}
    assert await said("price.drop") == {}


async def test_a_dismissed_fall_stays_away_and_a_second_fall_comes_back(desk, shop):
    connection = await desk.connect()
    for price in ("39.00", "3.90"):
        shop.put("P1", price=price)
        await desk.pull(connection)
    (issue,) = await desk.open("price.drop")
    await dismiss(desk.house, desk.reviewer, issue)
    shop.put("P1", price="3.90", title="Another title")
    await desk.pull(connection)
    dismissed = await desk.open("price.drop")
    shop.put("P1", price="0.39")

    await desk.pull(connection)

    assert dismissed == []
    assert await desk.open("price.drop") == [issue]


async def test_the_price_of_a_variant_is_found_again_where_variants_moved(desk, shop, said):
    connection = await desk.connect()
    shop.put("P1", variants=[{"sku": "S", "price": "10.00"}, {"sku": "M", "price": "40.00"}])
    await desk.pull(connection)
    shop.put("P1", variants=[{"sku": "M", "price": "4.00"}, {"sku": "S", "price": "10.00"}])
    await desk.pull(connection)
    fallen = await said("variant.price.drop")
    shop.put("P1", variants=[{"sku": "S", "price": "10.00"}, {"sku": "M", "price": "4.00"}])

    await desk.pull(connection)

    assert fallen["P1"][0] == "variants.0.price"
    assert (await said("variant.price.drop"))["P1"] == ("variants.1.price", fallen["P1"][1])


async def test_stock_that_orders_contradict_is_found_and_a_cancelled_order_asks_for_nothing(desk, said, write):
    connection = await desk.connect()
    await write(connection, stock(1), order(1, 2))
    enough = await said("stock.oversold")
    await write(connection, order(2, 2))
    oversold = await said("stock.oversold")

    await write(connection, order(2, 2, version=2, status="cancelled"))

    assert enough == {}
    assert oversold == {
        "S1": ("quantity", "2 orders placed since this count ask for 4, and there are 3: #1, #2."),
    }
    assert await said("stock.oversold") == {}


async def test_a_new_count_and_another_location_settle_it(desk, said, write):
    connection = await desk.connect()
    await write(connection, stock(1), order(1, 4), order(2, 1, placed_at="2026-11-20T09:00:00Z"))
    oversold = set(await said("stock.oversold"))
    await write(connection, stock(2, quantity=1))
    with_cellar = set(await said("stock.oversold"))
    await write(connection, stock(2, version=2, quantity=0), order(3, 1))
    both = set(await said("stock.oversold"))

    await write(connection, stock(1, version=2, quantity=0, updated_at="2026-11-20T12:00:00Z"))

    assert (oversold, with_cellar, both) == ({"S1"}, set(), {"S1", "S2"})
    assert await said("stock.oversold") == {}
