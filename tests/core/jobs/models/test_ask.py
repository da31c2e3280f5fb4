"""A model is asked for what nothing cheaper serves, and what it says is proposed only where it is proven."""

from __future__ import annotations

import json

import pytest

from core.model.corrections import Mode, Safety, Source
from core.model.records import RecordKind, SourceRecord
from core.review import approve, reject
from core.store import connections, model_calls, records, suggestions
from core.store.engine import transaction
from core.store.model_calls import CallState
from core.store.records import Stamp
from core.store.tables import Alert, Issue, ModelBudget, ModelCall, Suggestion
from core.suggest.disclosure import may_ask

VALUE = {
    "kind": "value",
    "program": [],
    "value": "Alder",
    "evidence": [{"field": "title", "quote": "Alder"}],
}
FROM_TYPE = {"kind": "program", "program": [{"copy_field": {"field": "product_type"}}], "value": None, "evidence": []}


async def unbranded(desk, count=1, **fields):
    """Put products without a brand into the shop, and return their open issues."""
    for number in range(count):
        plain = {"title": f"Alder enamel kettle {number} l", "gtin": "4006381333931", "brand": ""}
        desk.shop.put(f"P{number}", **plain | fields)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    return await brandless()


async def brandless():
    rows = await Issue.select(Issue.id).where((Issue.field == "brand") & (Issue.state == "open"))
    return sorted(row["id"] for row in rows)


async def test_a_value_with_its_evidence_is_proposed_and_can_be_approved(asking, server, reviewer):
    server.says = VALUE
    desk = asking()
    [issue_id] = await unbranded(desk)

    [offered] = await suggestions.of_issue(issue_id)
    await approve(desk.house, reviewer, issue_id)
    await desk.run()

    assert (offered.source, offered.safety, offered.confidence) == (Source.LLM, Safety.REVIEW, 0.50)
    assert offered.changes[0].after == "Alder"
    assert offered.evidence == ("gpt-4 read it in title: “Alder”.",)
    assert desk.shop.products["P0"][1]["brand"] == "Alder"


async def test_one_call_serves_a_pattern_where_a_program_does(asking, server):
    server.says = FROM_TYPE
    desk = asking()
    found = await unbranded(desk, 30, product_type="Birch")

    offered = [await suggestions.of_issue(issue_id) for issue_id in found]

    assert len(server.asked) == 1
    assert [one[0].changes[0].after for one in offered] == ["Birch"] * 30


async def test_values_are_asked_for_one_record_at_a_time(asking, server):
    server.says = VALUE
    desk = asking()
    found = await unbranded(desk, 3)

    assert len(server.asked) == len(found) == 3
    shown = [json.loads(one["messages"][1]["content"])["record"]["title"] for one in server.asked]
    assert sorted(shown) == [f"Alder enamel kettle {number} l" for number in range(3)]


async def test_records_that_say_the_same_are_asked_about_once(asking, server):
    server.says = VALUE
    desk = asking()
    for number, colour in enumerate(("red", "blue", "blue", "blue")):
        desk.shop.put(f"P{number}", title=f"Alder kettle, {colour}", gtin="4006381333931", brand="")
    await desk.pull(await desk.connect(Mode.SUGGEST))

    offered = [await suggestions.of_issue(issue_id) for issue_id in await brandless()]

    assert len(server.asked) == 2
    assert [len(one) for one in offered] == [1, 1, 1, 1]


async def test_a_model_that_is_away_uses_none_of_the_days_tokens(asking, server, moods):
    server.moods = [moods["status"](500)]

    await unbranded(asking())

    assert (await ModelBudget.select().first())["tokens"] == 0


async def test_a_cause_that_many_records_do_not_explain_is_left_to_people(asking, server):
    desk = asking()

    await unbranded(desk, 30)

    assert len(server.asked) == 20


async def test_nothing_is_asked_where_something_is_proposed_already(asking, server):
    desk = asking()
    for number in range(3):
        desk.shop.put(f"P{number}", title=f"Enamel  kettle {number} l", gtin="4006381333931")

    await desk.pull(await desk.connect(Mode.SUGGEST))

    assert len(await desk.open()) == 3
    assert server.asked == []


async def test_without_a_key_nothing_is_asked(desk, server):
    found = await unbranded(desk)

    assert await suggestions.of_issue(found[0]) == []
    assert server.asked == []


async def test_an_answer_is_remembered(asking, server):
    server.says = VALUE
    desk = asking()
    [issue_id] = await unbranded(desk)

    await desk.job("suggest", issue_id)
    await desk.run()

    assert len(server.asked) == 1
    assert len(await suggestions.of_issue(issue_id)) == 1


async def test_what_a_person_rejected_is_not_proposed_again(asking, server, reviewer):
    server.says = VALUE
    desk = asking()
    [issue_id] = await unbranded(desk)

    await reject(desk.house, reviewer, issue_id)
    await desk.job("suggest", issue_id)
    await desk.run()

    assert await suggestions.of_issue(issue_id) == []


