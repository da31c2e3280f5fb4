"""Tenants."""

from __future__ import annotations

from datetime import datetime

from core.store.tables import Merchant


async def create(name: str, now: datetime) -> int:
    """Add a merchant and return its id."""
    rows = await Merchant.insert(Merchant(name=name, created_at=now))
    return int(rows[0]["id"])


async def find(name: str) -> int | None:
    """Return the id of the merchant of that name."""
    row = await Merchant.select(Merchant.id).where(Merchant.name == name).first()
    return None if row is None else int(row["id"])


async def exists(merchant: int) -> bool:
    """Tell whether there is such a merchant."""
    return bool(await Merchant.exists().where(Merchant.id == merchant))


async def names() -> dict[int, str]:
    """Return every merchant's name by id."""
    rows = await Merchant.select(Merchant.id, Merchant.name).order_by(Merchant.id)
    return {row["id"]: row["name"] for row in rows}
