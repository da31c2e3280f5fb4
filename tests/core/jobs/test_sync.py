"""Pulls resume at the page where they stopped, one at a time, without loss or repeat."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from arq import Retry

from core.connections import update
from core.errors import NeedsAttention, RetryLater
from core.jobs.sync import schedule_syncs, sync_connection
from core.jobs.validate import validate_connection
from core.model.records import RecordKind
from core.rules.packs import Library
from core.store import connections, sync_runs
from core.store.tables import Alert, Issue, IssuePattern, Record, SyncRun


async def test_a_pull_keeps_every_record(house, shop, connect):
    for number in range(250):
        shop.put(f"P{number}")

    await sync_connection({"context": house}, await connect())

    assert await Record.count() == 250


async def test_a_pull_that_was_cut_off_goes_on_at_its_page(house, shop, connect):
    connection = await connect()
    shop.page_size = 10
    for number in range(30):
        shop.put(f"P{number}")
    pages = shop.pull

    async def two_pages(opened, cursor):
        given = 0
        async for page in pages(opened, cursor):
            if given == 2:
                raise RetryLater("away")
            given += 1
            yield page

    whole = house.registry.by_name["acme"]
    house.registry.by_name["acme"] = dataclasses.replace(whole, pull_products=two_pages)
    with pytest.raises(Retry):
        await sync_connection({"context": house}, connection)
    house.registry.by_name["acme"] = whole
    await sync_connection({"context": house}, connection)

    seen = [row["seen"] for row in await SyncRun.select(SyncRun.seen).order_by(SyncRun.id)]
    assert seen == [20, 10]
    assert await Record.count() == 30


async def test_a_second_pull_brings_only_what_changed(house, shop, connect):
    connection = await connect()
    shop.put("P1")
    shop.put("P2")
    await sync_connection({"context": house}, connection)
    shop.put("P2", title="Copper kettle")

    await sync_connection({"context": house}, connection)

    assert (await sync_runs.latest(connection))[0]["seen"] == 1


async def test_two_pulls_of_one_connection_never_run_at_once(house, shop, connect):
    connection = await connect()
    shop.put("P1")
    await sync_runs.begin(connection, RecordKind.PRODUCT, house.clock())

    await sync_connection({"context": house}, connection)

    assert await Record.count() == 0


async def test_a_dead_run_is_taken_over(house, shop, connect):
    connection = await connect()
    shop.put("P1")
    await sync_runs.begin(connection, RecordKind.PRODUCT, house.clock() - timedelta(hours=1))

    await sync_connection({"context": house}, connection)

    assert await Record.count() == 1


async def test_a_connection_that_needs_attention_is_not_pulled_again_until_somebody_acts(house, queue, shop, connect):
    connection = await connect()
    shop.put("P1")
    shop.failures = [NeedsAttention("The key is wrong.", code="wrong_key")]

    await sync_connection({"context": house}, connection)
    await schedule_syncs({"context": house})

    assert queue.asked == []
    assert (await connections.get(connection)).state == "needs_attention"
    assert (await Alert.select(Alert.message).first())["message"] == "Main shop: The key is wrong."


async def test_a_switched_off_connection_is_not_pulled(house, shop, connect, admin):
    connection = await connect()
    shop.put("P1")
    await update(house, admin, connection, enabled=False)

    await sync_connection({"context": house}, connection)

    assert await Record.count() == 0


async def test_an_issue_that_was_mended_at_the_source_is_closed(house, shop, connect):
    connection = await connect()
    shop.put("P1", title="Enamel  kettle")
    await sync_connection({"context": house}, connection)
    shop.put("P1", title="Enamel kettle")

    await sync_connection({"context": house}, connection)

    row = await Issue.select().where(Issue.rule == "title.spaces").first()
    assert (row["state"], row["resolution"]) == ("resolved", "changed_at_source")


async def test_an_older_version_from_a_pull_never_overwrites_a_newer_one(house, shop, connect):
    connection = await connect()
    shop.put("P1", title="New")
    await sync_connection({"context": house}, connection)
    shop.products["P1"] = (1, {**shop.products["P1"][1], "title": "Old"})
    await SyncRun.delete(force=True)

    await sync_connection({"context": house}, connection)

    assert (await Record.select(Record.title).first())["title"] == "New"


async def test_records_are_checked_again_when_their_pack_is_another(house, shop, connect):
    connection = await connect()
    shop.put("P1", title="Enamel  kettle")
    await sync_connection({"context": house}, connection)
    await Issue.delete(force=True)
    await Record.update({Record.checked_with: "common@2020.01"}, force=True)

    await validate_connection({"context": house}, connection)

    assert await Issue.exists().where(Issue.rule == "title.spaces")


async def test_an_issue_whose_rule_went_with_its_pack_says_so(house, shop, connect):
    connection = await connect()
    shop.put("P1", title="Enamel kettle")
    await sync_connection({"context": house}, connection)
    record = (await Record.select(Record.id).first())["id"]
    pattern = await IssuePattern.select(IssuePattern.pattern_id).first()
    await Issue.insert(
        Issue(
            merchant=1, connection=connection, record=record, pattern=pattern["pattern_id"], channel="acme",
            pack="common@2020.01", rule="gone.rule", category="business_rule", severity="error", field="title",
            message="Gone.", opened_at=house.clock(),
        )
    )  # fmt: skip
    await Record.update({Record.checked_with: "common@2020.01"}, force=True)

    await validate_connection({"context": house}, connection)

    row = await Issue.select().where(Issue.rule == "gone.rule").first()
    assert (row["state"], row["resolution"]) == ("resolved", "rule_changed")


async def test_another_rulepack_has_the_records_checked_again(house, queue, shop, connect, admin):
    connection = await connect()
    version = house.library.pack("acme").pack.version
    library = Library({**house.library.packs, "acme": house.library.packs["common"]})

    await update(dataclasses.replace(house, library=library), admin, connection, rulepack=version)

    assert queue.asked == [("validate_connection", (connection,))]
