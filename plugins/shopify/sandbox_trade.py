"""What the twin does on our stock and fulfilment mutations.

Messages and codes of stock are those recorded in inventory-quantity-contracts-2026-04 and its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugins.shopify.sandbox_nodes import Json, number
from plugins.shopify.sandbox_products import error
from plugins.shopify.sandbox_shop import Shop

_MOST = 1_000_000_000
_NO_ITEM = "The specified inventory item could not be found."
_NO_LOCATION = "The specified location could not be found."
_REPEATED = "The combination of inventoryItemId and locationId must be unique."
_NOT_STOCKED = "The specified inventory item is not stocked at the location."
_TOO_HIGH = "The quantity can't be higher than 1,000,000,000."
_STALE = "The changeFromQuantity argument no longer matches the persisted quantity."


async def set_stock(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `SetStock`: all quantities or none; a key that was seen gets its first answer again."""
    key = variables["key"]
    if key in shop.idempotent:
        return shop.idempotent[key]
    wanted = variables["input"]["quantities"]
    errors = _name_errors(variables["input"])
    pairs = [(number(it["inventoryItemId"]), number(it["locationId"])) for it in wanted]
    for place, (pair, it) in enumerate(zip(pairs, wanted, strict=True)):
        errors += _quantity_errors(shop, place, pair, it, repeated=pairs.count(pair) > 1)
    group = None
    if not errors:
        for (identity, location), it in zip(pairs, wanted, strict=True):
            item = shop.item(identity)
            if item is not None:
                await shop.set_available(item, location, it["quantity"])
        group = {"id": f"gid://shopify/InventoryAdjustmentGroup/{shop.new_id()}", "createdAt": shop.now()}
    answer = {"inventorySetQuantities": {"inventoryAdjustmentGroup": group, "userErrors": errors}}
    if not errors:
        shop.idempotent[key] = answer
    return answer


