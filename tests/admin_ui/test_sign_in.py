"""Signing in and out, and what strangers see."""

from __future__ import annotations

import re

import pytest

from core import people

PASSWORD = "correct horse battery"


@pytest.fixture
async def jo(shop):
    """Return the id of a reviewer who is not signed in."""
    return await people.create_user("jo", PASSWORD, "reviewer", shop.merchant)


async def fill(browser, **fields):
    """Load the sign-in form and send it with its token."""
    page = await browser.get("/sign-in")
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
    return await browser.post("/sign-in", data={"csrf": token, "next": "/review", **fields})


async def test_a_stranger_is_led_to_the_sign_in_page_and_back(stranger):
    answer = await stranger.get("/knowledge?phase=automatic")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fknowledge%3Fphase%3Dautomatic"


async def test_a_script_without_a_session_is_told(stranger):
    answer = await stranger.post("/issues/1/approve", headers={"accept": "application/json"})

    assert answer.status_code == 401
    assert answer.json()["code"] == "signed_out"


async def test_name_and_password_open_a_session(stranger, jo):
    answer = await fill(stranger, name="jo", password=PASSWORD, next="/history")
    page = await stranger.get("/history")

    assert (answer.status_code, answer.headers["location"]) == (303, "/history")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert page.status_code == 200


async def test_a_wrong_password_is_told_without_saying_which_was_wrong(stranger, jo):
    wrong = await fill(stranger, name="jo", password="not this one")
    nobody = await fill(stranger, name="nobody", password="not this one")

    assert wrong.status_code == nobody.status_code == 403
    assert "Name and password do not fit together." in wrong.text
    assert "Name and password do not fit together." in nobody.text
    assert "not this one" not in wrong.text


async def test_the_form_needs_its_token(stranger, jo):
    answer = await stranger.post("/sign-in", data={"name": "jo", "password": PASSWORD, "csrf": "guessed"})

    assert answer.status_code == 403
    assert people.COOKIE not in stranger.cookies


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "/x\r\nset-cookie: a=b"]
)
async def test_signing_in_leads_nowhere_else(stranger, jo, wanted):
    answer = await fill(stranger, name="jo", password=PASSWORD, next=wanted)

    assert answer.headers["location"] == "/review"


async def test_a_one_time_link_works_once(stranger, jo):
    link = f"/sign-in?token={await people.one_time_token(jo)}"

    first = await stranger.get(link)
    stranger.cookies.clear()
    second = await stranger.get(link)

    assert (first.status_code, first.headers["location"]) == (303, "/review")
    assert second.status_code == 403
    assert "used already" in second.text


async def test_signing_out_ends_the_session_itself(reviewer):
    token = reviewer.cookies[people.COOKIE]

    answer = await reviewer.send_form("/sign-out")

    assert answer.headers["location"] == "/sign-in"
    assert await people.by_token(token) is None


async def test_a_disabled_person_is_out_at_once(reviewer):
    signed = await people.by_token(reviewer.cookies[people.COOKIE])
    await people.set_active(signed.actor.user, is_active=False)

    answer = await reviewer.get("/review")

    assert answer.status_code == 303


async def test_a_programs_token_opens_no_page(reviewer):
    signed = await people.by_token(reviewer.cookies[people.COOKIE])
    reviewer.cookies.set(people.COOKIE, await people.create_api_token(signed.actor.user, "script"))

    answer = await reviewer.get("/review")

    assert answer.status_code == 303
