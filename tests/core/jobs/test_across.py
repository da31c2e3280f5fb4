"""Rules across records: a record's issues follow what the others of its connection say."""

from __future__ import annotations

import pytest

from core.jobs import keep
from core.model.corrections import ApplicationState, Mode
from core.model.records import RecordKind, SourceRecord
from core.review import dismiss, modify
from core.store import applications, connections, issues, suggestions
from core.store.engine import transaction
from core.store.tables import Issue, IssuePattern, Record, RecordKey
from marketwright.testing import catalogue, open_connection
from plugins import shopify


@pytest.fixture
def shop(shop):
    """Return the shop; its products have titles of their own, so that only what a test does is found."""
    put = shop.put
    shop.put = lambda external_id, **fields: put(external_id, **{"title": f"Enamel kettle {external_id}", **fields})
    return shop


async def said(rule):
    """Return what stands of a rule, by SKU: the field and the message."""
    rows = await Issue.select(Issue.record, Issue.field, Issue.message).where(
        (Issue.rule == rule) & Issue.closed_at.is_null()
    )
    names = {row["id"]: row["external_id"] for row in await Record.select(Record.id, Record.external_id)}
    return {names[row["record"]]: (row["field"], row["message"]) for row in rows}


async def write(house, connection, *sources):
    """Keep what a channel says."""
    row = await connections.get(connection)
    async with transaction():
        return await keep.write(row, await keep.check(house, row, sources), house.clock())


def stock(number, version=1, **fields):
    record = {"quantity": 3, "sku": "KTL-1", "updated_at": "2026-11-20T10:00:00Z", **fields}
    return SourceRecord(kind=RecordKind.STOCK, external_id=f"S{number}", version=version, record=record)


def order(number, quantity, version=1, **fields):
    record = {
        "number": f"#{number}", "status": "open", "placed_at": "2026-11-20T11:00:00Z", "currency": "EUR",
        "lines": [{"sku": "KTL-1", "quantity": quantity}], **fields,
    }  # fmt: skip
    return SourceRecord(kind=RecordKind.ORDER, external_id=f"O{number}", version=version, record=record)


async def test_the_other_half_of_a_pair_is_found_though_it_was_not_in_the_batch(desk, shop):
    connection = await desk.connect()
    shop.put("P1", sku="KTL-1")
    await desk.pull(connection)
    shop.put("P2", sku="ktl-1")

    await desk.pull(connection)

    assert await said("sku.duplicate") == {
        "P1": ("sku", "The SKU “KTL-1” is also that of another product: P2."),
        "P2": ("sku", "The SKU “ktl-1” is also that of another product: P1."),
    }


async def test_a_third_one_is_named_and_one_that_leaves_closes_what_is_gone(desk, shop):
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


async def test_a_variant_of_another_product_counts_too(desk, shop):
    connection = await desk.connect()
    shop.put("P1", sku="KTL-1")
    shop.put("P2", sku="POT-1", variants=[{"sku": "POT-1-S"}, {"sku": "KTL-1"}, {"sku": "POT-1-S"}])

    await desk.pull(connection)

    assert set(await said("sku.duplicate")) == {"P1"}
    assert (await said("variant.sku.duplicate"))["P2"][0] == "variants.1.sku"


async def test_a_deleted_record_is_no_duplicate_any_more(house, desk, shop):
    connection = await desk.connect()
    shop.put("P1", sku="KTL-1")
    version = shop.put("P2", sku="KTL-1")
    await desk.pull(connection)
    gone = SourceRecord(kind=RecordKind.PRODUCT, external_id="P2", version=version + 1, deleted=True)

    await write(house, connection, gone)

    assert await said("sku.duplicate") == {}
    assert not await RecordKey.exists().where(RecordKey.value == "pot-1")
    resolutions = {row["resolution"] for row in await Issue.select().where(Issue.rule == "sku.duplicate")}
    assert resolutions == {"changed_at_source", "record_deleted"}


async def test_other_connections_are_other_shops(desk, shop):
    first, second = await desk.connect(), await desk.connect()
    shop.put("P1", sku="KTL-1")

    for connection in (first, second):
        await desk.pull(connection)

    assert await said("sku.duplicate") == {}


async def test_a_second_sync_changes_nothing(desk, shop, house):
    connection = await desk.connect()
    sources = []
    for number, product in enumerate(catalogue(1, 60), start=1):
        record = {**product.record, "sku": "KTL-1"} if number < 4 else product.record
        sources.append(
            SourceRecord(kind=RecordKind.PRODUCT, external_id=f"P{number}", version=1, record=record, raw=record)
        )
    await write(house, connection, *sources)
    before = [await table.select().order_by(table._meta.primary_key) for table in (Issue, RecordKey, IssuePattern)]

    kept = await write(house, connection, *sources)

    after = [await table.select().order_by(table._meta.primary_key) for table in (Issue, RecordKey, IssuePattern)]
    assert (kept.changed, kept.opened) == (0, [])
    assert after == before
    assert len(await said("sku.duplicate")) == 3


