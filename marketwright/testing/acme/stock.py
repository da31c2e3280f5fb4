"""Stock: one level for each product, read whole each time, because Acme does not say what changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from marketwright import Conflict, Connection, Page, RecordKind, SourceRecord, StockLevel
from marketwright.testing.acme.client import call


async def pull(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
    """Yield every level, page by page; the last cursor begins anew."""
    after = cursor.get("after", "")
    while True:
        answer = await call(connection, "GET", "/stock", params={"after": after})
        levels = tuple(source(raw) for raw in answer["levels"])
        after = answer["next"]
        yield Page(records=levels, cursor={"after": after} if after else {}, complete=not after)
        if not after:
            return


async def pull_one(connection: Connection, external_id: str) -> SourceRecord:
    """Read one level afresh."""
    return source(await call(connection, "GET", f"/stock/{external_id}"))


async def push(connection: Connection, levels: Sequence[StockLevel]) -> None:
    """Set quantities, but none over a quantity that was sold since."""
    for level in levels:
        held = (await call(connection, "GET", f"/stock/{level.external_id}"))["quantity"]
        if level.expected is not None and held != level.expected:
            raise Conflict(
                f"Acme holds {held}, not {level.expected}; it is not overwritten.",
                versions={"before": level.expected, "after": level.quantity, "now": held},
            )
        await call(connection, "PUT", f"/stock/{level.external_id}", json={"quantity": level.quantity})


def source(raw: dict[str, Any]) -> SourceRecord:
    """Return the record of a stock level."""
    record = {"external_id": raw["id"], "sku": raw["sku"], "location": None, "quantity": raw["quantity"]}
    return SourceRecord(kind=RecordKind.STOCK, external_id=raw["id"], version=raw["changed"], record=record, raw=raw)
