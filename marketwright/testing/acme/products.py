"""Products: theirs to ours, and how they are read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from marketwright import Connection, Page, RecordKind, SourceRecord
from marketwright.testing.acme.client import ask, call


async def pull(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
    """Yield the products changed since the cursor, in the order of their changes."""
    after, full, total = cursor.get("after", 0), cursor.get("full", not cursor), cursor.get("total")
    while True:
        answer = await ask(connection, "GET", "/products", params={"after": after})
        found, left = answer.json(), int(answer.headers["x-total"])
        total = left if total is None else total
        after = found[-1]["changed"] if found else after
        done = left <= len(found)
        yield Page(
            records=tuple(source(raw) for raw in found),
            cursor={"after": after, "full": False} if done else {"after": after, "full": full, "total": total},
            total=total,
            complete=full and done,
        )
        if done:
            return


async def pull_one(connection: Connection, external_id: str) -> SourceRecord:
    """Read one product afresh."""
    return source(await call(connection, "GET", f"/products/{external_id}"))


def source(raw: dict[str, Any]) -> SourceRecord:
    """Return the record of a product; values stay as they came."""
    record = {
        "external_id": raw["id"],
        "sku": raw["sku"],
        "title": raw["name"],
        "price": raw["price"],
        "updated_at": str(raw["changed"]),
    }
    return SourceRecord(kind=RecordKind.PRODUCT, external_id=raw["id"], version=raw["changed"], record=record, raw=raw)
