"""Kept webhooks are handled once each, stale ones change nothing, and none is lost."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from core.errors import NeedsAttention, Rejected, RetryLater
from core.jobs.deliveries import MOST_ATTEMPTS, process_deliveries, sweep_deliveries
from core.model.events import Action, WebhookEvent
from core.model.records import RecordKind
from core.store import deliveries
from core.store.rows import from_json, to_json
from core.store.tables import Alert, Connection, Delivery, Issue, IssuePattern, Record


async def kept(house, connection, *, key, version, title="Enamel  kettle", action=Action.UPSERT, external_id="P1"):
    """Keep a webhook about a product, as the intake does, and return its id."""
    event = WebhookEvent(
        topic="product.updated", action=action, dedupe_key=key, kind=RecordKind.PRODUCT, external_id=external_id,
        version=version,
    )  # fmt: skip
    rows = await Delivery.insert(
        Delivery(
            connection=connection,
            dedupe_key=key,
            topic=event.topic,
            event=to_json(event),
            body=msgspec.json.encode({"title": title, "sku": external_id, "external_id": external_id}),
            received_at=house.clock() - timedelta(minutes=1),
        )
    )
    return rows[0]["id"]


async def run(house, *ids):
    """Run the job as a worker does."""
    await process_deliveries({"context": house}, *ids)


async def test_a_delivery_becomes_a_record_with_its_issues(house, connect):
    connection = await connect()
    delivery = await kept(house, connection, key="a", version=5)

    await run(house, delivery)

    assert await Record.count() == 1
    assert await Issue.exists().where(Issue.rule == "title.spaces")
    assert await deliveries.unhandled(house.clock()) == []


async def test_a_pattern_is_titled_by_its_rule_and_an_issue_says_what_is_wrong(house, connect):
    connection = await connect()

    await run(house, await kept(house, connection, key="a", version=1))

    issue = await Issue.select().where(Issue.rule == "title.spaces").first()
    pattern = await IssuePattern.select().where(IssuePattern.pattern_id == issue["pattern"]).first()
    assert pattern["issue_description"] == "Title with needless spaces"
    assert issue["message"] == "The title has extra spaces."


async def test_a_pattern_takes_the_newest_title_of_its_rule(house, connect):
    connection = await connect()
    await run(house, await kept(house, connection, key="a", version=1))
    await IssuePattern.update({IssuePattern.issue_description: "Old"}, force=True)

    await run(house, await kept(house, connection, key="b", version=1, external_id="P2"))

    patterns = await IssuePattern.select().where(IssuePattern.issue_type == "title.spaces")
    assert [pattern["issue_description"] for pattern in patterns] == ["Title with needless spaces"]


async def test_running_twice_changes_nothing(house, connect):
    connection = await connect()
    delivery = await kept(house, connection, key="a", version=5)
    await run(house, delivery)
    before = await Issue.count()

    await run(house, delivery)

    assert (await Record.count(), await Issue.count()) == (1, before)


async def test_of_two_workers_that_finish_a_delivery_one_does(house, connect):
    delivery = await kept(house, await connect(), key="a", version=5)

    told = [await deliveries.finish(delivery, "applied", house.clock()) for _ in range(2)]

    assert told == [True, False]


async def test_a_stale_event_never_overwrites_a_newer_record(house, connect):
    connection = await connect()
    newer = await kept(house, connection, key="b", version=9, title="Newer")
    older = await kept(house, connection, key="a", version=5, title="Older")
    await run(house, newer)

    await run(house, older)

    assert (await Record.select(Record.title).first())["title"] == "Newer"
    assert (await Delivery.select(Delivery.outcome).where(Delivery.id == older).first())["outcome"] == "overtaken"


async def test_of_a_burst_about_one_record_the_newest_stands(house, connect):
    connection = await connect()
    ids = [
        await kept(house, connection, key=str(version), version=version, title=f"T{version}") for version in (3, 9, 5)
    ]

    await run(house, *ids)

    assert (await Record.select(Record.title).first())["title"] == "T9"


async def test_a_deleted_record_closes_its_issues(house, connect):
    connection = await connect()
    await run(house, await kept(house, connection, key="a", version=5))

    await run(house, await kept(house, connection, key="b", version=6, action=Action.DELETE))

    assert not await Issue.exists().where(Issue.closed_at.is_null())
    assert (await Record.select(Record.deleted_at).first())["deleted_at"] is not None


async def test_deleting_what_was_never_seen_changes_nothing(house, connect):
    connection = await connect()

    await run(house, await kept(house, connection, key="b", version=6, action=Action.DELETE))

    assert await Record.count() == 0


async def test_the_sweep_rings_again_for_what_redis_lost(house, queue, connect):
    connection = await connect()
    await kept(house, connection, key="a", version=5)

    await sweep_deliveries({"context": house})
    await queue.run(house)

    assert await Record.count() == 1


async def test_a_channel_that_is_away_postpones_the_delivery(house, shop, connect):
    connection = await connect()
    delivery = await kept(house, connection, key="a", version=5)
    shop.failures = [RetryLater("away", after=60)]

    await run(house, delivery)

    assert await deliveries.unhandled(house.clock()) == []
    assert await deliveries.unhandled(house.clock() + timedelta(seconds=120)) == [delivery]


async def test_a_delivery_that_cannot_be_handled_is_set_aside_and_told(house, shop, connect):
    connection = await connect()
    delivery = await kept(house, connection, key="a", version=5)
    shop.failures = [Rejected("unreadable"), Rejected("unreadable")]

    await run(house, delivery)
    await run(house, delivery)

    row = await Delivery.select(Delivery.outcome, Delivery.error).first()
    assert (row["outcome"], row["error"]) == ("set_aside", "unreadable")
    assert await Alert.count() == 1


async def test_many_failures_end_a_delivery_that_only_had_to_wait(house, shop, connect):
    connection = await connect()
    delivery = await kept(house, connection, key="a", version=5)
    shop.failures = [RetryLater("away") for _ in range(MOST_ATTEMPTS + 1)]

    for _ in range(MOST_ATTEMPTS + 1):
        await run(house, delivery)

    assert (await Delivery.select(Delivery.outcome).first())["outcome"] == "set_aside"


async def test_one_bad_delivery_does_not_hold_up_the_others(house, shop, connect):
    connection = await connect()
    bad = await kept(house, connection, key="a", version=5)
    good = await kept(house, connection, key="b", version=6, external_id="P2")
    shop.failures = [NeedsAttention("no right to read it")]

    await run(house, bad, good)

    assert [row["external_id"] for row in await Record.select(Record.external_id)] == ["P2"]


async def test_a_delivery_set_aside_can_be_replayed(house, shop, connect):
    connection = await connect()
    delivery = await kept(house, connection, key="a", version=5)
    shop.failures = [Rejected("unreadable"), Rejected("unreadable")]
    await run(house, delivery)
    await run(house, delivery)

    assert await deliveries.reopen(delivery)
    await run(house, delivery)

    assert await Record.count() == 1


async def test_a_body_that_is_no_json_is_set_aside_and_holds_up_nothing(house, connect):
    connection = await connect()
    bad = await kept(house, connection, key="a", version=5)
    good = await kept(house, connection, key="b", version=6, external_id="P2")
    await Delivery.update({Delivery.body: b"{"}).where(Delivery.id == bad)

    await run(house, bad, good)
    await run(house, bad)

    assert [row["external_id"] for row in await Record.select(Record.external_id)] == ["P2"]
    assert (await Delivery.select().where(Delivery.id == bad).first())["outcome"] == "set_aside"


async def test_a_title_with_a_nul_is_kept_as_received(house, connect):
    connection = await connect()
    delivery = await kept(house, connection, key="a", version=5, title="Enamel\x00  kettle")

    await run(house, delivery)

    row = await Record.select(Record.record, Record.title).first()
    assert from_json(row["record"])["title"] == "Enamel\x00  kettle"
    assert row["title"] == "Enamel\ufffd  kettle"
    assert await Issue.exists().where(Issue.field == "title")


async def test_a_connection_whose_rules_are_not_there_holds_up_no_other_and_is_told(house, connect):
    lost, fine = await connect(), await connect()
    await Connection.update({Connection.rulepack: "2020.01"}).where(Connection.id == lost)
    first = await kept(house, lost, key="a", version=1)
    second = await kept(house, fine, key="b", version=1, external_id="P2")

    for _ in range(2):
        await run(house, first, second)

    assert [row["external_id"] for row in await Record.select(Record.external_id)] == ["P2"]
    assert (await Delivery.select().where(Delivery.id == first).first())["outcome"] == "set_aside"
    assert "There is no rulepack acme@2020.01" in (await Alert.select(Alert.message).first())["message"]
