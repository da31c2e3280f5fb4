"""Cancelling an order. Shopify does it in a job of its own, so that the order is asked until it says so."""

from __future__ import annotations

import asyncio

from marketwright import Cancellation, Connection, NotFound, RetryLater
from plugins.shopify import orders, refusals, wire
from plugins.shopify.client import attempt
from plugins.shopify.documents.orders import CANCEL_ORDER

_WAITS = (0.2, 0.5, 1.0, 2.0, 4.0)
_LONGEST_NOTE = 255
"""Characters of a staff note (Admin API 2026-07, `orderCancel`)."""


async def cancel(connection: Connection, external_id: str, wanted: Cancellation) -> None:
    """Cancel an order and wait until it is; one that is cancelled already stays as it is. No money is paid back.

    The app needs the right `write_orders`. Raise `RetryLater` where Shopify takes longer than some seconds.
    """
    if await _is_cancelled(connection, external_id):
        return
    variables = {
        "id": wire.gid("Order", external_id),
        "reason": "OTHER",
        "restock": wanted.restock,
        "notify": wanted.notify_buyer,
        "note": wanted.reason[:_LONGEST_NOTE] or None,
    }
    payload = await attempt(connection, CANCEL_ORDER, variables)
    if errors := payload.get("orderCancelUserErrors"):
        if any(error.get("code") == "NOT_FOUND" for error in errors):
            raise NotFound(f"Shopify has no order {external_id}, or it is older than this app may see.")
        raise refusals.from_user_errors(errors, lambda path: "status")
    for wait in _WAITS:
        if await _is_cancelled(connection, external_id):
            return
        await asyncio.sleep(wait)
    raise RetryLater("Shopify is still at cancelling this order.", after=30.0, code="still_cancelling")


async def _is_cancelled(connection: Connection, external_id: str) -> bool:
    return (await orders.pull_one(connection, external_id)).record.get("status") == "cancelled"