async def create_fulfillment(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `CreateFulfillment`: what is sent is left no more, and the order says so."""
    wanted = variables["fulfillment"]
    errors: list[Json] = []
    taken: list[tuple[Json, int]] = []
    order_number = 0
    for place, group in enumerate(wanted["lineItemsByFulfillmentOrder"]):
        order_number, found = _fulfillment_order(shop, group["fulfillmentOrderId"])
        lines = {line["id"]: line for line in found["lineItems"]} if found else {}
        for it in group.get("fulfillmentOrderLineItems") or [
            {"id": line["id"], "quantity": line["remainingQuantity"]} for line in lines.values()
        ]:
            line = lines.get(it["id"])
            if line is None or it["quantity"] > line["remainingQuantity"]:
                path = ["fulfillment", "lineItemsByFulfillmentOrder", str(place)]
                errors.append(error(path, "Invalid fulfillment order line item quantity requested."))
            else:
                taken.append((line, it["quantity"]))
    if errors or not taken:
        errors = errors or [error(["fulfillment"], "Fulfillment order does not exist.")]
        return {"fulfillmentCreate": {"fulfillment": None, "userErrors": errors}}
    for line, quantity in taken:
        line["remainingQuantity"] -= quantity
    sent = {"id": f"gid://shopify/Fulfillment/{shop.new_id()}", "status": "SUCCESS"}
    await _sent(shop, order_number, {**sent, "trackingInfo": [_tracking(wanted.get("trackingInfo") or {})]})
    return {"fulfillmentCreate": {"fulfillment": sent, "userErrors": []}}


async def cancel_order(shop: Shop, external_id: str) -> None:
    """Cancel an order as the merchant would: nothing of it is left to be sent."""
    order = shop.orders[int(external_id)]
    order["updatedAt"] = order["cancelledAt"] = shop.now()
    shop.fulfillment_orders[int(external_id)] = []
    await shop.tell("ORDERS_UPDATED", order_body(order))


async def carry_out_cancel(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `CancelOrder`. The twin's job is done at once."""
    identity = number(variables["id"])
    if identity not in shop.orders:
        errors = [error(["orderId"], "Order does not exist", "NOT_FOUND")]
        return {"orderCancel": {"job": None, "orderCancelUserErrors": errors}}
    if not shop.orders[identity]["cancelledAt"]:
        await cancel_order(shop, str(identity))
    job = {"id": f"gid://shopify/Job/{shop.new_id()}", "done": False}
    return {"orderCancel": {"job": job, "orderCancelUserErrors": []}}


async def _sent(shop: Shop, order_number: int, fulfillment: Json) -> None:
    """Add a fulfilment to its order and tell the subscribers."""
    order = shop.orders[order_number]
    order["updatedAt"] = shop.now()
    order["fulfillments"].append({**fulfillment, "createdAt": order["updatedAt"]})
    rest = 0
    for it in shop.fulfillment_orders[order_number]:
        left = sum(line["remainingQuantity"] for line in it["lineItems"])
        rest += left
        if not left:
            it.update(status="CLOSED", supportedActions=[])
    order["displayFulfillmentStatus"] = "PARTIALLY_FULFILLED" if rest else "FULFILLED"
    await shop.tell("ORDERS_UPDATED", order_body(order))


def order_body(order: Json) -> Json:
    """Return the REST-shaped body of an order's webhook, as far as the twin has it."""
    return {
        "admin_graphql_api_id": order["id"],
        "id": number(order["id"]),
        "name": order["name"],
        "created_at": order["createdAt"],
        "updated_at": order["updatedAt"],
        "cancelled_at": order["cancelledAt"],
        "financial_status": order["displayFinancialStatus"].lower(),
        "fulfillment_status": "fulfilled" if order["displayFulfillmentStatus"] == "FULFILLED" else None,
        "currency": order["currencyCode"],
        "total_price": order["currentTotalPriceSet"]["shopMoney"]["amount"],
        "line_items": [
            {"id": number(line["id"]), "sku": line["sku"], "title": line["title"], "quantity": line["quantity"]}
            for line in order["lineItems"]
        ],
    }


def _name_errors(wanted: Mapping[str, Any]) -> list[Json]:
    if wanted["name"] in {"available", "on_hand"}:
        return []
    message = "The quantity name must be either 'available' or 'on_hand'."
    return [error(["input", "name"], message, "INVALID_NAME")]


def _quantity_errors(
    shop: Shop, place: int, pair: tuple[int, int], wanted: Mapping[str, Any], *, repeated: bool
) -> list[Json]:
    """Return what is wrong with one quantity, the first thing only."""
    item, location = shop.item(pair[0]), pair[1]
    level = item.levels.get(location) if item else None
    quantity, expected = wanted["quantity"], wanted["changeFromQuantity"]
    stale = level is not None and expected is not None and expected != level.available
    checks = (
        (item is None, "inventoryItemId", _NO_ITEM, "INVALID_INVENTORY_ITEM"),
        (location not in shop.locations, "locationId", _NO_LOCATION, "INVALID_LOCATION"),
        (repeated, "locationId", _REPEATED, "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"),
        (level is None, "locationId", _NOT_STOCKED, "ITEM_NOT_STOCKED_AT_LOCATION"),
        (quantity < 0, "quantity", "The quantity can't be negative.", "INVALID_QUANTITY_NEGATIVE"),
        (quantity > _MOST, "quantity", _TOO_HIGH, "INVALID_QUANTITY_TOO_HIGH"),
        (stale, "changeFromQuantity", _STALE, "CHANGE_FROM_QUANTITY_STALE"),
    )
    found = [
        error(["input", "quantities", str(place), name], message, code)
        for wrong, name, message, code in checks
        if wrong
    ]
    return found[:1]


def _fulfillment_order(shop: Shop, gid: str) -> tuple[int, Json | None]:
    for order, listed in shop.fulfillment_orders.items():
        for it in listed:
            if it["id"] == gid and it["status"] == "OPEN":
                return order, it
    return 0, None


def _tracking(info: Mapping[str, Any]) -> Json:
    return {name: info.get(name) for name in ("company", "number", "url")}
