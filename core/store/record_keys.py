"""The keys of records, by which rules across records find others: read and written set-wise, one statement a question.

A connection's keys are written only under its lock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from core.model.records import RecordKind
from core.rules.keys import Key
from core.rules.shelf import MOST_NAMED, Demand, Member, Named
from core.store.given import given
from core.store.tables import RecordKey

Held = dict[int, dict[Key, int]]
"""Keys by record, each with the id of its row."""


async def of_records(records: Collection[int]) -> Held:
    """Return the keys of some records."""
    found: Held = {record: {} for record in records}
    if not found:
        return found
    rows = await RecordKey.raw(
        "SELECT k.* FROM {} AS t CROSS JOIN record_keys k WHERE k.record = t.record",
        given(({"record": record} for record in records), record="bigint"),
    )
    for row in rows:
        found[row["record"]][_key(row)] = row["id"]
    return found


async def add(connection: int, keys: Iterable[tuple[int, Key]]) -> None:
    """Write keys of a connection's records."""
    rows = [
        {"record": record, "name": it.name, "value": it.value, "path": it.path, "amount": it.amount, "at": it.at}
        for record, it in keys
    ]
    if rows:
        await RecordKey.raw(
            "INSERT INTO record_keys (connection, record, name, value, path, amount, at)"
            " SELECT CAST({} AS BIGINT), t.record, t.name, t.value, t.path, t.amount, t.at FROM {} AS t",
            connection,
            given(rows, record="bigint", name="text", value="text", path="text", amount="bigint", at="bigint"),
        )


async def remove(ids: Collection[int]) -> None:
    """Take keys away."""
    if ids:
        await RecordKey.raw(
            "DELETE FROM record_keys WHERE id IN (SELECT t.id FROM {} AS t)",
            given(({"id": each} for each in ids), id="bigint"),
        )


async def members(connection: int, pairs: Mapping[tuple[str, str], int]) -> list[Member]:
    """Return who holds these pairs of name and value: of each as many records as are asked for, oldest first."""
    if not pairs:
        return []
    rows = await RecordKey.raw(
        "SELECT f.*, r.kind, r.sku, r.external_id, r.title FROM ("
        " SELECT k.*, t.most, DENSE_RANK() OVER (PARTITION BY k.name, k.value ORDER BY k.record) AS place"
        " FROM {} AS t CROSS JOIN record_keys k"
        " WHERE k.connection = {} AND k.name = t.name AND k.value = t.value"
        ") f JOIN records r ON r.id = f.record WHERE f.place <= f.most ORDER BY f.record, f.id",
        given(
            ({"name": name, "value": value, "most": most} for (name, value), most in pairs.items()),
            name="text", value="text", most="bigint",
        ),
        connection,
    )  # fmt: skip
    return [Member(row["record"], _key(row), _named(row)) for row in rows]


async def demands(connection: int, stock: str, orders: str, values: Collection[str]) -> dict[tuple[str, str], Demand]:
    """Return what orders placed since the newest count ask for, by the pair of the stock's key."""
    rows = await RecordKey.raw(
        "SELECT f.*, r.kind, r.sku, r.external_id, r.title FROM ("
        " SELECT o.record, o.value, ROW_NUMBER() OVER (PARTITION BY o.value ORDER BY o.record) AS place,"
        " COUNT(*) OVER (PARTITION BY o.value) AS many, SUM(o.amount) OVER (PARTITION BY o.value) AS asked FROM ("
        "  SELECT k.value, MAX(k.at) AS at FROM {} AS t CROSS JOIN record_keys k"
        "  WHERE k.connection = {} AND k.name = {} AND k.value = t.value GROUP BY k.value"
        " ) s CROSS JOIN record_keys o"
        " WHERE o.connection = {} AND o.name = {} AND o.value = s.value AND o.at > s.at"
        ") f JOIN records r ON r.id = f.record WHERE f.place <= {} ORDER BY f.value, f.record",
        given(({"value": value} for value in values), value="text"), connection, stock, connection, orders, MOST_NAMED,
    )  # fmt: skip
    by_value: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_value.setdefault(row["value"], []).append(row)
    return {(stock, value): _demand(several) for value, several in by_value.items()}


def _key(row: Mapping[str, Any]) -> Key:
    return Key(name=row["name"], value=row["value"], path=row["path"], amount=row["amount"], at=row["at"])


def _named(row: Mapping[str, Any]) -> Named:
    return Named(RecordKind(row["kind"]), row["sku"], row["external_id"], row["title"])


def _demand(rows: Sequence[Mapping[str, Any]]) -> Demand:
    return Demand(int(rows[0]["asked"]), rows[0]["many"], tuple(_named(row) for row in rows))
