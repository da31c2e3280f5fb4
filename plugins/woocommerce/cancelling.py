"""Cancel an order: its status becomes `cancelled`. WooCommerce then restocks what it held back, and moves no money."""

from __future__ import annotations

from marketwright import Cancellation, Connection, NotFound, Rejected
from plugins.woocommerce.client import open_store

_CLOSED = frozenset({"completed", "refunded", "trash"})


async def cancel(connection: Connection, external_id: str, wanted: Cancellation) -> None:
    """Cancel an order, with the reason as a note for the staff; one that is cancelled already stays as it is.

    WooCommerce decides itself on stock and mails: it restocks what the order had reduced, and mails the shop, not
    the customer. Raise `Rejected` where the order is closed in another way.
    """
    if not external_id.isdigit():
        raise NotFound("A WooCommerce order id is a number.")
    store = open_store(connection)
    path = f"/orders/{external_id}"
    order = await store.get_object(path)
    if order.get("status") == "cancelled":
        return
    if order.get("status") in _CLOSED:
        raise Rejected(f"The order is {order['status']} and cannot be cancelled.", code="order_closed", field="status")
    stored = await store.put(path, {"status": "cancelled"})
    if stored.get("status") != "cancelled":
        raise Rejected("The store did not cancel the order.", code="not_stored", field="status")
    if wanted.reason:
        await store.post(f"{path}/notes", {"note": wanted.reason, "customer_note": False})