async def test_the_duplicates_of_the_demos_twin_are_found(house, desk):
    duplicates = [product for product in catalogue(1) if "sku_duplicate" in product.defects]
    connection = await desk.connect()
    twin = shopify.channel.sandbox()
    async with (
        twin.running(),
        open_connection(shopify.channel, twin.settings(), webhook_url="http://127.0.0.1:1/in") as opened,
    ):
        async for page in shopify.channel.pull_products(opened, {}):
            await write(house, connection, *page.records)

    rows = await Issue.select(Issue.record, Issue.actual).where(Issue.rule == "sku.duplicate")

    assert {product["sku"] for product in duplicates} == {row["actual"].strip('"') for row in rows}
    assert len(rows) == 2 * len({product["sku"] for product in duplicates})


async def test_a_variant_without_its_parent_is_an_orphan_until_the_parent_comes(desk, shop):
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


async def test_a_price_that_fell_stands_until_it_moves_again(desk, shop):
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


async def test_the_price_of_a_variant_is_found_again_where_variants_moved(desk, shop):
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


async def test_stock_that_orders_contradict_is_found_and_a_cancelled_order_asks_for_nothing(house, desk):
    connection = await desk.connect()
    await write(house, connection, stock(1), order(1, 2))
    enough = await said("stock.oversold")
    await write(house, connection, order(2, 2))
    oversold = await said("stock.oversold")

    await write(house, connection, order(2, 2, version=2, status="cancelled"))

    assert enough == {}
    assert oversold == {
        "S1": ("quantity", "2 orders placed since this count ask for 4, and there are 3: #1, #2."),
    }
    assert await said("stock.oversold") == {}


async def test_a_new_count_and_another_location_settle_it(house, desk):
    connection = await desk.connect()
    await write(house, connection, stock(1), order(1, 4), order(2, 1, placed_at="2026-11-20T09:00:00Z"))
    oversold = set(await said("stock.oversold"))
    await write(house, connection, stock(2, quantity=1))
    with_cellar = set(await said("stock.oversold"))
    await write(house, connection, stock(2, version=2, quantity=0), order(3, 1))
    both = set(await said("stock.oversold"))

    await write(house, connection, stock(1, version=2, quantity=0, updated_at="2026-11-20T12:00:00Z"))

    assert (oversold, with_cellar, both) == ({"S1"}, set(), {"S1", "S2"})
    assert await said("stock.oversold") == {}


async def test_a_person_may_correct_a_duplicate_by_hand_and_both_issues_end(desk, shop):
    connection = await desk.connect(Mode.SUGGEST)
    shop.put("P1", sku="KTL-1")
    shop.put("P2", sku="KTL-1")
    await desk.pull(connection)
    first, second = await desk.open("sku.duplicate")

    decided = await modify(desk.house, desk.reviewer, second, value="KTL-2")
    await desk.run()

    assert shop.pushes == [{"sku": "KTL-2"}]
    assert (await applications.get(decided.application_id)).state is ApplicationState.VERIFIED
    rows = {row["id"]: row["resolution"] for row in await Issue.select(Issue.id, Issue.resolution)}
    assert (rows[first], rows[second]) == ("changed_at_source", "modified")


async def test_another_value_that_is_taken_too_opens_the_issue_again(desk, shop):
    connection = await desk.connect(Mode.SUGGEST)
    for name, sku in (("P1", "KTL-1"), ("P2", "KTL-1"), ("P3", "KTL-3")):
        shop.put(name, sku=sku)
    await desk.pull(connection)
    _, second = await desk.open("sku.duplicate")

    await modify(desk.house, desk.reviewer, second, value="KTL-3")
    await desk.run()

    assert set(await said("sku.duplicate")) == {"P2", "P3"}
    assert second in await desk.open("sku.duplicate")


async def test_no_correction_is_proposed_for_what_depends_on_others(desk, shop):
    connection = await desk.connect()
    shop.put("P1", sku="KTL-1")
    shop.put("P2", sku="KTL-1")
    await desk.pull(connection)

    await desk.run()

    for issue in await desk.open("sku.duplicate"):
        assert await suggestions.of_issue(issue) == []
        assert (await issues.get(issue)).fix == ()


