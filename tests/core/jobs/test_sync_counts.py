"""A sync is one record that came in and was checked, by a pull or a webhook; what the rules find later is none."""

from __future__ import annotations

from core.store.metrics import metrics
from core.store.rows import to_json
from core.store.tables import Delivery, Issue, SyncCount


async def counted() -> tuple[int, int]:
    rows = await SyncCount.select()
    return sum(row["records"] for row in rows), sum(row["issues"] for row in rows)


async def deliver(desk, connection: int, external_id: str, version: int, **fields) -> None:
    """Keep a webhook about a product, and handle it."""
    event = {"topic": "product", "action": "upsert", "kind": "product", "external_id": external_id, "version": version,
             "dedupe_key": f"{external_id}:{version}"}  # fmt: skip
    now = desk.house.clock()
    row = Delivery(
        connection=connection, dedupe_key=event["dedupe_key"], topic="product", event=to_json(event),
        body=to_json(desk.shop.products[external_id][1] | fields).encode(), received_at=now,
    )  # fmt: skip
    [kept] = await Delivery.insert(row)
    await desk.job("process_deliveries", kept["id"])


async def test_a_first_pull_counts_its_records_and_what_it_finds_in_them(desk, merchant):
    desk.spaced(2)
    for number in range(8):
        desk.shop.put(f"G{number}")
    connection = await desk.connect()

    await desk.pull(connection)

    found = await metrics(merchant, desk.house.clock().replace(hour=0), desk.house.clock())
    opened = await Issue.count()
    assert opened >= 2
    assert await counted() == (10, opened)
    assert (found[0].basis, found[0].value) == (10, 100.0 * opened)


async def test_a_webhook_counts_too_and_an_issue_that_stands_is_not_found_again(desk):
    desk.spaced(1)
    connection = await desk.connect()
    await desk.pull(connection)
    version = desk.shop.put("P0", title="Enamel  kettle 7 l")

    await deliver(desk, connection, "P0", version)

    assert await counted() == (2, await Issue.count())


async def test_checking_again_what_is_stored_is_no_sync(desk):
    desk.spaced(1)
    connection = await desk.connect()
    await desk.pull(connection)
    before = await counted()

    await desk.job("validate_connection", connection)
    await desk.approve_all(1)

    assert before[0] == 1
    assert await counted() == before
