"""The people on a merchant's orders, so that their names can be taken out of what is shown to others."""

from __future__ import annotations

from core.model.records import RecordKind
from core.store.rows import from_json
from core.store.tables import Record

AT_ONCE = 2000
PLACES = ("buyer", "shipping_address", "billing_address")


async def names(merchant: int, most_orders: int = 20_000) -> set[str]:
    """Return the names on a merchant's newest orders, as written."""
    found: set[str] = set()
    before: int | None = None
    for _ in range(0, most_orders, AT_ONCE):
        query = Record.select(Record.id, Record.record).where(
            (Record.merchant == merchant) & (Record.kind == RecordKind.ORDER)
        )
        if before is not None:
            query = query.where(Record.id < before)
        rows = await query.order_by(Record.id, ascending=False).limit(AT_ONCE)
        for row in rows:
            order = from_json(row["record"])
            people = [order.get(place) for place in PLACES]
            found |= {one["name"] for one in people if isinstance(one, dict) and isinstance(one.get("name"), str)}
        if len(rows) < AT_ONCE:
            break
        before = rows[-1]["id"]
    return found
