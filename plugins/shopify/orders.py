"""Orders: theirs to ours, how they are read, and how they are shipped."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from marketwright import Connection, NotFound, Page, Record, RecordKind, SourceRecord
from plugins.shopify import wire, wire_orders
from plugins.shopify.client import call, nodes_of
from plugins.shopify.documents.orders import ORDER, ORDER_LINES, ORDERS
from plugins.shopify.paging import Walk, changed

NOT_SENT = frozenset({"CANCELLED", "ERROR", "FAILURE"})

_LINES = 100

_WALK = Walk(document=ORDERS, root="orders", count="ordersCount", size=25, variables={"lines": 20})


async def pull(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
    """Yield every order changed since the cursor. Without `read_all_orders`, Shopify shows the last 60 days."""
    async for sheet in changed(connection, _WALK, cursor):
        records = [to_record(await _whole(connection, node)) for node in sheet.nodes]
        yield Page(records=tuple(records), cursor=sheet.cursor, total=sheet.total)


async def pull_one(connection: Connection, external_id: str) -> SourceRecord:
    """Read one order afresh, with all of its lines."""
    variables = {"id": wire.gid("Order", external_id), "lines": _LINES}
    node = (await call(connection, ORDER, variables)).get("order")
    if not isinstance(node, dict):
        raise NotFound(f"Shopify has no order {external_id}, or it is older than this app may see.")
    return to_record(await _whole(connection, node))


async def _whole(connection: Connection, node: dict[str, Any]) -> dict[str, Any]:
    """Return the order with the lines beyond its first page."""
    lines = list(nodes_of(node.get("lineItems")))
    info = wire.read(node["lineItems"].get("pageInfo"), wire.PageInfo)
    while info.has_next_page and info.end_cursor:
        variables = {"id": node["id"], "first": _LINES, "after": info.end_cursor}
        more = (await call(connection, ORDER_LINES, variables)).get("order")
        if not isinstance(more, dict):
            break
        lines += nodes_of(more.get("lineItems"))
        before, info = info, wire.read(more["lineItems"].get("pageInfo"), wire.PageInfo)
        if info.end_cursor == before.end_cursor:
            break
    return {**node, "lineItems": {"nodes": lines, "pageInfo": {"hasNextPage": False, "endCursor": None}}}


def to_record(node: dict[str, Any]) -> SourceRecord:
    """Return the canonical record of an order node. Amounts are in the shop's currency, after edits and refunds."""
    order = wire.read(node, wire_orders.Order)
    external_id = wire.number(order.id)
    billing, shipping = order.billing_address, order.shipping_address
    name = (billing.name if billing else None) or (shipping.name if shipping else None)
    record = {
        "external_id": external_id,
        "number": order.name,
        "status": _status(order),
        "placed_at": order.processed_at or order.created_at,
        "updated_at": order.updated_at,
        "currency": order.currency_code,
        "total": _amount(order.current_total_price_set),
        "shipping_total": _amount(order.current_shipping_price_set),
        "tax_total": _amount(order.current_total_tax_set),
        "buyer": _present({"name": name, "email": order.email, "phone": order.phone}),
        "shipping_address": _address(shipping),
        "billing_address": _address(billing),
        "lines": [_line(line) for line in order.line_items.nodes],
        "shipments": [shipment for sent in order.fulfillments for shipment in _shipments(sent)],
    }
    return SourceRecord(
        kind=RecordKind.ORDER,
        external_id=external_id,
        version=wire.micros(order.updated_at),
        record=_present(record),
        raw=node,
    )


def _status(order: wire_orders.Order) -> str | None:
    """Return `cancelled`, or how far the order is fulfilled: `unfulfilled`, `partially_fulfilled`, `fulfilled`, …"""
    return "cancelled" if order.cancelled_at else _lower(order.display_fulfillment_status)


def _line(line: wire_orders.Line) -> Record:
    return _present(
        {
            "external_id": wire.number(line.id),
            "sku": line.sku,
            "title": f"{line.title} - {line.variant_title}" if line.variant_title else line.title,
            "quantity": line.quantity if line.current_quantity is None else line.current_quantity,
            "unit_price": _amount(line.original_unit_price_set),
        }
    )


def _shipments(sent: wire_orders.Fulfillment) -> list[Record]:
    """Return one shipment for each tracking number; one without where there is none."""
    if sent.status in NOT_SENT:
        return []
    return [
        _present(
            {
                "carrier": tracking.company,
                "tracking_number": tracking.number,
                "tracking_url": tracking.url,
                "shipped_at": sent.created_at,
            }
        )
        for tracking in sent.tracking_info or (wire_orders.Tracking(),)
    ]


def _address(address: wire_orders.Address | None) -> Record | None:
    if address is None:
        return None
    return _present(
        {
            "name": address.name,
            "company": address.company,
            "line1": address.address1,
            "line2": address.address2,
            "city": address.city,
            "region": address.province_code or address.province,
            "postal_code": address.zip,
            "country": address.country_code,
            "phone": address.phone,
        }
    )


def _amount(bag: wire.MoneyBag | None) -> str | None:
    return bag.shop_money.amount if bag else None


def _lower(word: str | None) -> str | None:
    return word.lower() if word else None


def _present(fields: Mapping[str, Any]) -> Record:
    return {name: value for name, value in fields.items() if value is not None}
