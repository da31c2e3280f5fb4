"""What the store says of a connection's records is what comparing all of them in memory says, whatever came before."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.jobs import keep
from core.jobs.keep import Checked
from core.model.corrections import Mode
from core.model.records import RecordKind, SourceRecord
from core.rules.evaluate import compile_pack
from core.rules.parse import parse
from core.store import connections, merchants
from core.store.engine import opened_store, transaction
from core.store.tables import Connection, Issue, Record, RecordKey

NOW = datetime(2026, 11, 23, tzinfo=UTC)
RULE = """
  - id: {id}
    title: A title
    kind: {kind}
    category: business_rule
    severity: error
    field: {field}
    check: {check}
    message: "{{value}}: {{others}}"
    source: "a test"
    cases: [{{fail: {{}}}}]
"""
PACK = compile_pack(
    parse(
        "rulepack: demo\nversion: 2026.11\nrules:"
        + RULE.format(id="sku", kind="product", field="sku", check='{unique_across: {also: "variants[].sku"}}')
        + RULE.format(id="variant", kind="product", field='"variants[].sku"', check="{unique_across: {also: sku}}")
        + RULE.format(id="orphan", kind="product", field="mpn", check="{known_across: {field: sku}}").replace(
            ": {others}", ""
        )
        + RULE.format(id="sold", kind="stock", field="quantity", check="covers_orders"),
        "demo.yaml",
    )
)
SKUS = st.sampled_from(["A", "A", "B", None])
TIMES = st.sampled_from(["2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z", "2026-11-20T12:00:00Z"])
VARIANTS = st.lists(st.fixed_dictionaries({"sku": SKUS}), max_size=2)
RECORDS = st.one_of(
    st.tuples(
        st.just(RecordKind.PRODUCT),
        st.fixed_dictionaries(
            {"sku": SKUS, "mpn": SKUS},
            optional={"variants": st.lists(st.fixed_dictionaries({"sku": SKUS}), max_size=2)},
        ),
    ),
    st.tuples(
        st.just(RecordKind.STOCK),
        st.fixed_dictionaries({"sku": SKUS, "quantity": st.integers(0, 3), "updated_at": TIMES}),
    ),
    st.tuples(
        st.just(RecordKind.ORDER),
        st.fixed_dictionaries(
            {
                "number": st.sampled_from(["#1", "#2"]),
                "placed_at": TIMES,
                "lines": st.lists(st.fixed_dictionaries({"sku": SKUS, "quantity": st.integers(1, 2)}), max_size=2),
            }
        ),
    ),
)
SAYINGS = st.tuples(st.integers(1, 6), RECORDS, st.sampled_from([False, False, False, True]))
BATCHES = st.lists(st.lists(SAYINGS, min_size=3, max_size=6), min_size=3, max_size=6)
"""Enough of each that records meet: what an example is made of is small, its batches are not."""


def checked(version, number, kind, record, deleted):
    source = SourceRecord(
        kind=kind, external_id=str(number), version=version, record={} if deleted else record, deleted=deleted
    )
    keys = () if deleted else PACK.across.keys(kind, record)
    return Checked(source=source, violations=(), keys=keys, pack=PACK)


async def connected():
    merchant = await merchants.create("Alder & Finch", NOW)
    row = Connection(
        public_id="p", merchant=merchant, channel="demo", name="main", sealed="", mode=Mode.SUGGEST, created_at=NOW,
        updated_at=NOW,
    )  # fmt: skip
    return await connections.get((await Connection.insert(row))[0]["id"])


async def stored(url, batches):
    """Write the batches, and return what stands of each live record, oldest record first, and the keys there are."""
    async with opened_store(url):
        row = await connected()
        for version, batch in enumerate(batches, start=1):
            said = [checked(version, number, kind, record, deleted) for number, (kind, record), deleted in batch]
            async with transaction():
                await keep.write(row, said, NOW)
        rows = await Issue.select(Issue.record, Issue.rule, Issue.field, Issue.message).where(Issue.closed_at.is_null())
        live = await Record.select(Record.id, Record.kind, Record.external_id).where(Record.deleted_at.is_null())
        standing = {
            (row["kind"], row["external_id"]): sorted(
                (it["rule"], it["field"], it["message"]) for it in rows if it["record"] == row["id"]
            )
            for row in sorted(live, key=lambda row: row["id"])
        }
        assert {it["record"] for it in rows} <= {row["id"] for row in live}
        return standing, await RecordKey.count()


@settings(deadline=None, max_examples=40, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=BATCHES)
def test_the_store_says_what_comparing_all_records_says(sqlite_template: Path, tmp_path: Path, batches):
    path = tmp_path / "one.sqlite"
    with contextlib.suppress(FileNotFoundError):
        for name in tmp_path.iterdir():
            name.unlink()
    shutil.copy(sqlite_template, path)
    last = {}
    for batch in batches:
        latest = {(kind, number): (record, deleted) for number, (kind, record), deleted in batch}
        last.update(latest)

    standing, keys = asyncio.run(stored(f"sqlite:///{path}", batches))

    order = [(RecordKind(kind), int(number)) for kind, number in standing]
    records = [(kind, {**last[kind, number][0], "external_id": str(number)}) for kind, number in order]
    found = PACK.across.together(records)
    assert set(order) == {key for key, (_, deleted) in last.items() if not deleted}
    assert list(standing.values()) == [sorted((it.rule, it.field, it.message) for it in several) for several in found]
    assert keys == sum(len(PACK.across.keys(kind, record)) for kind, record in records)
