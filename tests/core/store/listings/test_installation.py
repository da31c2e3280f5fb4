"""Connections, sync runs, records, alerts and the audit log."""

from __future__ import annotations

import pytest

from core.errors import NotFound
from core.store.listings import alerts, audit, connections, records, sync_runs
from core.store.listings.audit import AuditFilters
from core.store.listings.records import RecordFilters
from core.store.listings.review import QueueFilters, queue
from core.store.rows import to_json
from core.store.tables import AuditEntry, Issue


async def test_a_connection_shows_its_counts_and_newest_runs_and_no_credentials(shop):
    merchant = await shop.merchant()
    connection = await shop.connection(merchant)
    record = await shop.record(merchant, connection)
    await shop.issue(merchant, connection, record, await shop.pattern(merchant))
    await shop.sync_run(connection)
    newest = await shop.sync_run(connection)
    orders = await shop.sync_run(connection, kind="order")

    item = (await connections.connections(merchant))[0]

    assert (item.records, item.open_issues, item.merchant_name) == (1, 1, "Kettle & Co")
    assert item.webhook_path == f"/webhooks/shopify/{item.public_id}"
    assert {run.id for run in item.runs} == {newest, orders}
    assert "sealed" not in repr(item)
    assert await connections.one(merchant, connection) == item


async def test_connections_stay_with_their_merchant(shop):
    ours, theirs = await shop.merchant("ours"), await shop.merchant("theirs")
    connection = await shop.connection(ours)

    assert await connections.connections(theirs) == []
    assert len(await connections.connections(None)) == 1
    with pytest.raises(NotFound):
        await connections.one(theirs, connection)


async def test_an_installation_without_connections_lists_none(store):
    assert await connections.connections(None) == []


async def test_sync_runs_are_paged_by_connection_and_tenant(shop):
    merchant = await shop.merchant()
    connection, other = await shop.connection(merchant), await shop.connection(merchant, name="other")
    runs = [await shop.sync_run(connection, kind=kind) for kind in ("product", "order", "stock")]
    await shop.sync_run(other)

    first = await sync_runs.sync_runs(merchant, connection, limit=2)
    rest = await sync_runs.sync_runs(merchant, connection, first.next, 2)

    assert [run.id for run in first.items + rest.items] == runs[::-1]
    assert len((await sync_runs.sync_runs(None)).items) == 4
    assert (await sync_runs.sync_runs(merchant + 1)).items == []


async def test_records_are_listed_with_their_open_issues(shop):
    merchant = await shop.merchant()
    connection = await shop.connection(merchant)
    good = await shop.record(merchant, connection, sku="GOOD-1", title="Copper pan")
    bad = await shop.record(merchant, connection, sku="BAD-1")
    await shop.issue(merchant, connection, bad, await shop.pattern(merchant))

    first = await records.records(merchant, limit=1)
    rest = await records.records(merchant, None, first.next, 1)
    faulty = await records.records(merchant, RecordFilters(with_issues=True))
    clean = await records.records(merchant, RecordFilters(with_issues=False, channel="shopify"))
    found = await records.records(merchant, RecordFilters(text="copper"))

    assert [(item.id, item.open_issues) for item in first.items + rest.items] == [(bad, 1), (good, 0)]
    assert [item.id for item in faulty.items] == [bad]
    assert [item.id for item in clean.items] == [good]
    assert [item.id for item in found.items] == [good]
    assert (await records.records(merchant + 1)).items == []


async def test_a_record_shows_what_the_channel_sent_and_its_issues(shop):
    merchant = await shop.merchant()
    issue = await shop.open_issue(merchant)
    row = await Issue.select(Issue.record).first()
    record = row["record"]

    view = await records.one(merchant, record)

    assert view.record["price"] == "10"
    assert view.payload["id"]
    assert [found.issue_id for found in view.issues] == [issue]
    with pytest.raises(NotFound):
        await records.one(merchant + 1, record)


async def test_open_and_closed_alerts_are_listed_apart(shop):
    merchant = await shop.merchant()
    connection = await shop.connection(merchant)
    opened = await shop.alert(merchant, connection=connection)
    closed = await shop.alert(merchant, closed_at=shop.tick())

    now = await alerts.alerts(merchant)
    before = await alerts.alerts(merchant, closed=True)

    assert [(item.id, item.connection_name) for item in now.items] == [(opened, "main")]
    assert [(item.id, item.connection_name) for item in before.items] == [(closed, None)]
    assert (await alerts.alerts(merchant + 1)).items == []


async def test_the_audit_log_shows_a_merchant_its_own(shop):
    for number, merchant in enumerate((1, 2, None)):
        row = AuditEntry(
            at=shop.tick(), merchant=merchant, actor="ann", action="approve", subject=f"issue:{number}",
            detail=to_json({"n": number}), previous_hash=f"{number}", hash=f"{number + 1}",
        )  # fmt: skip
        await AuditEntry.insert(row)

    ours = await audit.entries(1)
    whole = await audit.entries(None, limit=2)
    found = await audit.entries(None, AuditFilters(subject="issue:1"))

    assert [(entry.subject, entry.detail) for entry in ours.items] == [("issue:0", {"n": 0})]
    assert [entry.merchant for entry in whole.items] == [None, 2]
    assert len((await audit.entries(None, None, whole.next)).items) == 1
    assert [entry.merchant for entry in found.items] == [2]


async def test_a_page_asks_as_many_queries_for_fifty_items_as_for_one(shop, monkeypatch):
    merchant = await shop.merchant()
    connection = await shop.connection(merchant)
    record = await shop.record(merchant, connection)
    pattern = await shop.pattern(merchant)
    asked: list[str] = []
    engine = type(Issue._meta.db)
    run = engine.run_querystring

    async def counted(self, querystring, *args, **kwargs):
        asked.append(querystring.template)
        return await run(self, querystring, *args, **kwargs)

    async def queries() -> int:
        asked.clear()
        await queue(merchant, QueueFilters())
        return len(asked)

    await shop.issue(merchant, connection, record, pattern)
    monkeypatch.setattr(engine, "run_querystring", counted)
    one = await queries()
    for number in range(12):
        await shop.issue(merchant, connection, record, pattern, field=f"f{number}")

    assert await queries() == one == 3
