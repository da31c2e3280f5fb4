"""Applications with undo, and the three versions where a record was edited since."""

from __future__ import annotations

import re

import pytest

from core.store.listings import issues as issues_listing
from core.store.tables import Application

JSON = {"accept": "application/json"}


@pytest.fixture
async def application(reviewer, shop, products):
    """Return the id of a verified application that the machine made."""
    (issue,) = await shop.keep(*products([{"price": "10"}]))
    told = await reviewer.post(f"/issues/{issue}/approve", data={"csrf": reviewer.csrf}, headers=JSON)
    found = told.json()["application_id"]
    values = {Application.state: "verified", Application.is_automatic: True}
    await Application.update(values).where(Application.id == found)
    return found


async def state_of(application):
    """Return the state of an application."""
    return (await Application.select(Application.state).where(Application.id == application).first())["state"]


async def test_an_empty_list_says_how_it_fills(reviewer):
    page = await reviewer.get("/auto-corrected")

    assert "Nothing corrected by itself yet" in page.text


async def test_what_the_machine_did_is_listed_with_undo(reviewer, application):
    page = await reviewer.get("/auto-corrected")

    assert f'data-application-id="{application}" data-state="verified"' in page.text
    assert f'action="/applications/{application}/undo"' in page.text


async def test_filters_leave_out_the_others(reviewer, application):
    page = await reviewer.get("/auto-corrected?state=failed")

    assert "data-application-id" not in page.text


async def test_an_edited_record_is_shown_in_three_versions(reviewer, shop, products, application):
    await shop.keep(*products([{"price": "99"}]))

    page = await reviewer.send_form(f"/applications/{application}/undo", back="/auto-corrected")

    assert page.status_code == 409
    figures = re.findall(r"<figure>(.*?)</figure>", page.text, re.DOTALL)
    shown = [re.sub(r"<[^>]+>|\s+", "", figure) for figure in figures]
    assert shown == ["Beforethecorrectionprice−10", "Whatwewroteprice+10.00", "Therenowprice·99"]
    assert await state_of(application) == "verified"


async def test_the_earlier_value_is_put_back_when_a_person_insists(reviewer, shop, products, application):
    await shop.keep(*products([{"price": "99"}]))

    answer = await reviewer.send_form(f"/applications/{application}/undo", back="/auto-corrected", force="1")

    assert answer.status_code == 303
    assert await state_of(application) == "undoing"


async def test_taking_back_a_decision_on_an_edited_record_asks_too(reviewer, shop, products, application):
    await shop.keep(*products([{"price": "99"}]))
    row = await Application.select(Application.decision, Application.issue).where(Application.id == application).first()

    page = await reviewer.send_form(f"/decisions/{row['decision']}/undo")

    assert page.status_code == 409
    assert f'action="/applications/{application}/undo"' in page.text
    assert (await issues_listing.one(shop.merchant, row["issue"])).applications
