"""Orders: theirs to ours, how they are read, sent and cancelled."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from marketwright import Cancellation, Connection, Page, RecordKind, Shipment, SourceRecord
from marketwright.testing.acme.client import call


async def pull(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
    """Yield the orders changed since the cursor."""
    after = cursor.get("after", 0)
    while found := await call(connection, "GET", "/orders", params={"after": after}):
        after = found[-1]["changed"]
        yield Page(records=tuple(source(raw) for raw in found), cursor={"after": after})


async def pull_one(connection: Connection, external_id: str) -> SourceRecord:
    """Read one order afresh."""
    return source(await call(connection, "GET", f"/orders/{external_id}"))


async def ship(connection: Connection, external_id: str, shipment: Shipment) -> None:
    """Tell Acme of a parcel; one with a tracking number that it knows is not told again."""
    order = await call(connection, "GET", f"/orders/{external_id}")
    if any(parcel["number"] == shipment.tracking_number for parcel in order["parcels"]):
        return
    parcel = {"carrier": shipment.carrier, "number": shipment.tracking_number}
    await call(connection, "POST", f"/orders/{external_id}/parcels", json=parcel)


async def cancel(connection: Connection, external_id: str, wanted: Cancellation) -> None:
    """Cancel an order. Acme takes it well to be asked twice."""
    await call(connection, "PUT", f"/orders/{external_id}/cancelled", json={"reason": wanted.reason})


def source(raw: dict[str, Any]) -> SourceRecord:
    """Return the record of an order."""
    record = {
        "external_id": raw["id"],
        "number": raw["number"],
        "status": raw["status"],
        "total": raw["total"],
        "updated_at": str(raw["changed"]),
        "shipments": [{"carrier": it["carrier"], "tracking_number": it["number"]} for it in raw["parcels"]],
    }
    return SourceRecord(kind=RecordKind.ORDER, external_id=raw["id"], version=raw["changed"], record=record, raw=raw)
