"""Orders have issues, and no correction of one is ever written to the product that has its id."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from core.channel import Connection, Page, StockLevel
from core.context import Context
from core.errors import Refused, Rejected
from core.jobs import keep
from core.model.corrections import ApplicationState, Change, Mode, Safety, Source
from core.model.records import RecordKind, SourceRecord
from core.review import modify, reject
from core.store import applications, connections, issues, suggestions
from core.store.engine import transaction
from core.store.rows import from_json
from core.store.tables import Alert, Application, AuditEntry, CorrectionDecision, Issue, Record
from core.suggest.proposal import Proposal

ORDER = {
    "external_id": "P1",
    "currency": "EUR",
    "total": "10.00",
    "lines": [{"sku": "KTL-1", "title": "Enamel kettle", "quantity": 1, "unit_price": "10.00"}],
    "shipping_address": {"line1": "Beispielweg 1", "city": "Musterstadt", "postal_code": "12345", "country": "de"},
}


@pytest.fixture
def with_orders(house: Context, shop: Any) -> Context:
    """Return the installation, its shop having one order with the id of a product."""

    async def pull(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        yield Page(
            records=(SourceRecord(kind=RecordKind.ORDER, external_id="P1", version=1, record=ORDER, raw=ORDER),),
            cursor={},
        )

    shop.put("P1")
    house.registry.by_name["acme"] = dataclasses.replace(house.registry.by_name["acme"], pull_orders=pull)
    return house


async def order_issue(house: Context, queue: Any, connection: int) -> int:
    """Pull the order and return its issue."""
    await queue.enqueue("sync_connection", connection)
    await queue.run(house)
    row = await Issue.select(Issue.id).where(Issue.rule == "order.address.country").first()
    assert row is not None
    return int(row["id"])


async def test_a_change_of_an_order_is_refused_and_never_reaches_a_product(with_orders, queue, shop, connect, reviewer):
    issue_id = await order_issue(with_orders, queue, await connect(Mode.SUGGEST))

    with pytest.raises(Refused, match="takes no such change of an order"):
        await modify(with_orders, reviewer, issue_id, value="DE")
    await queue.run(with_orders)

    assert shop.pushes == []
    assert await Application.count() == 0


async def test_nothing_is_proposed_that_could_not_be_applied(with_orders, queue, shop, connect, reviewer):
    issue_id = await order_issue(with_orders, queue, await connect(Mode.SUGGEST))

    offered = await suggestions.of_issue(issue_id)

    assert offered == []


async def test_a_decision_on_an_order_keeps_no_value_of_it(with_orders, queue, shop, connect, reviewer):
    issue_id = await order_issue(with_orders, queue, await connect(Mode.SUGGEST))
    change = Change(field="shipping_address.country", before="de", after="DE")
    proposal = Proposal(
        source=Source.BUILTIN, program=({"change_case": {"to": "upper"}},), program_hash="h" * 64, changes=(change,),
        confidence=0.6, evidence=(), safety=Safety.REVIEW,
    )  # fmt: skip
    await suggestions.replace({issue_id: [proposal]}, with_orders.clock())

    await reject(with_orders, reviewer, issue_id)

    decision = await CorrectionDecision.select().first()
    assert from_json(decision["issue_data"])["actual"] is None
    assert from_json(decision["ai_suggestion"])["changes"] == []
    assert not any(value == "de" for row in await AuditEntry.select() for value in from_json(row["detail"]).values())


async def test_a_stock_level_is_set_by_the_function_for_stock(desk):
    levels = [SourceRecord(kind=RecordKind.STOCK, external_id="S1", version=1, record={"sku": "KTL-1", "quantity": -3})]
    pushed: list[StockLevel] = []

    async def pull(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        yield Page(records=tuple(levels), cursor={})

    async def push(connection: Connection, wanted: Any) -> None:
        pushed.extend(wanted)
        levels[0] = SourceRecord(
            kind=RecordKind.STOCK, external_id="S1", version=2, record={"sku": "KTL-1", "quantity": wanted[0].quantity}
        )

    async def pull_one(connection: Connection, kind: RecordKind, external_id: str) -> SourceRecord:
        return levels[0]

    desk.replace(pull_stock=pull, push_stock=push, pull_one=pull_one)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    issue = await Issue.select(Issue.id).where(Issue.field == "quantity").first()

    decided = await modify(desk.house, desk.reviewer, issue["id"], value=0)
    await desk.run()

    assert [(level.external_id, level.quantity, level.expected) for level in pushed] == [("S1", 0, -3)]
    assert desk.shop.pushes == []
    assert (await applications.get(decided.application_id)).state is ApplicationState.VERIFIED


async def test_an_order_that_is_gone_leaves_nobody_behind(with_orders, queue, shop, connect, reviewer):
    connection = await connect(Mode.SUGGEST)
    issue_id = await order_issue(with_orders, queue, connection)
    row = await connections.get(connection)
    gone = SourceRecord(kind=RecordKind.ORDER, external_id="P1", version=2, deleted=True)

    async with transaction():
        await keep.write(row, await keep.check(with_orders, row, [gone]), with_orders.clock())

    stored = await Record.select().where(Record.kind == RecordKind.ORDER).first()
    assert "Beispielweg" not in stored["record"] + stored["payload"]
    assert from_json(stored["record"])["total"] == "10.00"
    assert (await issues.get(issue_id)).actual is None


async def test_what_a_platform_says_is_told_without_the_person_it_names(desk):
    application_id = await desk.approved()
    desk.shop.failures = [Rejected("ann@example.org has no such product.")]

    await desk.run()

    told = await Alert.select(Alert.message).first()
    stored = await Application.select(Application.error).where(Application.id == application_id).first()
    assert "example.org" not in told["message"] + stored["error"]
    assert "has no such product" in told["message"]
