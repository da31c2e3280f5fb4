"""People are told what happened: each thing once, never lost, whatever dies on the way."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from core import people
from core.errors import Rejected
from core.jobs.digests import BREATH, HOLD, PATIENCE
from core.mail import MailServer, Security
from core.model.corrections import Mode
from core.model.notices import About, Frequency, RecipientKind
from core.store import alerts, merchants, recipients
from core.store.engine import transaction
from core.store.tables import Alert, Digest, Recipient, ToldAlert
from core.store.tables import Record as RecordTable

START = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


async def subscribed(desk, merchant, about=About.TROUBLE, frequency=Frequency.AT_ONCE, address="ann@shop.example"):
    """Let somebody of a merchant be told, from now on, and return the recipient."""
    name = f"{address}-{merchant}"
    user = await people.create_user(name, "correct horse battery", "admin", merchant)
    now = desk.house.clock()
    async with transaction():
        recipient = await recipients.insert(
            RecipientKind.EMAIL, address, now, merchant=merchant, user=user, confirmed_at=now
        )
        await recipients.subscribe(recipient, about, frequency, 6, now)
    return recipient


@pytest.fixture
async def room(mail_room, desk):
    """Return a mail server that the installation sends through."""
    async with mail_room() as opened:
        server = MailServer(host="127.0.0.1", port=opened.port, security=Security.NONE, sender="m@shop.example")
        desk.house = dataclasses.replace(desk.house, mail=server)
        yield opened


async def tell(desk, later: timedelta = timedelta(0)) -> None:
    """Let some time pass, make the digests that are due, and send them."""
    desk.house.clock.now += later
    await desk.job("prepare_digests")
    await desk.run()


async def warn(desk, merchant, subject="connection:1", message="The key was refused.") -> None:
    await alerts.open_one(merchant, subject, message, desk.house.clock())


async def test_what_was_corrected_by_itself_is_told_once_with_its_cause_and_an_example(desk, room, merchant):
    await subscribed(desk, merchant, About.CORRECTIONS, Frequency.HOURLY)
    await desk.learned()

    await tell(desk)
    early = len(room.letters)
    for _ in range(3):
        await tell(desk, timedelta(hours=1))

    assert early == 0
    assert [one["Subject"] for one in room.letters] == ["Marketwright: 1 correction made by itself"]
    text = room.part("plain")
    assert "CORRECTED BY ITSELF" in text
    assert "http://127.0.0.1:1/issues/" in text
    assert "acme · Main shop" in text


async def test_what_failed_is_told_at_once_and_once_though_an_alert_says_it_too(desk, room, merchant):
    await subscribed(desk, merchant)
    await desk.approved(Mode.APPLY_AND_PUSH)
    desk.shop.failures = [Rejected("The title is too short.")]
    await desk.run()

    await tell(desk)
    await tell(desk, timedelta(days=1))

    assert [one["Subject"] for one in room.letters] == ["Marketwright: 1 correction failed"]
    assert "The title is too short." in room.part("plain")
    assert await ToldAlert.count() == 1


async def test_what_braked_and_what_needs_attention_is_told(desk, room, merchant):
    await subscribed(desk, merchant)
    await warn(desk, merchant, "auto_rule:7", "An auto rule switched itself off. It failed too often.")
    await warn(desk, merchant)
    await alerts.close(merchant, "connection:1", desk.house.clock())

    await tell(desk)

    text = room.part("plain")
    assert text.startswith("1 correction switched itself off, 1 thing needs attention.")
    assert "SWITCHED ITSELF OFF" in text
    assert "The key was refused. (mended since)" in text
    assert "http://127.0.0.1:1/alerts" in text


async def test_an_alert_that_comes_again_is_told_again_and_one_that_stands_is_not(desk, room, merchant):
    await subscribed(desk, merchant)
    for _ in range(2):
        await warn(desk, merchant)
        await tell(desk, BREATH)
    await alerts.close(merchant, "connection:1", desk.house.clock())
    await warn(desk, merchant)
    await tell(desk, BREATH)

    assert len(room.letters) == 2


async def test_an_alert_whose_transaction_ended_late_is_not_lost(desk, room, merchant):
    await subscribed(desk, merchant)
    at = desk.house.clock()
    await warn(desk, merchant, "connection:2")
    await tell(desk, BREATH)

    await alerts.open_one(merchant, "connection:1", "It was opened earlier and committed later.", at)
    await tell(desk, BREATH)

    assert "committed later" in room.part("plain")
    assert len(room.letters) == 2


async def test_who_was_told_of_nothing_is_told_from_now_on(desk, room, merchant):
    await warn(desk, merchant)
    recipient = await subscribed(desk, merchant, frequency=Frequency.OFF)
    await tell(desk, timedelta(hours=1))
    async with transaction():
        await recipients.subscribe(recipient, About.TROUBLE, Frequency.AT_ONCE, 6, desk.house.clock())

    await tell(desk, timedelta(hours=1))

    assert room.letters == []


async def test_many_workers_tell_a_thing_once(desk, room, merchant):
    await subscribed(desk, merchant)
    await warn(desk, merchant)

    await asyncio.gather(*(desk.job("prepare_digests") for _ in range(5)))
    [digest] = await Digest.select()
    await asyncio.gather(*(desk.job("send_digest", digest["id"]) for _ in range(5)))

    assert len(room.letters) == 1


async def test_a_digest_that_was_kept_is_sent_after_a_crash(desk, room, merchant):
    await subscribed(desk, merchant)
    await warn(desk, merchant)
    await desk.job("prepare_digests")
    desk.queue.asked.clear()

    await tell(desk)

    assert len(room.letters) == 1
    [digest] = await Digest.select()
    assert (digest["state"], digest["attempts"]) == ("delivered", 1)


async def test_one_that_died_between_sending_and_marking_sends_again_under_the_same_id(desk, room, merchant):
    await subscribed(desk, merchant)
    await warn(desk, merchant)
    await tell(desk)
    held = desk.house.clock() + HOLD
    await Digest.update({Digest.state: "waiting", Digest.held_until: held}, force=True)

    await tell(desk)
    meanwhile = len(room.letters)
    await tell(desk, HOLD)

    assert meanwhile == 1
    assert len({one["Message-ID"] for one in room.letters}) == 1
    assert len(room.letters) == 2


async def test_a_server_that_greylists_gets_it_later_and_an_address_that_is_none_ends(desk, room, merchant):
    recipient = await subscribed(desk, merchant)
    await warn(desk, merchant)
    room.recipient = ["451 4.7.1 come again", "550 5.1.1 no such user"]

    await tell(desk)
    [waiting] = await Digest.select()
    await tell(desk, timedelta(minutes=1))

    assert waiting["state"] == "waiting"
    assert "come again" in waiting["error"]
    assert (await Digest.select())[0]["state"] == "given_up"
    row = await recipients.get(recipient)
    assert row is not None
    assert "550" in str(row.disabled_reason)


async def test_without_a_mail_server_digests_wait_and_an_alert_says_so_until_there_is_one(desk, room, merchant):
    await subscribed(desk, merchant)
    await warn(desk, merchant)
    known = desk.house.mail
    desk.house = dataclasses.replace(desk.house, mail=None)

    await tell(desk)
    [alert] = [one for one in await Alert.select() if one["subject"] == "mail"]
    desk.house = dataclasses.replace(desk.house, mail=known)
    await tell(desk, timedelta(minutes=11))

    assert (alert["merchant"], alert["closed_at"]) == (0, None)
    assert "mail.host" in alert["message"]
    assert len(room.letters) == 1
    assert [one["closed_at"] is None for one in await Alert.select() if one["subject"] == "mail"] == [False]


async def test_after_days_of_trying_a_digest_is_given_up(desk, room, merchant):
    await subscribed(desk, merchant)
    await warn(desk, merchant)
    room.recipient = ["451 later"] * 2

    await tell(desk)
    await tell(desk, PATIENCE + timedelta(hours=1))

    assert [one["state"] for one in await Digest.select()] == ["given_up"]


async def test_a_storm_is_told_in_few_digests(desk, room, merchant):
    await subscribed(desk, merchant)
    for number in range(20):
        await warn(desk, merchant, f"connection:{number}", f"Trouble {number}")
        await tell(desk, timedelta(seconds=20))
    await tell(desk, BREATH)

    assert len(room.letters) <= 4
    assert await ToldAlert.count() == 20


async def test_a_merchants_people_are_told_nothing_of_another(desk, room, merchant):
    other = await merchants.create("Birch & Wren", START)
    await subscribed(desk, merchant)
    await subscribed(desk, None, address="root@shop.example")
    await warn(desk, other, message="Theirs is broken.")
    await warn(desk, merchant, message="Ours is broken.")

    await tell(desk)

    texts = {one["To"].addresses[0].addr_spec: one.as_string() for one in room.letters}
    assert "Theirs" not in texts["ann@shop.example"]
    assert all(word in texts["root@shop.example"] for word in ("Theirs", "Ours", "Birch & Wren"))


async def test_of_an_order_nothing_is_told_but_that_it_failed(desk, room, merchant):
    await subscribed(desk, merchant)
    await desk.approved(Mode.APPLY_AND_PUSH)
    desk.shop.failures = [Rejected("Jane Buyer, 1 High Street is no address.")]
    await desk.run()
    await RecordTable.update({RecordTable.kind: "order", RecordTable.title: "Jane Buyer"}, force=True)

    await tell(desk)

    whole = room.letters[0].as_string()
    assert "Jane" not in whole
    assert "Issue " in room.part("plain")


async def test_who_has_no_account_any_more_gets_nothing(desk, room, merchant):
    recipient = await subscribed(desk, merchant)
    await warn(desk, merchant)
    row = await recipients.get(recipient)
    assert row is not None
    assert row.user is not None
    await people.set_active(row.user, is_active=False)

    await tell(desk)

    assert room.letters == []
    [kept] = await Recipient.select()
    assert "no account" in kept["disabled_reason"]


async def test_a_hostile_title_stays_text_and_makes_no_header(desk, room, merchant):
    evil = "Kettle</li><script>alert(1)</script> http://evil.example\r\nBcc: x@y.example\u202e"
    await subscribed(desk, merchant, About.CORRECTIONS, Frequency.HOURLY)
    await desk.learned()
    await RecordTable.update({RecordTable.title: evil}, force=True)

    await tell(desk, timedelta(hours=1))

    [letter] = room.letters
    assert letter["Bcc"] is None
    assert "evil" not in letter["Subject"]
    html, text = room.part("html"), room.part("plain")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "http://evil" not in html + text
    assert "\u202e" not in html + text
    assert "\nBcc:" not in text