async def test_records_without_keys_get_them_when_they_are_checked_again(desk, shop):
    connection = await desk.connect()
    shop.put("P1", sku="KTL-1")
    shop.put("P2", sku="KTL-1")
    await desk.pull(connection)
    await Issue.delete(force=True)
    await RecordKey.delete(force=True)
    await Record.update({Record.keyed_with: None}, force=True)

    await desk.job("validate_connection", connection)

    assert set(await said("sku.duplicate")) == {"P1", "P2"}


async def test_a_rule_that_left_the_pack_closes_what_it_found(desk, shop):
    connection = await desk.connect()
    for price in ("39.00", "3.90"):
        shop.put("P1", sku="KTL-1", price=price)
        shop.put("P2", sku="KTL-1")
        await desk.pull(connection)
    await Issue.update({Issue.rule: "sku.gone", Issue.pack: "common@2020.01"}).where(Issue.rule == "sku.duplicate")
    await Record.update({Record.checked_with: "common@2020.01"}, force=True)

    await desk.job("validate_connection", connection)

    rows = await Issue.select(Issue.resolution).where(Issue.rule == "sku.gone")
    assert {row["resolution"] for row in rows} == {"rule_changed"}
    assert set(await said("sku.duplicate")) == {"P1", "P2"}
    assert set(await said("price.drop")) == {"P1"}


async def test_an_orphans_sibling_pages_do_not_matter(desk, shop):
    connection = await desk.connect()
    shop.page_size = 1
    shop.put("P1", attributes={"parent_sku": "P2"})
    shop.put("P2")

    await desk.pull(connection)

    assert await said("variant.orphan") == {}


async def test_two_hundred_of_one_kind_are_all_found_and_counted_to_a_hundred(house, desk):
    connection = await desk.connect()
    records = [
        SourceRecord(kind=RecordKind.PRODUCT, external_id=f"P{number}", version=1, record={"sku": "N/A"})
        for number in range(230)
    ]
    for start in (0, 1, 30, 115):
        end = {0: 1, 1: 30, 30: 115, 115: 230}[start]
        await write(house, connection, *records[start:end])

    found = await said("sku.duplicate")

    assert len(found) == 230
    assert found["P0"][1] == "The SKU “N/A” is also that of 100+ other products: P1, P2, P3."


@pytest.fixture
def asked(store, monkeypatch):
    """Return the statements that the database is asked, as they are asked."""
    engine = type(Record._meta.db)
    run, statements = engine.run_querystring, []

    async def counted(self, querystring, *args, **kwargs):
        statements.append(str(querystring))
        return await run(self, querystring, *args, **kwargs)

    monkeypatch.setattr(engine, "run_querystring", counted)
    return statements


def of_keys(statements):
    """Return which statements were about keys, by their first word, and forget all."""
    found = [statement.split()[0] for statement in statements if "record_keys" in statement]
    statements.clear()
    return found


async def test_a_batch_costs_the_same_statements_however_large_it_is(house, desk, asked):
    connection = await desk.connect()
    counts = []
    for size, prefix in ((4, "A"), (160, "B")):
        sources = [
            SourceRecord(
                kind=RecordKind.PRODUCT, external_id=f"{prefix}{number}", version=version,
                record={"sku": f"{prefix}{number // 2}-{version}", "attributes": {"parent_sku": f"{prefix}{number}"}},
            )
            for version in (1, 2)
            for number in range(size)
        ]  # fmt: skip
        asked.clear()
        for start in (0, size // 2, size):
            await write(house, connection, *sources[start : start + (size if start == size else size // 2)])
            counts.append(of_keys(asked))

    assert counts[:3] == counts[3:]
    assert counts[2] == ["SELECT", "DELETE", "SELECT", "INSERT"]


async def test_a_record_that_says_the_same_asks_nothing_of_the_keys(house, desk, asked):
    connection = await desk.connect()
    source = SourceRecord(kind=RecordKind.PRODUCT, external_id="P1", version=1, record={"sku": "KTL-1"})
    await write(house, connection, source)
    asked.clear()

    await write(house, connection, source)

    assert of_keys(asked) == []


async def test_others_whose_verdict_turns_are_read_at_once(house, desk, asked):
    connection = await desk.connect()
    half = [
        [
            SourceRecord(kind=RecordKind.PRODUCT, external_id=f"{side}{number}", version=1, record={"sku": f"{number}"})
            for number in range(60)
        ]
        for side in "AB"
    ]
    await write(house, connection, *half[0])
    asked.clear()

    await write(house, connection, *half[1])

    reading = [it for it in asked if it.startswith("SELECT") and ('"issues"' in it or '"records"' in it)]
    assert len(await said("sku.duplicate")) == 120
    assert len(reading) == 3
