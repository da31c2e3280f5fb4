"""What rules across records cost: a handful of statements a batch, and nothing where nothing changed."""

from __future__ import annotations

import pytest

from core.model.records import RecordKind, SourceRecord
from core.store.tables import Issue, IssuePattern, Record, RecordKey
from marketwright.testing import catalogue


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


async def test_a_second_sync_changes_nothing(desk, shop, said, write):
    connection = await desk.connect()
    sources = []
    for number, product in enumerate(catalogue(1, 60), start=1):
        record = {**product.record, "sku": "KTL-1"} if number < 4 else product.record
        sources.append(
            SourceRecord(kind=RecordKind.PRODUCT, external_id=f"P{number}", version=1, record=record, raw=record)
        )
    await write(connection, *sources)
    before = [await table.select().order_by(table._meta.primary_key) for table in (Issue, RecordKey, IssuePattern)]

    kept = await write(connection, *sources)

    after = [await table.select().order_by(table._meta.primary_key) for table in (Issue, RecordKey, IssuePattern)]
    assert (kept.changed, kept.opened) == (0, [])
    assert after == before
    assert len(await said("sku.duplicate")) == 3


async def test_two_hundred_of_one_kind_are_all_found_and_counted_to_a_hundred(desk, said, write):
    connection = await desk.connect()
    records = [
        SourceRecord(kind=RecordKind.PRODUCT, external_id=f"P{number}", version=1, record={"sku": "N/A"})
        for number in range(230)
    ]
    for start in (0, 1, 30, 115):
        end = {0: 1, 1: 30, 30: 115, 115: 230}[start]
        await write(connection, *records[start:end])

    found = await said("sku.duplicate")

    assert len(found) == 230
    assert found["P0"][1] == "The SKU “N/A” is also that of 100+ other products: P1, P2, P3."


async def test_a_batch_costs_the_same_statements_however_large_it_is(desk, asked, write):
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
            await write(connection, *sources[start : start + (size if start == size else size // 2)])
            counts.append(of_keys(asked))

    assert counts[:3] == counts[3:]
    assert counts[2] == ["SELECT", "DELETE", "SELECT", "INSERT"]


async def test_a_record_that_says_the_same_asks_nothing_of_the_keys(desk, asked, write):
    connection = await desk.connect()
    source = SourceRecord(kind=RecordKind.PRODUCT, external_id="P1", version=1, record={"sku": "KTL-1"})
    await write(connection, source)
    asked.clear()

    await write(connection, source)

    assert of_keys(asked) == []


async def test_others_whose_verdict_turns_are_read_at_once(desk, asked, said, write):
    connection = await desk.connect()
    half = [
        [
            SourceRecord(kind=RecordKind.PRODUCT, external_id=f"{side}{number}", version=1, record={"sku": f"{number}"})
            for number in range(60)
        ]
        for side in "AB"
    ]
    await write(connection, *half[0])
    asked.clear()

    await write(connection, *half[1])

    reading = [it for it in asked if it.startswith("SELECT") and ('"issues"' in it or '"records"' in it)]
    assert len(await said("sku.duplicate")) == 120
    assert len(reading) == 3
