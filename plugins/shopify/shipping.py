"""Shipping: a parcel becomes fulfilments of the order's fulfilment orders, one for each location it leaves from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from marketwright import Connection, NotFound, Rejected, Shipment
from plugins.shopify import wire
from plugins.shopify.client import call, change, nodes_of
from plugins.shopify.documents.orders import CREATE_FULFILLMENT, FULFILLMENT_ORDERS
from plugins.shopify.orders import NOT_SENT


async def ship(connection: Connection, external_id: str, shipment: Shipment) -> None:
    """Tell Shopify what was sent, and the buyer if wanted. A parcel with this tracking number is told only once.

    Lines are named by their order line's id; without lines, all that is left goes. Shopify sets the time itself.
    """
    order = await _order(connection, external_id)
    told = _told(order, shipment.tracking_number)
    if told and shipment.lines:
        return
    parcels = _parcels(order["fulfillmentOrders"], shipment.lines)
    if told and not parcels:
        return
    if not parcels:
        raise Rejected("Nothing of this order is left that can be shipped.", code="nothing_to_ship")
    for fulfillment_orders in parcels.values():
        tracking = {"number": shipment.tracking_number, "company": shipment.carrier, "url": shipment.tracking_url}
        fulfillment = {
            "trackingInfo": {name: value for name, value in tracking.items() if value},
            "notifyCustomer": shipment.notify_buyer,
            "lineItemsByFulfillmentOrder": fulfillment_orders,
        }
        await change(connection, CREATE_FULFILLMENT, {"fulfillment": fulfillment}, _locate)


async def _order(connection: Connection, external_id: str) -> dict[str, Any]:
    """Return the order with all of its fulfilment orders, as a list."""
    found: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        variables = {"id": wire.gid("Order", external_id), "after": after}
        order = (await call(connection, FULFILLMENT_ORDERS, variables)).get("order")
        if not isinstance(order, dict):
            raise NotFound(f"Shopify has no order {external_id}, or it is older than this app may see.")
        listed = order.get("fulfillmentOrders")
        found += nodes_of(listed)
        info = wire.read((listed or {}).get("pageInfo"), wire.PageInfo)
        if not info.has_next_page or not info.end_cursor or info.end_cursor == after:
            return {**order, "fulfillmentOrders": found}
        after = info.end_cursor


def _told(order: Mapping[str, Any], tracking_number: str) -> bool:
    """Say whether a parcel with this tracking number is already there."""
    return any(
        tracking.get("number") == tracking_number
        for sent in order.get("fulfillments") or []
        if sent.get("status") not in NOT_SENT
        for tracking in sent.get("trackingInfo") or []
    )


def _parcels(fulfillment_orders: list[dict[str, Any]], lines: Mapping[str, int]) -> dict[str, list[dict[str, Any]]]:
    """Return what to send by location: one call takes fulfilment orders of one location only."""
    wanted = dict(lines)
    parcels: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for fulfillment_order in fulfillment_orders:
        actions = {action.get("action") for action in fulfillment_order.get("supportedActions") or []}
        if "CREATE_FULFILLMENT" not in actions:
            continue
        taken = _taken(nodes_of(fulfillment_order.get("lineItems")), wanted if lines else None)
        if taken:
            location = (fulfillment_order.get("assignedLocation") or {}).get("location") or {}
            parcels[str(location.get("id"))].append(
                {"fulfillmentOrderId": fulfillment_order["id"], "fulfillmentOrderLineItems": taken}
            )
    missing = {line: quantity for line, quantity in wanted.items() if quantity > 0}
    if missing:
        raise Rejected(
            f"These order lines cannot be shipped in that quantity: {', '.join(sorted(missing))}.",
            code="lines_not_shippable",
            field="lines",
            detail=missing,
        )
    return dict(parcels)


def _taken(lines: list[dict[str, Any]], wanted: dict[str, int] | None) -> list[dict[str, Any]]:
    """Return what of a fulfilment order's lines goes, and take it off what is wanted; None wants all."""
    taken = []
    for line in lines:
        left = int(line.get("remainingQuantity") or 0)
        number = wire.number(str((line.get("lineItem") or {}).get("id")))
        quantity = left if wanted is None else min(left, wanted.get(number, 0))
        if quantity > 0:
            taken.append({"id": line["id"], "quantity": quantity})
            if wanted is not None:
                wanted[number] -= quantity
    return taken


def _locate(path: Any) -> str | None:
    names = set(path)
    if "trackingInfo" in names:
        return "tracking_number"
    return "lines" if "lineItemsByFulfillmentOrder" in names else None
