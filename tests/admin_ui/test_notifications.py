"""Each sets how they are told; admins set the endpoints, and those of the installation the mail server."""

from __future__ import annotations

import dataclasses
import re

import pytest
from litestar import Litestar

from core.mail import MailServer, Security
from core.notifications import server
from core.store import mail_servers, recipients
from core.store.tables import AuditEntry, Recipient, Subscription

HERE = "/settings/notifications"


@pytest.fixture
async def posted(mail_room, app: Litestar, context):
    """Return a mail server that the installation's settings name."""
    async with mail_room() as room:
        server = MailServer(host="127.0.0.1", port=room.port, security=Security.NONE, sender="m@shop.example")
        app.state["context"] = dataclasses.replace(context, mail=server)
        yield room


async def test_an_address_is_confirmed_by_the_link_that_it_is_sent(reviewer, stranger, posted):
    saved = await reviewer.send_form(HERE, address="ann@shop.example", trouble="at_once", corrections="daily", hour="7")
    link = re.search(r"http://127\.0\.0\.1:1(/notifications/confirm/\S+)", posted.part("plain"))
    assert link is not None
    waits = await reviewer.get(HERE)
    opened = await reviewer.get(link[1])
    still = await recipients.by_token(link[1].rpartition("/")[2])

    confirmed = await reviewer.post(link[1])

    row = await recipients.by_token(link[1].rpartition("/")[2])
    assert saved.status_code == 303
    assert "Waits for your confirmation" in waits.text
    assert "ann@shop.example" in opened.text
    assert still is not None
    assert still.confirmed_at is None
    assert "is confirmed" in confirmed.text
    assert row is not None
    assert row.confirmed_at is not None
    assert "Confirmed" in (await reviewer.get(HERE)).text
    assert {(one["about"], one["frequency"], one["hour"]) for one in await Subscription.select()} == {
        ("trouble", "at_once", 7),
        ("corrections", "daily", 7),
    }


async def test_another_address_is_confirmed_anew_and_the_old_link_ends(reviewer, posted):
    await reviewer.send_form(HERE, address="ann@shop.example", trouble="daily", corrections="off", hour="7")
    old = (await Recipient.select().first())["token"]
    await reviewer.post(f"/notifications/confirm/{old}")

    await reviewer.send_form(HERE, address="bob@shop.example", trouble="daily", corrections="off", hour="7")

    row = await Recipient.select().first()
    assert (row["address"], row["confirmed_at"]) == ("bob@shop.example", None)
    assert (await reviewer.get(f"/unsubscribe/{old}")).status_code == 404


async def test_a_link_in_a_mail_ends_digests_without_a_session_and_only_when_its_button_is_pressed(reviewer, posted):
    await reviewer.send_form(HERE, address="ann@shop.example", trouble="daily", corrections="daily", hour="7")
    token = (await Recipient.select().first())["token"]
    reviewer.cookies.clear()

    shown = await reviewer.get(f"/unsubscribe/{token}")
    before = {one["frequency"] for one in await Subscription.select()}
    ended = await reviewer.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})

    assert "Unsubscribe" in shown.text
    assert before == {"daily"}
    assert ended.status_code == 200
    assert {one["frequency"] for one in await Subscription.select()} == {"off"}


async def test_an_empty_address_ends_everything(reviewer, posted):
    await reviewer.send_form(HERE, address="ann@shop.example", trouble="daily", corrections="off", hour="7")

    await reviewer.send_form(HERE, address="", trouble="daily", corrections="off", hour="7")

    assert await Recipient.count() == 0


@pytest.mark.parametrize("address", ["ann", "ann@shop.example\r\nBcc: x@y.example", "a@b.example, c@d.example"])
async def test_what_is_no_address_is_refused_in_words(reviewer, posted, address):
    await reviewer.send_form(HERE, address=address, trouble="daily", corrections="off", hour="7")

    assert "This is no e-mail address" in (await reviewer.get(HERE)).text
    assert await Recipient.count() == 0
    assert posted.letters == []


async def test_nobody_has_strangers_written_to_again_and_again(reviewer, posted):
    for number in range(8):
        await reviewer.send_form(HERE, address=f"x{number}@shop.example", trouble="daily", corrections="off", hour="7")

    assert len(posted.letters) == 5
    assert "Too many confirmations" in (await reviewer.get(HERE)).text


async def test_a_test_says_what_is_wrong(reviewer, posted):
    await reviewer.send_form(HERE, address="ann@shop.example", trouble="daily", corrections="off", hour="7")
    await reviewer.post(f"/notifications/confirm/{(await Recipient.select().first())['token']}")
    await reviewer.send_form(f"{HERE}/test")
    sent = posted.letters[-1]["Subject"]
    posted.recipient = ["550 5.1.1 no such user"]

    await reviewer.send_form(f"{HERE}/test")

    assert sent == "Marketwright: a test"
    assert "550: 5.1.1 no such user" in (await reviewer.get(HERE)).text


