"""The sample of what corrected itself: shown with its change, confirmed or said to be wrong, by forms alone."""

from __future__ import annotations

import uuid

import pytest

from core.store.listings import issues as issues_listing
from core.store.tables import Application, AutoCorrectionRule

JSON = {"accept": "application/json"}


@pytest.fixture
async def application(reviewer, shop, products):
    """Return the id of a verified application that the machine made and that was drawn."""
    (issue,) = await shop.keep(*products([{"price": "10"}]))
    told = await reviewer.post(f"/issues/{issue}/approve", data={"csrf": reviewer.csrf}, headers=JSON)
    found = told.json()["application_id"]
    pattern = (await issues_listing.one(shop.merchant, issue)).pattern.pattern_id
    row = await AutoCorrectionRule.select().where(AutoCorrectionRule.pattern_id == uuid.UUID(pattern)).first()
    values = {
        Application.state: "verified", Application.is_automatic: True, Application.is_sampled: True,
        Application.auto_rule: row["auto_rule_id"], Application.decision: None,
    }  # fmt: skip
    await Application.update(values).where(Application.id == found)
    await shop.keep(*products([{"price": "10.00"}]))
    return found


async def row_of(application):
    """Return an application's row."""
    return await Application.select().where(Application.id == application).first()


async def test_an_empty_list_says_what_it_is_for(reviewer):
    page = await reviewer.get("/checks")

    assert "Nothing to check" in page.text


async def test_the_queue_asks_for_checks_and_the_list_shows_the_change(reviewer, application):
    queue = await reviewer.get("/review")
    page = await reviewer.get("/checks")

    assert 'href="/checks"' in queue.text
    assert f'data-application-id="{application}"' in page.text
    assert 'aria-label="Change of price"' in page.text
    assert page.text.count(f'action="/applications/{application}/check"') == 2


async def test_a_confirmation_takes_it_off_the_list(reviewer, application):
    answer = await reviewer.send_form(f"/applications/{application}/check", verdict="confirmed", back="/checks")

    assert (answer.status_code, answer.headers["location"]) == (303, "/checks")
    assert (await row_of(application))["audit_verdict"] == "confirmed"
    assert "Nothing to check" in (await reviewer.get("/checks")).text
    assert 'href="/checks"' not in (await reviewer.get("/review")).text


async def test_a_wrong_one_is_undone(reviewer, application):
    await reviewer.send_form(f"/applications/{application}/check", verdict="wrong", back="/checks")

    row = await row_of(application)
    assert (row["audit_verdict"], row["state"]) == ("wrong", "undoing")


async def test_a_wrong_one_that_was_edited_since_leads_to_its_three_versions(reviewer, shop, products, application):
    await shop.keep(*products([{"price": "99"}]))

    answer = await reviewer.send_form(f"/applications/{application}/check", verdict="wrong", back="/checks")

    assert answer.headers["location"] == f"/applications/{application}/conflict"
    assert (await row_of(application))["state"] == "verified"


async def test_a_verdict_that_cannot_be_read_is_refused(reviewer, application):
    answer = await reviewer.send_form(f"/applications/{application}/check", verdict="maybe")

    assert answer.status_code == 400
