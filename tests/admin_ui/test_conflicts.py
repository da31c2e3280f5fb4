"""A correction and an edit in three versions on a page of its own, and the choices by forms alone."""

from __future__ import annotations

import pytest

from core.store.tables import Application

JSON = {"accept": "application/json"}


@pytest.fixture
async def application(reviewer, shop, products):
    """Return the id of a verified application whose record was edited since."""
    (issue,) = await shop.keep(*products([{"price": "10"}]))
    told = await reviewer.post(f"/issues/{issue}/approve", data={"csrf": reviewer.csrf}, headers=JSON)
    found = told.json()["application_id"]
    await Application.update({Application.state: "verified"}).where(Application.id == found)
    await shop.keep(*products([{"price": "99.00"}]))
    return found


async def test_the_three_versions_have_an_address_of_their_own(reviewer, application):
    page = await reviewer.get(f"/applications/{application}/conflict?back=/undos/3")

    assert page.status_code == 200
    assert [text in page.text for text in ("Before the correction", "What we wrote", "There now")] == [True] * 3
    for action in ("keep-theirs", "put-ours-back", "undo"):
        assert f'action="/applications/{application}/{action}"' in page.text
    assert 'value="/undos/3"' in page.text


async def test_keeping_theirs_changes_nothing(reviewer, application):
    answer = await reviewer.send_form(f"/applications/{application}/keep-theirs", back="/auto-corrected")

    assert answer.headers["location"] == "/auto-corrected"
    assert await Application.count() == 1


async def test_ours_is_put_back_as_a_correction_of_its_own(reviewer, application):
    answer = await reviewer.send_form(f"/applications/{application}/put-ours-back", back="/auto-corrected")

    made = await Application.select().where(Application.id != application).first()
    assert answer.status_code == 303
    assert (made["state"], made["is_automatic"], made["asked_by"]) == ("pending", False, "reviewer-1")
    assert '"before":"99.00"' in made["changes"]


async def test_where_nothing_was_edited_there_is_no_choice_but_undo(reviewer, shop, products, application):
    await shop.keep(*products([{"price": "10.00"}]))

    page = await reviewer.get(f"/applications/{application}/conflict")

    assert "No edit stands against it" in page.text
    assert "put-ours-back" not in page.text


async def test_another_merchants_is_not_there(enter, neighbour, application):
    stranger = await enter("admin", neighbour.merchant)

    page = await stranger.get(f"/applications/{application}/conflict")

    assert page.status_code == 404
