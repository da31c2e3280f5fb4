"""What a suggestion cost: its question's tokens and price, counted once however many suggestions it gave."""

from __future__ import annotations

from decimal import Decimal

from core.model.corrections import Mode
from core.store.listings import issues as issues_listing
from core.store.listings import model_calls as listing
from core.store.tables import Issue

PRICES = {"input_price": 2.5, "output_price": 10.0, "currency": "EUR"}
COST = Decimal("0.002150")
"""700 tokens in, 40 out, as the server says."""
FROM_TYPE = {"kind": "program", "program": [{"copy_field": {"field": "product_type"}}], "value": None, "evidence": []}
VALUE = {"kind": "value", "program": [], "value": "Alder", "evidence": [{"field": "title", "quote": "Alder"}]}


async def unbranded(desk, titles, **fields):
    for number, title in enumerate(titles):
        desk.shop.put(f"P{number}", title=title, gtin="4006381333931", brand="", **fields)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    rows = await Issue.select(Issue.id).where((Issue.field == "brand") & (Issue.state == "open"))
    return [await issues_listing.one(None, row["id"]) for row in rows]


async def test_one_question_that_serves_many_is_the_cost_of_each_and_spent_once(asking, server, merchant):
    server.says = FROM_TYPE
    desk = asking(**PRICES)

    views = await unbranded(desk, [f"Enamel kettle {number} l" for number in range(5)], product_type="Birch")

    costs = [view.suggestions[0].cost for view in views]
    [call] = (await listing.calls(merchant)).items
    [day] = await listing.spending(merchant, "2026-01-01")
    assert {(cost.call, cost.amount, cost.currency) for cost in costs} == {(call.id, COST, "EUR")}
    assert call.suggestions == 5
    assert (day.calls, day.tokens, day.cost) == (1, 740, COST)


async def test_an_answer_from_memory_costs_nothing_more(asking, server, merchant):
    server.says = VALUE
    desk = asking(**PRICES)

    views = await unbranded(desk, ["Alder kettle, blue"] * 4)

    assert len({view.suggestions[0].cost.call for view in views}) == 1
    assert [day.calls for day in await listing.spending(merchant, "2026-01-01")] == [len(server.asked)] == [1]


async def test_without_a_price_tokens_are_known_and_the_cost_is_not(asking, server, merchant):
    server.says = VALUE

    [view] = await unbranded(asking(), ["Alder kettle"])

    [day] = await listing.spending(merchant, "2026-01-01")
    assert view.suggestions[0].cost.amount is None
    assert view.suggestions[0].cost.input_tokens == 700
    assert (day.tokens, day.cost, day.currency) == (740, None, None)


async def test_what_no_model_was_asked_for_cost_nothing(desk):
    desk.spaced(1)
    await desk.pull(await desk.connect(Mode.SUGGEST))

    view = await issues_listing.one(None, (await desk.open())[0])

    assert view.suggestions[0].cost is None