async def test_without_a_mail_server_saving_says_what_is_missing_and_keeps_the_wish(reviewer):
    await reviewer.send_form(HERE, address="ann@shop.example", trouble="daily", corrections="off", hour="7")

    page = await reviewer.get(HERE)

    assert "There is no mail server yet" in page.text
    assert await Recipient.count() == 1


async def test_an_endpoint_is_added_its_secret_shown_once_tested_and_removed(admin, receiver):
    added = await admin.send_form(f"{HERE}/endpoints", url=receiver.url, trouble="hourly", corrections="off", hour="6")
    [secret] = re.findall(r"whsec_[A-Za-z0-9+/=]+", added.text)
    row = await Recipient.select().first()
    path = f"{HERE}/endpoints/{row['id']}"
    later = await admin.get(HERE)

    await admin.send_form(path, act="test")
    tested = await admin.get(HERE)
    renewed = await admin.send_form(path, act="secret")
    await admin.send_form(path, act="remove")

    assert secret not in later.text + str(row) + str(await AuditEntry.select())
    assert "The endpoint took a ping." in tested.text
    assert receiver.got[0][0]["webhook-signature"].startswith("v1,")
    assert "whsec_" in renewed.text
    assert secret not in renewed.text
    assert await Recipient.count() == 0


async def test_an_endpoint_that_cannot_be_is_refused_in_words(admin):
    page = await admin.send_form(
        f"{HERE}/endpoints", url="https://169.254.169.254/", trouble="off", corrections="off", hour="6"
    )

    assert page.status_code == 400
    assert "private, local or reserved" in page.text


async def test_reviewers_set_no_endpoints_and_neighbours_see_none(enter, receiver, neighbour):
    admin = await enter("admin")
    await admin.send_form(f"{HERE}/endpoints", url=receiver.url, trouble="off", corrections="off", hour="6")
    row = await Recipient.select().first()
    fields = {"trouble": "off", "corrections": "off", "hour": "6", "url": receiver.url}

    reviewer = await enter("reviewer")
    assert (await reviewer.send_form(f"{HERE}/endpoints", **fields)).status_code == 403
    assert (await reviewer.send_form(f"{HERE}/endpoints/{row['id']}", act="remove")).status_code == 403
    assert receiver.url not in (await reviewer.get(HERE)).text

    other = await enter("admin", neighbour.merchant)
    assert (await other.send_form(f"{HERE}/endpoints/{row['id']}", act="remove")).status_code == 404
    assert receiver.url not in (await other.get(HERE)).text
    assert await Recipient.count() == 1


async def test_an_admin_of_the_installation_enters_the_mail_server_whose_password_is_never_shown(enter, mail_room):
    root = await enter("admin", None)
    async with mail_room() as room:
        fields = {
            "host": "127.0.0.1", "port": str(room.port), "security": "none", "sender": "m@shop.example",
            "username": "m", "password": "mail-canary-0123456789",
        }  # fmt: skip
        await root.send_form(f"{HERE}/mail", **fields)
        shown = await root.get(HERE)
        await root.send_form(f"{HERE}/mail", **(fields | {"password": ""}))
        sealed = await mail_servers.get()

        await root.send_form(f"{HERE}/mail", act="test", to="ann@shop.example")
        tested = await root.get(HERE)

    assert "mail-canary" not in shown.text + str(sealed) + str(await AuditEntry.select())
    assert "set; leave empty to keep it" in shown.text
    assert "127.0.0.1" in tested.text


async def test_a_password_does_not_follow_to_another_host(enter, context):
    root = await enter("admin", None)
    fields = {"host": "mail.shop.example", "port": "587", "security": "starttls", "sender": "m@shop.example"}
    await root.send_form(f"{HERE}/mail", **fields, username="m", password="mail-canary-0123456789")

    await root.send_form(f"{HERE}/mail", **(fields | {"host": "evil.example"}), username="m", password="")

    found = await server.in_use(context)
    assert found is not None
    assert (found.host, found.password) == ("evil.example", None)


async def test_a_merchants_admin_does_not_touch_the_mail_server(admin):
    answer = await admin.send_form(
        f"{HERE}/mail", host="evil.example", port="25", security="none", sender="m@x.example"
    )

    assert answer.status_code == 303
    assert await mail_servers.get() is None
    assert 'id="mail"' not in (await admin.get(HERE)).text
