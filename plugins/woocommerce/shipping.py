"""Ship an order. WooCommerce had no tracking of its own for long, so three incompatible ways are known:

- order fulfilments in core (switched on by a feature flag; without it their route does not exist),
- the Shipment Tracking extension, and Advanced Shipment Tracking, which speaks almost the same,
- and where none of them is there: a note to the customer, and the order completed.

What no extension keeps with the order we keep in its meta data, so that it is read back with the order.

Sources: developer.woocommerce.com/docs/apis/rest-api/v3/order-fulfillments; woocommerce.com's documentation of
Shipment Tracking; Advanced Shipment Tracking as its users call it (no recording of ours).
"""

from __future__ import annotations

from typing import Any

from marketwright import Connection, NotFound, Rejected, Shipment
from plugins.woocommerce.account import namespaces
from plugins.woocommerce.client import Store, decoded, open_store
from plugins.woocommerce.orders import OWN_TRACKING
from plugins.woocommerce.wire import Json, objects

_EXTENSIONS = ("wc-shipment-tracking/v3", "wc-ast/v3")


async def ship(connection: Connection, external_id: str, shipment: Shipment) -> None:
    """Tell the store and its customer that a parcel is on its way; complete the order once all of it is shipped.

    Doing it twice adds nothing: a tracking number that the store knows is not sent again.
    """
    store = open_store(connection)
    order = await store.get_object(f"/orders/{external_id}")
    if order.get("status") in {"cancelled", "refunded", "failed", "trash"}:
        raise Rejected(f"The order is {order['status']} and cannot be shipped.", code="order_closed", field="status")
    if await _fulfil(store, order, shipment):
        kept_by_extension = False
    elif not (kept_by_extension := await _track(store, order, shipment)):
        await _note(store, order, shipment)
    await _update(store, order, shipment, keep=not kept_by_extension)


async def _fulfil(store: Store, order: Json, shipment: Shipment) -> bool:
    """Use core's order fulfilments; False where the store has them switched off."""
    path = f"/orders/{order['id']}/fulfillments"
    try:
        known = await store.get(path)
    except NotFound:
        return False
    listed = known.get("fulfillments") if isinstance(known, dict) else known
    if any(_number(it) == shipment.tracking_number for it in objects(listed)):
        return True
    items = [{"item_id": line, "qty": quantity} for line, quantity in _quantities(order, shipment).items()]
    values = {
        "_items": items,
        "_tracking_number": shipment.tracking_number,
        "_shipment_provider": shipment.carrier,
        "_tracking_url": shipment.tracking_url or "",
    }
    await store.call(
        "POST",
        path,
        params=[("notify_customer", shipment.notify_buyer)],
        json={"status": "fulfilled", "meta_data": [{"key": key, "value": value} for key, value in values.items()]},
    )
    return True


async def _track(store: Store, order: Json, shipment: Shipment) -> bool:
    """Use a tracking extension; False where none is installed."""
    offered = await namespaces(store)
    namespace = next((name for name in _EXTENSIONS if name in offered), None)
    if namespace is None:
        return False
    path = f"/orders/{order['id']}/shipment-trackings"
    known = objects(decoded(await store.call("GET", path, namespace=f"/{namespace}")))
    if any(it.get("tracking_number") == shipment.tracking_number for it in known):
        return True
    body = {"tracking_provider": shipment.carrier, "tracking_number": shipment.tracking_number}
    if shipment.tracking_url:
        body |= {"custom_tracking_provider": shipment.carrier, "custom_tracking_link": shipment.tracking_url}
    if shipment.shipped_at:
        body["date_shipped"] = shipment.shipped_at[:10]
    await store.call("POST", path, json=body, namespace=f"/{namespace}")
    return True


async def _note(store: Store, order: Json, shipment: Shipment) -> None:
    """Write a note with the tracking number; WooCommerce mails it where the buyer is to be told."""
    path = f"/orders/{order['id']}/notes"
    notes = objects(await store.get(path))
    if any(shipment.tracking_number in str(note.get("note")) for note in notes):
        return
    text = f"{shipment.carrier}: {shipment.tracking_number}"
    if shipment.tracking_url:
        text += f" {shipment.tracking_url}"
    await store.post(path, {"note": text, "customer_note": shipment.notify_buyer})


async def _update(store: Store, order: Json, shipment: Shipment, *, keep: bool) -> None:
    """Complete the order if all of it is shipped, and keep the shipment with it where no extension does."""
    body: Json = {}
    if not shipment.lines and order.get("status") != "completed":
        body["status"] = "completed"
    known = [item for meta in order.get("meta_data", []) if meta.get("key") == OWN_TRACKING for item in meta["value"]]
    if keep and not any(item.get("tracking_number") == shipment.tracking_number for item in known):
        own = {
            "tracking_provider": shipment.carrier,
            "tracking_number": shipment.tracking_number,
            "custom_tracking_link": shipment.tracking_url or "",
            "date_shipped": shipment.shipped_at or "",
        }
        body["meta_data"] = [{"key": OWN_TRACKING, "value": [*known, own]}]
    if not body:
        return
    stored = await store.put(f"/orders/{order['id']}", body)
    if stored.get("status") != body.get("status", stored.get("status")):
        raise Rejected("The store did not complete the order.", code="not_stored", field="status")


def _quantities(order: Json, shipment: Shipment) -> dict[int, int]:
    """Return what the parcel holds, by line: what the shipment says, or everything."""
    lines = {int(line["id"]): int(line.get("quantity") or 0) for line in order.get("line_items", [])}
    if not shipment.lines:
        return lines
    asked = {int(line): quantity for line, quantity in shipment.lines.items() if line.isdigit()}
    unknown = sorted(set(shipment.lines) - {str(line) for line in lines})
    if unknown:
        raise Rejected(f"The order has no line {unknown[0]}.", code="unknown_line", field="lines")
    return asked


def _number(fulfilment: Any) -> str | None:
    meta = fulfilment.get("meta_data", []) if isinstance(fulfilment, dict) else []
    return next((str(it.get("value")) for it in meta if it.get("key") == "_tracking_number"), None)
