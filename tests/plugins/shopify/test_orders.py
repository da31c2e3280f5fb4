"""Orders: theirs to ours, and shipped by their fulfilment orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from marketwright import NotFound, Rejected, Shipment
from marketwright.testing import Twin
from plugins.shopify import orders, shipping

Opened = Callable[..., Any]


def waiting(twin: Twin, lines: int = 2) -> dict[str, Any]:
    order: dict[str, Any] = next(
        order
        for number, order in twin.state.shop.orders.items()
        if twin.state.shop.fulfillment_orders[number] and len(order["lineItems"]) >= lines
    )
    return order


def parcel(number: str = "TRACK-1", **fields: Any) -> Shipment:
    return Shipment(carrier="Example Post", tracking_number=number, **fields)


def created(twin: Twin) -> list[dict[str, Any]]:
    asked = [request.json() for request in twin.requests]
    return [it["variables"]["fulfillment"] for it in asked if it["operationName"] == "CreateFulfillment"]


async def test_an_order_maps_with_its_lines_beyond_the_first_page(opened: Opened) -> None:
    async with opened() as (twin, connection):
        order = waiting(twin)
        line = order["lineItems"][0]
        order["lineItems"] = [{**line, "id": f"gid://shopify/LineItem/{number}"} for number in range(1, 131)]
        number = order["id"].rpartition("/")[2]

        record = (await orders.pull_one(connection, number)).record
        everything = {it.external_id: it.record async for page in orders.pull(connection, {}) for it in page.records}

    assert record["number"] == order["name"]
    assert record["status"] == "unfulfilled"
    assert record["total"] == order["currentTotalPriceSet"]["shopMoney"]["amount"]
    assert record["shipping_address"]["postal_code"] == order["shippingAddress"]["zip"]
    assert record["buyer"]["email"].endswith("@example.com")
    assert [it["external_id"] for it in record["lines"]] == [str(number) for number in range(1, 131)]
    assert everything[number] == record


async def test_a_cancelled_order_says_so(opened: Opened) -> None:
    async with opened() as (twin, connection):
        order = waiting(twin)
        order["cancelledAt"] = "2026-11-20T00:00:00Z"

        record = (await orders.pull_one(connection, order["id"].rpartition("/")[2])).record

    assert record["status"] == "cancelled"


def test_recorded_orders_map(recording: Callable[[str], Any]) -> None:
    nodes = recording("order-catalog-count-read")["response"]["data"]["seedCatalog"]["nodes"]

    source = orders.to_record(nodes[0])

    assert source.external_id == "8837991727410"
    assert source.version == 1_782_167_642_000_000
    assert source.record["number"] == "#1494"
    assert source.record["total"] == "55.0"
    assert source.record["status"] == "unfulfilled"


async def test_without_lines_all_that_is_left_goes(opened: Opened) -> None:
    async with opened() as (twin, connection):
        order = waiting(twin)
        number = order["id"].rpartition("/")[2]

        await shipping.ship(connection, number, parcel(tracking_url="https://track.example.com/1"))
        record = (await orders.pull_one(connection, number)).record

    assert record["status"] == "fulfilled"
    assert record["shipments"][0]["tracking_url"] == "https://track.example.com/1"
    assert created(twin)[0]["notifyCustomer"] is True
    assert created(twin)[0]["trackingInfo"]["company"] == "Example Post"


async def test_a_parcel_may_hold_some_of_the_lines(opened: Opened) -> None:
    async with opened() as (twin, connection):
        order = waiting(twin)
        number, line = order["id"].rpartition("/")[2], order["lineItems"][1]
        lines = {line["id"].rpartition("/")[2]: 1}

        await shipping.ship(connection, number, parcel(lines=lines, notify_buyer=False))
        status = (await orders.pull_one(connection, number)).record["status"]

    (group,) = created(twin)[0]["lineItemsByFulfillmentOrder"]
    assert [it["quantity"] for it in group["fulfillmentOrderLineItems"]] == [1]
    assert created(twin)[0]["notifyCustomer"] is False
    assert status == "partially_fulfilled"


async def test_telling_twice_sends_once(opened: Opened) -> None:
    async with opened() as (twin, connection):
        number = waiting(twin)["id"].rpartition("/")[2]

        await shipping.ship(connection, number, parcel())
        await shipping.ship(connection, number, parcel())

    assert len(created(twin)) == 1


async def test_each_location_sends_its_own_parcel(opened: Opened) -> None:
    async with opened() as (twin, connection):
        order = waiting(twin)
        number = order["id"].rpartition("/")[2]
        (first,) = twin.state.shop.fulfillment_orders[int(number)]
        second = {**first, "id": "gid://shopify/FulfillmentOrder/2", "lineItems": first["lineItems"][1:]}
        second["assignedLocation"] = {"location": {"id": "gid://shopify/Location/89026920681"}}
        first["lineItems"] = first["lineItems"][:1]
        twin.state.shop.fulfillment_orders[int(number)].append(second)

        await shipping.ship(connection, number, parcel())
        status = (await orders.pull_one(connection, number)).record["status"]

    assert len(created(twin)) == 2
    assert status == "fulfilled"


async def test_what_is_on_hold_is_not_shipped(opened: Opened) -> None:
    async with opened() as (twin, connection):
        number = waiting(twin)["id"].rpartition("/")[2]
        twin.state.shop.fulfillment_orders[int(number)][0].update(status="ON_HOLD", supportedActions=[])

        with pytest.raises(Rejected) as caught:
            await shipping.ship(connection, number, parcel())

    assert caught.value.code == "nothing_to_ship"


async def test_more_than_was_ordered_is_refused_before_anything_is_sent(opened: Opened) -> None:
    async with opened() as (twin, connection):
        order = waiting(twin)
        number, line = order["id"].rpartition("/")[2], order["lineItems"][0]

        with pytest.raises(Rejected) as caught:
            await shipping.ship(connection, number, parcel(lines={line["id"].rpartition("/")[2]: 99}))

    assert (caught.value.code, caught.value.field) == ("lines_not_shippable", "lines")
    assert created(twin) == []


async def test_an_order_that_is_not_there_is_not_found(opened: Opened) -> None:
    async with opened() as (_, connection):
        with pytest.raises(NotFound):
            await shipping.ship(connection, "1", parcel())
