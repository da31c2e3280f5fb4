"""One issue: its page and the forms that decide on it, without scripts and with them."""

from __future__ import annotations

import re

import pytest

from core.store.listings import issues as issues_listing
from core.store.listings.applications import recent_decisions

JSON = {"accept": "application/json"}


@pytest.fixture
async def issue(shop, products):
    """Return the id of an open issue with a suggestion: a price without decimals."""
    (found,) = await shop.keep(*products([{"price": "10"}]))
    return found


async def state_of(shop, issue):
    """Return the state of an issue."""
    return (await issues_listing.one(shop.merchant, issue)).issue.state


async def test_the_page_shows_message_suggestion_confidence_and_what_is_missing(reviewer, issue):
    page = await reviewer.get(f"/issues/{issue}")

    assert "is not written with 2 decimals" in page.text
    assert re.search(r"<ins>\.00</ins>", page.text)
    assert "threshold .80" in page.text
    assert "Not automatic:" in page.text
    assert 'class="at-fault">price<' in page.text


async def test_the_panel_is_a_fragment_with_its_own_address(reviewer, issue):
    panel = await reviewer.get(f"/issues/{issue}/_panel?view=plain")

    assert panel.status_code == 200
    assert "<html" not in panel.text
    assert f'data-issue-id="{issue}"' in panel.text


async def test_approving_leads_back_and_tells_it(reviewer, shop, issue):
    answer = await reviewer.send_form(f"/issues/{issue}/approve", back="/review?view=plain")
    page = await reviewer.get("/review?view=plain")

    assert (answer.status_code, answer.headers["location"]) == (303, "/review?view=plain")
    assert await state_of(shop, issue) == "correcting"
    assert 'class="notice"' in page.text
    assert "/undo" in page.text


async def test_a_notice_is_told_once(reviewer, issue):
    await reviewer.send_form(f"/issues/{issue}/approve")
    await reviewer.get("/review")

    page = await reviewer.get("/review")

    assert 'class="notice"' not in page.text


async def test_a_script_gets_the_decision_in_json(reviewer, issue):
    answer = await reviewer.post(f"/issues/{issue}/approve", data={"csrf": reviewer.csrf}, headers=JSON)

    told = answer.json()
    assert answer.status_code == 200
    assert told["verdict"] == "approved"
    assert told["undo"] == f"/decisions/{told['decision_id']}/undo"


async def test_a_second_decision_on_the_same_issue_is_refused_with_the_reason(reviewer, issue):
    await reviewer.send_form(f"/issues/{issue}/approve")

    script = await reviewer.post(f"/issues/{issue}/approve", data={"csrf": reviewer.csrf}, headers=JSON)
    form = await reviewer.send_form(f"/issues/{issue}/approve", back="/review")
    page = await reviewer.get("/review")

    assert script.status_code == 409
    assert script.json()["message"]
    assert form.status_code == 303
    assert 'class="notice bad"' in page.text


async def test_rejecting_keeps_the_issue_open(reviewer, shop, issue):
    await reviewer.send_form(f"/issues/{issue}/reject", reason="The price is right")

    assert await state_of(shop, issue) == "open"
    (decision,) = await recent_decisions(shop.merchant, f"reviewer-{shop.merchant}")
    assert decision.reason == "The price is right"


async def test_a_dismissed_issue_can_be_reopened_from_its_page(reviewer, shop, issue):
    dismissed = await reviewer.send_form(f"/issues/{issue}/dismiss")
    page = await reviewer.get(f"/issues/{issue}")
    state = await state_of(shop, issue)

    await reviewer.send_form(f"/issues/{issue}/reopen")

    assert dismissed.status_code == 303
    assert (state, await state_of(shop, issue)) == ("dismissed", "open")
    assert f'action="/issues/{issue}/reopen"' in page.text


async def test_a_preview_shows_what_a_value_teaches_and_keeps_nothing(reviewer, shop, issue):
    answer = await reviewer.send_form(f"/issues/{issue}/preview", value="10.00", shape="text")

    assert "Teaches:" in answer.text
    assert "violates no further rule" in answer.text
    assert ">10.00</textarea>" in answer.text
    assert await state_of(shop, issue) == "open"


async def test_a_preview_says_on_how_many_earlier_corrections_the_program_holds(reviewer, shop, products):
    other, issue = await shop.keep(*products([{"price": "10"}, {"price": "12"}]))
    await reviewer.send_form(f"/issues/{other}/modify", value="10.50", shape="text")

    answer = await reviewer.send_form(f"/issues/{issue}/preview", value="12.00", shape="text")

    assert "1 earlier correction" in answer.text


async def test_a_preview_warns_of_a_value_that_breaks_the_rule(reviewer, issue):
    answer = await reviewer.send_form(f"/issues/{issue}/preview", value="ten", shape="text")

    assert "is not" in answer.text
    assert "violates no further rule" not in answer.text


async def test_a_written_value_is_taken(reviewer, shop, issue):
    await reviewer.send_form(f"/issues/{issue}/modify", value="10.50", shape="text")

    view = await issues_listing.one(shop.merchant, issue)
    assert view.issue.state == "correcting"
    assert view.applications[0].changes[0].after == "10.50"


async def test_structured_values_are_written_as_json_and_other_text_is_refused(reviewer, issue):
    answer = await reviewer.post(
        f"/issues/{issue}/modify", data={"csrf": reviewer.csrf, "value": "{not json", "shape": "json"}, headers=JSON
    )

    assert answer.status_code == 400
    assert "not JSON" in answer.json()["message"]


async def test_a_decision_can_be_taken_back(reviewer, shop, issue):
    told = (await reviewer.post(f"/issues/{issue}/approve", data={"csrf": reviewer.csrf}, headers=JSON)).json()

    answer = await reviewer.send_form(told["undo"], back="/review")

    assert answer.status_code == 303
    assert await state_of(shop, issue) == "open"


async def test_decisions_on_different_causes_follow_each_other(reviewer, shop, products):
    first, second = await shop.keep(*products([{"price": "10"}, {"title": "Wool  throw"}]))

    await reviewer.send_form(f"/issues/{first}/approve")
    await reviewer.send_form(f"/issues/{second}/approve")

    assert [await state_of(shop, one) for one in (first, second)] == ["correcting", "correcting"]


async def test_an_unreadable_suggestion_is_refused(reviewer, issue):
    answer = await reviewer.post(
        f"/issues/{issue}/approve", data={"csrf": reviewer.csrf, "suggestion_id": "1 OR 1"}, headers=JSON
    )

    assert answer.status_code == 400
