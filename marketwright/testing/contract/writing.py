"""The sentences about pushes: products, stock, shipments."""

from __future__ import annotations

from marketwright import (
    Cancellation,
    Change,
    Connection,
    NotFound,
    Push,
    Pushed,
    RecordKind,
    Shipment,
    SourceRecord,
    StockLevel,
)
from marketwright.testing.contract.opening import Opening, differences, first_page, needed, pages, records_of


class WritingContract(Opening):
    """A channel writes the changed fields and nothing else, and reads back what was stored."""

    async def test_a_push_changes_only_what_was_to_be_changed(self) -> None:
        """After a push one field differs, and a fresh read says the same as the answer of the push."""
        needed(self.channel.push_product, "push_product")
        async with self.opened() as (_, connection):
            before = await self._product(connection)
            change = self.change(before)
            pushed = await self._push(connection, before, change)
            fresh = await self.channel.pull_one(connection, RecordKind.PRODUCT, before.external_id)

        changed = differences(before.record, fresh.record) - self.follows_write
        assert changed == {change.field.partition(".")[0]}, f"the push changed these fields: {sorted(changed)}"
        assert pushed.record.record == fresh.record, "Pushed.record is not what the channel stored"
        assert fresh.version >= before.version, "a write of ours must not make the version older"
        assert pushed.record.version == fresh.version, "Pushed.record.version is that of our own write"

    async def test_a_push_leaves_other_products_alone(self) -> None:
        """No other product differs after a push."""
        needed(self.channel.push_product, "push_product")
        async with self.opened() as (_, connection):
            before = records_of(await pages(self.channel.pull_products, connection))
            await self._push(connection, before[0], self.change(before[0]))
            after = records_of(await pages(self.channel.pull_products, connection))

        unchanged = {source.external_id: source.record for source in after}
        others = [it.external_id for it in before[1:] if unchanged.get(it.external_id) != it.record]
        assert not others, f"the push changed other products: {others[:5]}"

    async def test_pushing_back_undoes(self) -> None:
        """The value of before, pushed again, restores the record."""
        needed(self.channel.push_product, "push_product")
        async with self.opened() as (_, connection):
            before = await self._product(connection)
            change = self.change(before)
            pushed = await self._push(connection, before, change)
            back = Change(field=change.field, before=change.after, after=change.before)
            undone = await self._push(connection, pushed.record, back)

        left = differences(before.record, undone.record.record) - self.follows_write
        assert not left, f"these fields are not as before: {sorted(left)}"

    async def test_pushing_twice_does_no_harm(self) -> None:
        """A job may run twice: the second push stores the same."""
        needed(self.channel.push_product, "push_product")
        async with self.opened() as (_, connection):
            before = await self._product(connection)
            first = await self._push(connection, before, self.change(before))
            second = await self._push(connection, before, self.change(before))

        changed = differences(first.record.record, second.record.record) - self.follows_write
        assert not changed, f"the second push changed these fields: {sorted(changed)}"

    async def test_pushing_to_a_product_that_is_gone_is_not_found(self) -> None:
        """A push to an unknown id raises `NotFound`."""
        push = needed(self.channel.push_product, "push_product")
        async with self.opened() as (_, connection):
            source = await self._product(connection)
            wanted = Push(
                external_id=self.missing_id,
                record=source.record,
                raw=source.raw,
                changes=(self.change(source),),
            )
            try:
                await push(connection, wanted)
            except NotFound:
                return
        raise AssertionError("a push to a product that does not exist must raise NotFound")

    async def test_stock_that_was_set_is_read_back(self) -> None:
        """A quantity that was set is what the next pull says."""
        push = needed(self.channel.push_stock, "push_stock")
        pull = needed(self.channel.pull_stock, "pull_stock")
        async with self.opened() as (_, connection):
            known = records_of(await pages(pull, connection))
            before = next(it for it in known if isinstance(it.record.get("quantity"), int))
            wanted = before.record["quantity"] + 7
            level = StockLevel(
                external_id=before.external_id,
                sku=before.record.get("sku"),
                location=before.record.get("location"),
                quantity=wanted,
                expected=before.record["quantity"],
            )
            await push(connection, [level])
            after = records_of(await pages(pull, connection))

        found = [it.record["quantity"] for it in after if _same_level(it, before)]
        assert found == [wanted], f"set {wanted}, read {found}"

    async def test_a_shipped_order_shows_its_tracking_number(self) -> None:
        """An order that was shipped has the shipment when it is read again."""
        ship = needed(self.channel.ship_order, "ship_order")
        pull = needed(self.channel.pull_orders, "pull_orders")
        parcel = Shipment(carrier="Example Post", tracking_number="EXAMPLE-424242")
        async with self.opened() as (_, connection):
            known = records_of(await pages(pull, connection))
            order = next(it for it in known if self.can_be_shipped(it))
            await ship(connection, order.external_id, parcel)
            fresh = await self.channel.pull_one(connection, RecordKind.ORDER, order.external_id)

        numbers = [it.get("tracking_number") for it in fresh.record.get("shipments") or []]
        assert parcel.tracking_number in numbers, f"the order shows these tracking numbers: {numbers}"

    async def test_shipping_twice_tells_one_parcel(self) -> None:
        """A job may run twice: the same tracking number makes one shipment."""
        ship = needed(self.channel.ship_order, "ship_order")
        parcel = Shipment(carrier="Example Post", tracking_number="EXAMPLE-434343")
        async with self.opened() as (_, connection):
            order = await self._order_to_send(connection)
            await ship(connection, order.external_id, parcel)
            await ship(connection, order.external_id, parcel)
            fresh = await self.channel.pull_one(connection, RecordKind.ORDER, order.external_id)

        numbers = [it.get("tracking_number") for it in fresh.record.get("shipments") or []]
        assert numbers.count(parcel.tracking_number) == 1, f"the order shows these tracking numbers: {numbers}"

    async def test_a_cancelled_order_says_so(self) -> None:
        """An order that was cancelled is cancelled when it is read again, and cancelling it twice does no harm."""
        cancel = needed(self.channel.cancel_order, "cancel_order")
        async with self.opened() as (_, connection):
            order = await self._order_to_send(connection)
            for _ in range(2):
                await cancel(connection, order.external_id, Cancellation(reason="Out of stock"))
            fresh = await self.channel.pull_one(connection, RecordKind.ORDER, order.external_id)

        assert self.is_cancelled(fresh), f"the order's status is {fresh.record.get('status')}"

    async def test_cancelling_an_order_that_is_not_there_is_not_found(self) -> None:
        """Cancelling an unknown order raises `NotFound`."""
        cancel = needed(self.channel.cancel_order, "cancel_order")
        async with self.opened() as (_, connection):
            try:
                await cancel(connection, self.missing_id, Cancellation())
            except NotFound:
                return
        raise AssertionError("cancelling an order that does not exist must raise NotFound")

    def is_cancelled(self, order: SourceRecord) -> bool:
        """Say whether an order is cancelled, by the word of the platform."""
        return str(order.record.get("status")).lower() in {"cancelled", "canceled", "voided"}

    async def _order_to_send(self, connection: Connection) -> SourceRecord:
        """Return an order that waits for its parcel."""
        pull = needed(self.channel.pull_orders, "pull_orders")
        return next(it for it in records_of(await pages(pull, connection)) if self.can_be_shipped(it))

    def can_be_shipped(self, order: SourceRecord) -> bool:
        """Say whether an order of the twin waits for its parcel."""
        return order.record.get("status") in {"paid", "processing", "unfulfilled", "open"} and not order.record.get(
            "shipments"
        )

    async def _product(self, connection: Connection) -> SourceRecord:
        """Return the first product of the shop, read afresh."""
        first = await first_page(self.channel.pull_products, connection)
        return await self.channel.pull_one(connection, RecordKind.PRODUCT, first.records[0].external_id)

    async def _push(self, connection: Connection, source: SourceRecord, change: Change) -> Pushed:
        push = needed(self.channel.push_product, "push_product")
        wanted = Push(external_id=source.external_id, record=source.record, raw=source.raw, changes=(change,))
        return await push(connection, wanted)


def _same_level(one: SourceRecord, other: SourceRecord) -> bool:
    return (one.external_id, one.record.get("location")) == (other.external_id, other.record.get("location"))