async def test_what_was_sent_is_kept_as_it_was_sent(asking, server):
    server.says = VALUE
    desk = asking()
    [issue_id] = await unbranded(desk, description="Ask jo.doe@shop.example or +33 6 12 34 56 78.")

    [kept] = await model_calls.of_issue(issue_id)

    assert kept.state is CallState.ANSWERED
    assert (kept.input_tokens, kept.output_tokens, kept.attempts) == (700, 40, 1)
    assert kept.request["user"] == server.asked[0]["messages"][1]["content"]
    assert kept.request["system"] == server.asked[0]["messages"][0]["content"]
    assert server.record()["description"] == "Ask [e-mail] or [phone]."
    assert json.loads(kept.answer) == VALUE


async def test_names_on_orders_reach_no_model(asking, server, merchant):
    desk = asking()
    connection = await desk.connect(Mode.SUGGEST)
    order = {"number": "1", "buyer": {"name": "Zoë Quill"}, "shipping_address": {"name": "Abel van Dorn"}}
    source = SourceRecord(kind=RecordKind.ORDER, external_id="O1", version=1, record=order)
    await records.insert(merchant, connection, source, Stamp("acme", ""), desk.house.clock())
    desk.shop.put("P0", brand="", title="Kettle engraved for Zoe Quill, from VAN DORN Abel")

    await desk.pull(connection)

    assert server.record()["title"] == "Kettle engraved for [name], from [name]"


async def test_no_more_is_asked_in_a_day_than_is_set(asking, server):
    desk = asking(daily_calls=2)

    await unbranded(desk, 5)

    assert len(server.asked) == 2
    assert (await ModelBudget.select().first())["calls"] == 2
    assert await Alert.count().where(Alert.subject == "language_model") == 0


@pytest.mark.parametrize("limits", [{"daily_tokens": 100}, {"daily_calls": 0}])
async def test_a_budget_that_is_too_small_for_a_question_sends_none(asking, server, limits):
    desk = asking(**limits)
    await unbranded(desk)

    row = await ModelCall.select().first()

    assert server.asked == []
    assert row["state"] == CallState.POSTPONED


async def test_what_an_answer_used_is_what_the_day_has_spent(asking, server):
    desk = asking()

    await unbranded(desk)

    assert (await ModelBudget.select().first())["tokens"] == 740


async def test_a_model_that_is_away_costs_its_suggestions_only_and_is_told_once(asking, server, moods):
    server.moods = [moods["status"](500)]
    desk = asking()
    desk.spaced(1, start=50)

    found = await unbranded(desk, 3)

    alerts = await Alert.select().where(Alert.subject == "language_model")
    assert len(await suggestions.of_issue((await desk.open())[0])) > 0
    assert [await suggestions.of_issue(one) for one in found] == [[], [], []]
    assert [(one["closed_at"], "without the language model" in one["message"]) for one in alerts] == [(None, True)]


async def test_after_an_outage_it_is_asked_again_and_the_alert_ends(asking, server, moods, chat):
    server.says, server.moods = VALUE, [moods["status"](503)]
    desk = asking()
    [issue_id] = await unbranded(desk)
    chat._turns._resting_until = 0.0
    desk.house.clock.now += desk.house.clock.now - desk.house.clock.now.replace(hour=0)

    await desk.job("sweep_models")
    await desk.run()

    [alert] = await Alert.select().where(Alert.subject == "language_model")
    assert len(await suggestions.of_issue(issue_id)) == 1
    assert alert["closed_at"] is not None
    assert await model_calls.unanswered(desk.house.clock()) == []


async def test_a_wrong_key_is_told_without_the_key(asking, server, moods):
    server.moods = [moods["status"](401)]
    desk = asking()

    await unbranded(desk)

    [alert] = await Alert.select().where(Alert.subject == "language_model")
    assert "ai_monitoring.api_key" in alert["message"]
    assert "sk-" not in alert["message"]


async def test_a_record_that_changed_meanwhile_gets_no_answer_about_what_it_was(asking, server, moods):
    desk = asking()

    async def slowly(request, body):
        await Suggestion.delete(force=True)
        row = await records.by_external_ids(1, RecordKind.PRODUCT, ["P0"])
        source = SourceRecord(kind=RecordKind.PRODUCT, external_id="P0", version=9**9, record={"title": "Birch"})
        await records.overwrite(row["P0"].id, source, Stamp("acme", ""), desk.house.clock())
        return server.answer(VALUE)

    server.moods = [slowly]
    [issue_id] = await unbranded(desk)

    [call] = await model_calls.of_issue(issue_id)
    assert call.state is CallState.ANSWERED
    assert await suggestions.of_issue(issue_id) == []


async def test_no_transaction_is_open_while_a_model_is_asked(asking, server):
    desk = asking()
    wrote = []

    async def write(request, body):
        async with transaction():
            await connections.lock(1)
        wrote.append(True)
        return server.answer(VALUE)

    server.moods = [write]
    await unbranded(desk)

    assert wrote == [True]


@pytest.mark.parametrize(
    "field",
    ["sku", "status", "images.0.url", "variants.0.quantity", "variants.0", "dimensions", "attributes.supplier_email"],
)
async def test_fields_that_are_not_on_the_list_are_not_asked_about(field):
    assert not may_ask(RecordKind.PRODUCT, field)
    assert not may_ask(RecordKind.ORDER, "title")
    assert not may_ask(RecordKind.STOCK, "quantity")
