"""Shipping: three ways to tell a tracking number, and none of them twice."""

from __future__ import annotations

import json

import pytest

from marketwright import Connection, NotFound, RecordKind, Rejected, Shipment
from marketwright.testing import Twin
from plugins.woocommerce import channel, shipping

PARCEL = Shipment(
    carrier="Example Post",
    tracking_number="EX-42",
    tracking_url="https://track.example.com/EX-42",
    shipped_at="2026-11-23T10:00:00Z",
)


@pytest.fixture
def order(twin: Twin) -> str:
    """Return the id of an order that waits for its parcel."""
    return next(str(key) for key, it in twin.state.orders.items() if it["status"] == "processing")


def writes(twin: Twin) -> list[tuple[str, str]]:
    """Return what was written, by method and the end of the path."""
    return [(it.method, it.path.rpartition("/")[2]) for it in twin.requests if it.method in {"PUT", "POST"}]


async def test_without_tracking_the_customer_gets_a_note_and_the_order_is_completed(
    order: str, twin: Twin, connection: Connection
) -> None:
    await shipping.ship(connection, order, PARCEL)

    note = twin.state.notes[int(order)][0]
    assert note["note"] == "Example Post: EX-42 https://track.example.com/EX-42"
    assert note["customer_note"] is True
    assert twin.state.orders[int(order)]["status"] == "completed"


async def test_a_buyer_who_is_not_to_be_told_gets_no_mail(order: str, twin: Twin, connection: Connection) -> None:
    silent = Shipment(carrier="Example Post", tracking_number="EX-43", notify_buyer=False)

    await shipping.ship(connection, order, silent)

    assert twin.state.notes[int(order)][0]["customer_note"] is False


@pytest.mark.parametrize("modes", [{"tracking": "core"}])
async def test_core_fulfilments_are_used_where_they_are_switched_on(
    order: str, twin: Twin, connection: Connection
) -> None:
    await shipping.ship(connection, order, PARCEL)

    sent = twin.state.parcels[int(order)][0]
    values = {it["key"]: it["value"] for it in sent["meta_data"]}
    lines = twin.state.orders[int(order)]["line_items"]
    assert sent["status"] == "fulfilled"
    assert values["_tracking_number"] == "EX-42"
    assert values["_items"] == [{"item_id": it["id"], "qty": it["quantity"]} for it in lines]
    assert not twin.state.notes


@pytest.mark.parametrize(
    "modes", [{"tracking": "wc-shipment-tracking/v3"}, {"tracking": "wc-ast/v3"}], ids=["shipment-tracking", "ast"]
)
async def test_a_tracking_extension_is_used_where_it_is_installed(
    order: str, twin: Twin, connection: Connection
) -> None:
    await shipping.ship(connection, order, PARCEL)

    sent = twin.state.parcels[int(order)][0]
    assert (sent["tracking_provider"], sent["tracking_number"]) == ("Example Post", "EX-42")
    assert sent["date_shipped"] == "2026-11-23"
    assert not twin.state.notes


@pytest.mark.parametrize("modes", [{}, {"tracking": "core"}, {"tracking": "wc-shipment-tracking/v3"}])
async def test_shipping_twice_tells_once_and_reads_back_once(order: str, twin: Twin, connection: Connection) -> None:
    await shipping.ship(connection, order, PARCEL)
    before = len(writes(twin))
    await shipping.ship(connection, order, PARCEL)

    read = await channel.pull_one(connection, RecordKind.ORDER, order)
    assert writes(twin)[before:] == []
    assert [it["tracking_number"] for it in read.record["shipments"]] == ["EX-42"]


async def test_a_part_of_an_order_does_not_complete_it(order: str, twin: Twin, connection: Connection) -> None:
    line = str(twin.state.orders[int(order)]["line_items"][0]["id"])
    part = Shipment(carrier="Example Post", tracking_number="EX-44", lines={line: 1})

    await shipping.ship(connection, order, part)

    assert twin.state.orders[int(order)]["status"] == "processing"


@pytest.mark.parametrize("modes", [{"tracking": "core"}])
async def test_a_line_that_the_order_has_not_is_refused(order: str, twin: Twin, connection: Connection) -> None:
    wrong = Shipment(carrier="Example Post", tracking_number="EX-45", lines={"1": 1})

    with pytest.raises(Rejected):
        await shipping.ship(connection, order, wrong)

    assert writes(twin) == []


async def test_a_cancelled_order_is_not_shipped(order: str, twin: Twin, connection: Connection) -> None:
    await twin.state.change_order(order, status="cancelled")

    with pytest.raises(Rejected) as caught:
        await shipping.ship(connection, order, PARCEL)

    assert caught.value.code == "order_closed"
    assert writes(twin) == []


async def test_an_unknown_order_is_not_found(connection: Connection) -> None:
    with pytest.raises(NotFound):
        await shipping.ship(connection, "999", PARCEL)


async def test_an_order_completed_by_hand_is_only_told_of(order: str, twin: Twin, connection: Connection) -> None:
    await twin.state.change_order(order, status="completed")

    await shipping.ship(connection, order, PARCEL)

    updates = [json.loads(it.body) for it in twin.requests if it.method == "PUT"]
    assert [it.keys() for it in updates] == [{"meta_data"}]
