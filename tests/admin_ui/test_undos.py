"""Undo of many by plain forms: the list, its progress, and each outcome."""

from __future__ import annotations

import re

import pytest

from core.store.listings import issues as issues_listing
from core.store.tables import Application, AutoCorrectionRule, Undo


@pytest.fixture
async def batch(reviewer, shop, products):
    """Return the handle of four corrections approved together and verified."""
    issues = await shop.keep(*products([{"price": str(number)} for number in (10, 11, 12, 13)]))
    pattern = (await issues_listing.one(shop.merchant, issues[0])).pattern.pattern_id
    page = await reviewer.get(f"/patterns/{pattern}/approve")
    fields = {name: re.search(rf'name="{name}" value="([^"]*)"', page.text)[1] for name in ("issues", "digest")}
    await reviewer.send_form(f"/patterns/{pattern}/approve", **fields, back="/review")
    await Application.update({Application.state: "verified"}, force=True)
    await shop.keep(*products([{"price": f"{number}.00"} for number in (10, 11, 12, 13)]))
    return (await Application.select(Application.batch).first())["batch"]


async def test_a_bulk_approval_offers_one_undo_for_all(reviewer, batch):
    page = await reviewer.get("/review")

    assert "4 corrections approved." in page.text
    assert f'action="/batches/{batch}/undo"' in page.text


async def test_that_undo_takes_all_of_it_back_and_shows_how_far_it_is(reviewer, context, batch):
    answer = await reviewer.send_form(f"/batches/{batch}/undo")
    await context.queue.run(context, "carry_undo")
    page = await reviewer.get(answer.headers["location"])

    assert "Undo of 4 corrections" in page.text
    assert page.headers["refresh"] == "4"
    assert page.text.count('data-state="undoing"') == 4
    assert {row["state"] for row in await Application.select(Application.state)} == {"undoing"}


async def test_a_list_is_shown_before_it_is_undone(reviewer, batch):
    page = await reviewer.get(f"/undos/new?batch={batch}&back=/history")
    fields = {name: re.search(rf'name="{name}" value="([^"]*)"', page.text)[1] for name in ("batch", "last", "digest")}

    answer = await reviewer.send_form("/undos", **fields)

    assert "<strong>4 corrections</strong>" in page.text
    assert 'aria-label="Change of price"' in page.text
    assert re.fullmatch(r"/undos/\d+", answer.headers["location"])
    assert 'data-undo-id="' in (await reviewer.get("/undos")).text


async def test_another_list_than_the_one_shown_is_refused(reviewer, batch):
    answer = await reviewer.send_form("/undos", batch=batch, last="1", digest="0" * 64)

    assert answer.status_code == 409
    assert await Undo.count() == 0


async def test_what_was_edited_since_leads_to_its_three_versions(reviewer, shop, context, products, batch):
    await shop.keep(*products([{"price": "99.00"}]))
    answer = await reviewer.send_form(f"/batches/{batch}/undo")
    await context.queue.run(context, "carry_undo")

    page = await reviewer.get(answer.headers["location"])

    assert "1 edited since" in page.text
    assert re.search(r'href="/applications/\d+/conflict\?back=/undos/1"', page.text)


async def test_everything_that_a_rule_did_is_for_admins(enter, batch):
    admin = await enter("admin")
    rule = (await AutoCorrectionRule.select(AutoCorrectionRule.auto_rule_id).first())["auto_rule_id"]

    page = await admin.get(f"/undos/new?auto_rule={rule}&since=2026-01-01")

    assert "<strong>4 corrections</strong>" in page.text
    assert "The rule is switched off first" in page.text


async def test_a_reviewer_may_not_take_back_everything_that_a_rule_did(reviewer, batch):
    rule = (await AutoCorrectionRule.select(AutoCorrectionRule.auto_rule_id).first())["auto_rule_id"]

    page = await reviewer.get(f"/undos/new?auto_rule={rule}")

    assert page.status_code == 409
    assert "Only an admin" in page.text


async def test_a_date_that_cannot_be_read_is_refused(admin):
    page = await admin.get("/undos/new?auto_rule=x&since=yesterday")

    assert page.status_code == 400


async def test_without_any_the_list_says_what_it_is_for(reviewer):
    assert "Nothing was undone by the batch" in (await reviewer.get("/undos")).text
