"""Stock: read for products and variations, set in batches, checked, and never over somebody's sale."""

from __future__ import annotations

import json

import pytest

from marketwright import Conflict, Connection, NotFound, RecordKind, Rejected, RetryLater, SourceRecord, StockLevel
from marketwright.testing import Answer, Twin
from plugins.woocommerce import channel, stock


async def everything(connection: Connection) -> dict[str, SourceRecord]:
    """Pull all stock."""
    return {it.external_id: it async for page in stock.pull(connection, {}) for it in page.records}


def level(external_id: str, quantity: int, expected: int | None = None) -> StockLevel:
    """Return a quantity to set."""
    return StockLevel(external_id=external_id, sku=None, location=None, quantity=quantity, expected=expected)


@pytest.fixture
def part(twin: Twin) -> str:
    """Return the stock id of a variation."""
    return next(f"{it['parent_id']}/{key}" for key, it in twin.state.variations.items())


@pytest.fixture
def simple(twin: Twin) -> list[str]:
    """Return the ids of products without variations."""
    return [str(key) for key, it in twin.state.products.items() if it["type"] == "simple"]


async def test_variable_products_have_their_variations_stock_and_none_of_their_own(
    twin: Twin, connection: Connection, part: str
) -> None:
    found = await everything(connection)

    parent, _, identity = part.partition("/")
    assert parent not in found
    assert found[part].record["quantity"] == twin.state.variations[int(identity)]["stock_quantity"]
    assert found[part].record["sku"] == twin.state.variations[int(identity)]["sku"]


async def test_one_level_reads_like_in_the_pull(connection: Connection, part: str, simple: list[str]) -> None:
    found = await everything(connection)

    for external_id in (part, simple[0]):
        assert await channel.pull_one(connection, RecordKind.STOCK, external_id) == found[external_id]


async def test_many_levels_go_in_batches_of_twenty(twin: Twin, connection: Connection, simple: list[str]) -> None:
    wanted = {external_id: 100 + number for number, external_id in enumerate(simple[:25])}

    await stock.push(connection, [level(key, value) for key, value in wanted.items()])

    batches = [json.loads(it.body)["update"] for it in twin.requests if it.path.endswith("/batch")]
    assert [len(it) for it in batches] == [20, 5]
    assert {str(key): twin.state.products[int(key)]["stock_quantity"] for key in wanted} == wanted


@pytest.mark.parametrize("bare", [False, True])
async def test_a_variation_is_set_by_either_of_its_names(
    bare: bool, twin: Twin, connection: Connection, part: str
) -> None:
    identity = part.partition("/")[2]

    await stock.push(connection, [level(identity if bare else part, 7)])

    assert twin.state.variations[int(identity)]["stock_quantity"] == 7


async def test_stock_keeping_is_switched_on_where_it_was_off(
    twin: Twin, connection: Connection, simple: list[str]
) -> None:
    await twin.state.change(simple[0], manage_stock=False, stock_quantity=None)

    await stock.push(connection, [level(simple[0], 3)])

    assert twin.state.products[int(simple[0])]["stock_quantity"] == 3


async def test_what_was_sold_meanwhile_is_not_overwritten_and_the_rest_is_set(
    twin: Twin, connection: Connection, simple: list[str]
) -> None:
    held = twin.state.products[int(simple[0])]["stock_quantity"]

    with pytest.raises(Conflict) as caught:
        await stock.push(connection, [level(simple[0], 50, expected=held + 1), level(simple[1], 60)])

    assert caught.value.versions == {"before": held + 1, "after": 50, "now": held}
    assert twin.state.products[int(simple[0])]["stock_quantity"] == held
    assert twin.state.products[int(simple[1])]["stock_quantity"] == 60


async def test_an_unknown_product_is_not_found_and_the_rest_is_set(
    twin: Twin, connection: Connection, simple: list[str]
) -> None:
    with pytest.raises(NotFound):
        await stock.push(connection, [level("999", 1), level(simple[1], 61)])

    assert twin.state.products[int(simple[1])]["stock_quantity"] == 61


async def test_an_item_that_the_store_refuses_is_named(twin: Twin, connection: Connection, simple: list[str]) -> None:
    error = {"code": "rest_invalid_param", "message": "no", "data": {"params": {"stock_quantity": "is not"}}}
    answer = {"update": [{"id": int(simple[0]), "error": error}]}
    twin.faults.reply(lambda request: Answer(200, json=answer), match=lambda request: request.method == "POST")

    with pytest.raises(Rejected) as caught:
        await stock.push(connection, [level(simple[0], 1)])

    assert (caught.value.field, caught.value.detail) == ("quantity", {"failed": [simple[0]]})


@pytest.mark.parametrize(("kept", "error"), [([], RetryLater), ([{"stock_quantity": 9}], Rejected)])
async def test_an_answer_without_the_quantity_is_not_believed(
    kept: list[dict[str, int]], error: type[Exception], twin: Twin, connection: Connection, simple: list[str]
) -> None:
    answer = {"update": [{"id": int(simple[0]), **it} for it in kept]}
    twin.faults.reply(lambda request: Answer(200, json=answer), match=lambda request: request.method == "POST")

    with pytest.raises(error):
        await stock.push(connection, [level(simple[0], 1)])
