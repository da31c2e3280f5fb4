"""Rules across records: a record's issues follow what the others of its connection say."""

from __future__ import annotations

from core.model.records import RecordKind, SourceRecord
from core.store.tables import Issue, RecordKey
from marketwright.testing import catalogue, open_connection
from plugins import shopify


async def test_the_other_half_of_a_pair_is_found_though_it_was_not_in_the_batch(desk, shop, said):
    connection = await desk.connect()
    shop.put("P1", sku="KTL-1")
    await desk.pull(connection)
    shop.put("P2", sku="ktl-1")

    await desk.pull(connection)

    assert await said("sku.duplicate") == {
        "P1": ("sku", "The SKU “KTL-1” is also that of another product: P2."),
        "P2": ("sku", "The SKU “ktl-1” is also that of another product: P1."),
    }


async def test_a_third_one_is_named_and_one_that_leaves_closes_what_is_gone(desk, shop, said):
    connection = await desk.connect()
    for name in ("P1", "P2", "P3"):
        shop.put(name, sku="KTL-1")
    await desk.pull(connection)
    three = await said("sku.duplicate")
    shop.put("P3", sku="KTL-3")
    await desk.pull(connection)
    two = await said("sku.duplicate")
    shop.put("P1", sku="KTL-2")

    await desk.pull(connection)

    assert three["P1"] == ("sku", "The SKU “KTL-1” is also that of 2 other products: P2, P3.")
    assert two["P1"] == ("sku", "The SKU “KTL-1” is also that of another product: P2.")
    assert await said("sku.duplicate") == {}
    rows = await Issue.select(Issue.state, Issue.resolution).where(Issue.rule == "sku.duplicate")
    assert {(row["state"], row["resolution"]) for row in rows} == {("resolved", "changed_at_source")}


async def test_a_variant_of_another_product_counts_too(desk, shop, said):
    connection = await desk.connect()
    shop.put("P1", sku="KTL-1")
    shop.put("P2", sku="POT-1", variants=[{"sku": "POT-1-S"}, {"sku": "KTL-1"}, {"sku": "POT-1-S"}])

    await desk.pull(connection)

    assert set(await said("sku.duplicate")) == {"P1"}
    assert (await said("variant.sku.duplicate"))["P2"][0] == "variants.1.sku"


async def test_a_deleted_record_is_no_duplicate_any_more(desk, shop, said, write):
    connection = await desk.connect()
    shop.put("P1", sku="KTL-1")
    version = shop.put("P2", sku="KTL-1")
    await desk.pull(connection)
    gone = SourceRecord(kind=RecordKind.PRODUCT, external_id="P2", version=version + 1, deleted=True)

    await write(connection, gone)

    assert await said("sku.duplicate") == {}
    assert not await RecordKey.exists().where(RecordKey.value == "pot-1")
    resolutions = {row["resolution"] for row in await Issue.select().where(Issue.rule == "sku.duplicate")}
    assert resolutions == {"changed_at_source", "record_deleted"}


async def test_other_connections_are_other_shops(desk, shop, said):
    first, second = await desk.connect(), await desk.connect()
    shop.put("P1", sku="KTL-1")

    for connection in (first, second):
        await desk.pull(connection)

    assert await said("sku.duplicate") == {}


async def test_the_duplicates_of_the_demos_twin_are_found(desk, write):
    duplicates = [product for product in catalogue(1) if "sku_duplicate" in product.defects]
    connection = await desk.connect()
    twin = shopify.channel.sandbox()
    async with (
        twin.running(),
        open_connection(shopify.channel, twin.settings(), webhook_url="http://127.0.0.1:1/in") as opened,
    ):
        async for page in shopify.channel.pull_products(opened, {}):
            await write(connection, *page.records)

    rows = await Issue.select(Issue.record, Issue.actual).where(Issue.rule == "sku.duplicate")

    assert {product["sku"] for product in duplicates} == {row["actual"].strip('"') for row in rows}
    assert len(rows) == 2 * len({product["sku"] for product in duplicates})


async def test_a_variant_without_its_parent_is_an_orphan_until_the_parent_comes(desk, shop, said):
    connection = await desk.connect()
    for name in ("P1", "P2"):
        shop.put(name, attributes={"parent_sku": "KTL"})
    await desk.pull(connection)
    orphans = set(await said("variant.orphan"))
    shop.put("P3", sku="ktl")
    await desk.pull(connection)
    with_parent = set(await said("variant.orphan"))
    shop.put("P3", sku="KTL-NEW")

    await desk.pull(connection)

    assert (orphans, with_parent) == ({"P1", "P2"}, set())
    assert set(await said("variant.orphan")) == {"P1", "P2"}


async def test_an_orphans_sibling_pages_do_not_matter(desk, shop, said):
    connection = await desk.connect()
    shop.page_size = 1
    shop.put("P1", attributes={"parent_sku": "P2"})
    shop.put("P2")

    await desk.pull(connection)

    assert await said("variant.orphan") == {}
