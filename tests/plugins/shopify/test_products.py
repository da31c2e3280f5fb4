"""Products: theirs to ours, all of their variants, from twin and recordings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from marketwright import Malformed, NotFound, Record
from plugins.shopify import products
from plugins.shopify.sandbox_shop import Item, Level, Variant

Opened = Callable[..., Any]


async def whole(connection: Any) -> dict[str, Record]:
    return {it.external_id: it.record async for page in products.pull(connection, {}) for it in page.records}


async def test_a_simple_product_has_its_variant_folded_in(opened: Opened) -> None:
    async with opened() as (twin, connection):
        product = next(it for it in twin.state.shop.products.values() if it.simple)
        variant = product.variants[0]

        record = (await products.pull_one(connection, str(product.id))).record

    assert (record["sku"], record["gtin"], record["price"]) == (variant.item.sku, variant.barcode, variant.price)
    assert record["weight"] == {"value": variant.item.weight, "unit": "kg"}
    assert record["brand"] == product.vendor
    assert record["status"] == "active"
    assert record["currency"] == "EUR"
    assert record["category"] == twin.state.shop.categories[product.category]
    assert record["images"][0]["format"] == "jpeg"
    assert not {"variants", "options"} & record.keys()


async def test_a_product_with_options_has_identity_and_price_in_its_variants(opened: Opened) -> None:
    async with opened() as (twin, connection):
        product = next(it for it in twin.state.shop.products.values() if not it.simple)

        record = (await products.pull_one(connection, str(product.id))).record

    assert not {"sku", "gtin", "price", "weight"} & record.keys()
    assert [it["external_id"] for it in record["variants"]] == [str(it.id) for it in product.variants]
    assert record["variants"][0]["options"] == product.variants[0].options
    assert record["options"][0]["name"] == product.options[0][1]
    assert record["quantity"] == sum(it["quantity"] for it in record["variants"])


async def test_variants_beyond_the_first_page_are_fetched(opened: Opened) -> None:
    async with opened() as (twin, connection):
        product = next(it for it in twin.state.shop.products.values() if not it.simple)
        moment = product.updated_at
        product.variants = [
            Variant(
                id=number,
                item=Item(id=number, sku=f"S{number}", weight=1, levels={68509171945: Level(1, moment)}),
                price="1.00",
                barcode=None,
                compare_at_price=None,
                options={"Size": str(number)},
                updated_at=moment,
            )
            for number in range(1, 602)
        ]

        one = await products.pull_one(connection, str(product.id))
        pulled = (await whole(connection))[str(product.id)]

    assert [it["sku"] for it in one.record["variants"]] == [f"S{number}" for number in range(1, 602)]
    assert pulled == one.record
    assert len(one.raw["variants"]["nodes"]) == 601


async def test_images_beyond_the_first_page_are_fetched(opened: Opened) -> None:
    async with opened() as (twin, connection):
        product = next(iter(twin.state.shop.products.values()))
        first = product.media[0]
        product.media = [replace(first, id=number, alt=f"Side {number}") for number in range(1, 61)]

        one = (await products.pull_one(connection, str(product.id))).record
        pulled = (await whole(connection))[str(product.id)]

    assert [it["alt"] for it in one["images"]] == [f"Side {number}" for number in range(1, 61)]
    assert pulled == one


async def test_stock_that_nobody_tracks_is_no_quantity(opened: Opened) -> None:
    async with opened() as (twin, connection):
        product = next(it for it in twin.state.shop.products.values() if it.simple)
        product.variants[0].item.tracked = False

        record = (await products.pull_one(connection, str(product.id))).record

    assert "quantity" not in record


async def test_archived_products_and_drafts_are_pulled_too(opened: Opened) -> None:
    async with opened() as (twin, connection):
        first, second, *_ = twin.state.shop.products.values()
        first.status, second.status = "ARCHIVED", "DRAFT"

        records = await whole(connection)

    assert len(records) == 12
    assert {records[str(first.id)]["status"], records[str(second.id)]["status"]} == {"archived", "draft"}


async def test_what_is_not_there_is_not_found(opened: Opened) -> None:
    async with opened() as (_, connection):
        with pytest.raises(NotFound):
            await products.pull_one(connection, "1")


def test_a_recorded_product_with_its_variant_maps(recording: Callable[[str], Any]) -> None:
    detail = recording("product-detail")["data"]["product"]
    matrix = recording("product-variants-matrix")["data"]["product"]
    variants = {"nodes": [edge["node"] for edge in matrix["variants"]["edges"]]}
    media = {"nodes": [edge["node"] for edge in detail["media"]["edges"]]}
    node = {**detail, "options": matrix["options"], "variants": variants, "media": media}
    node |= {"updatedAt": "2026-04-18T00:58:21Z", "hasOnlyDefaultVariant": True}

    source = products.to_record(node)

    assert source.external_id == "8971842846953"
    assert source.version == 1_776_473_901_000_000
    assert source.record["price"] == "0.00"
    assert source.record["weight"] == {"value": 0, "unit": "kg"}
    assert "category" not in source.record
    assert "quantity" not in source.record


def test_recorded_catalogue_nodes_map(recording: Callable[[str], Any]) -> None:
    edges = recording("products-catalog-page")["data"]["products"]["edges"]

    sources = [products.to_record(edge["node"]) for edge in edges]

    assert [it.record["handle"] for it in sources] == ["test-product-ge91cbbd6", "admin", "apps"]
    assert [it.record["brand"] for it in sources] == ["very-big-test-store"] * 3


@pytest.mark.parametrize("node", [{"id": "gid://shopify/Product/1"}, {"id": 1, "updatedAt": "x"}])
def test_a_node_of_another_form_is_malformed(node: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        products.to_record(node)
