"""Setting stock: compare, then set, and never twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from marketwright import Conflict, Connection, Rejected, StockLevel
from plugins.shopify import refusals, stock, wire
from plugins.shopify.client import attempt
from plugins.shopify.documents.stock import SET_STOCK

_MOST = 250
"""Quantities in one call (shopify.dev "limits": input arrays)."""

_STALE = {"CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE"}


async def push(connection: Connection, levels: Sequence[StockLevel]) -> None:
    """Set what can be sold of each item at each location, if it is what we believe it to be.

    Raise `Conflict` where it is not; nothing of that call is set then.
    """
    for start in range(0, len(levels), _MOST):
        await _set(connection, list(levels[start : start + _MOST]))


async def _set(connection: Connection, levels: list[StockLevel]) -> None:
    quantities = [_quantity(level) for level in levels]
    wanted = {"name": "available", "reason": "correction", "quantities": quantities}
    payload = await attempt(connection, SET_STOCK, {"input": wanted, "key": str(uuid4())})
    errors = payload.get("userErrors") or []
    if not errors:
        return
    stale = [error for error in errors if error.get("code") in _STALE]
    if len(stale) < len(errors):
        raise refusals.from_user_errors(errors, lambda path: "quantity" if "quantities" in path else None)
    done = {index for error in stale if (index := _index(error)) is not None}
    if not done:
        raise Conflict("The stock was changed since it was read.", code="stale_stock")
    for index in done:
        await _check_done(connection, levels[index])
    if rest := [level for index, level in enumerate(levels) if index not in done]:
        await _set(connection, rest)


async def _check_done(connection: Connection, level: StockLevel) -> None:
    """Accept a stale level that already holds what we want, set by a call whose answer was lost; refuse any other."""
    now = (await stock.pull_one(connection, _external_id(level))).record.get("quantity")
    if now != level.quantity:
        raise Conflict(
            f"The stock of {level.sku or level.external_id} was changed since it was read.",
            code="stale_stock",
            versions={"before": level.expected, "after": level.quantity, "now": now},
        )


def _quantity(level: StockLevel) -> dict[str, Any]:
    """Return the input for one level. `changeFromQuantity` must be there since 2026-04; null skips the comparison."""
    item, location = stock.split(_external_id(level))
    return {
        "inventoryItemId": wire.gid("InventoryItem", item),
        "locationId": wire.gid("Location", location),
        "quantity": level.quantity,
        "changeFromQuantity": level.expected,
    }


def _external_id(level: StockLevel) -> str:
    if ":" in level.external_id:
        return level.external_id
    if level.location and level.location.isdigit():
        return stock.join(level.external_id, level.location)
    raise Rejected("Say at which location the stock is to be set.", code="location_missing", field="location")


def _index(error: dict[str, Any]) -> int | None:
    """Return which of the quantities a user error is about: `["input", "quantities", "3", …]`."""
    path = error.get("field") or []
    return int(path[2]) if len(path) > 2 and str(path[2]).isdigit() else None
