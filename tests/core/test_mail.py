"""Mail goes out encrypted or not at all, within its time, and what goes wrong says what to do."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage

import msgspec
import pytest

from core.errors import MarketwrightError, NeedsAttention, Rejected, RetryLater
from core.mail import MailServer, Security, examine, send

PASSWORD = "mail-canary-0123456789"
TO = "ann@shop.example"


def letter() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "m@shop.example", TO, "News"
    made.set_content("Three corrections failed. ü\n.\n")
    return made


def server(port: int, **changed) -> MailServer:
    plain = MailServer(host="localhost", port=port, security=Security.NONE, sender="m@shop.example", timeout_seconds=30)
    return msgspec.structs.replace(plain, **changed)


async def test_a_letter_travels_by_starttls_with_a_password(mail_room, certificate):
    async with mail_room(starttls=certificate, sign_in=True) as room:
        given = server(room.port, security=Security.STARTTLS, username="m", password=PASSWORD, ca_file=str(certificate))
        await send(given, letter(), TO)

        assert room.encrypted == [True]
        assert room.letters[0].get_content().replace("\r\n", "\n").startswith("Three corrections failed. ü\n.")
        assert "encrypted by STARTTLS, signed in as m" in await examine(given)
        assert len(room.letters) == 1


async def test_a_letter_travels_by_tls(mail_room, certificate):
    async with mail_room(tls=certificate) as room:
        await send(server(room.port, security=Security.TLS, ca_file=str(certificate)), letter(), TO)

        assert len(room.letters) == 1


async def test_a_server_without_starttls_gets_nothing(mail_room):
    async with mail_room() as room:
        with pytest.raises(NeedsAttention, match="STARTTLS"):
            await send(server(room.port, security=Security.STARTTLS), letter(), TO)

        assert room.letters == []


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_a_certificate_that_nobody_vouches_for_is_refused(mail_room, certificate, security):
    async with mail_room(**{security.value: certificate}) as room:
        with pytest.raises(NeedsAttention, match="no valid TLS certificate"):
            await send(server(room.port, security=security), letter(), TO)

        assert room.letters == []


async def test_tls_at_a_port_that_does_not_speak_it_says_which_does(mail_room, certificate):
    async with mail_room() as room:
        with pytest.raises(NeedsAttention, match="STARTTLS is usual at 587, TLS at 465"):
            await send(server(room.port, security=Security.TLS, ca_file=str(certificate)), letter(), TO)


async def test_a_wrong_password_is_told_without_the_password(mail_room, certificate):
    async with mail_room(starttls=certificate, sign_in=True) as room:
        given = server(
            room.port, security=Security.STARTTLS, username="m", password="wrong-canary", ca_file=str(certificate)
        )
        with pytest.raises(NeedsAttention, match=r"mail\.password") as raised:
            await send(given, letter(), TO)

    assert "canary" not in str(raised.value) + repr(given)


async def test_a_password_never_leaves_this_machine_without_encryption():
    given = server(25, host="mail.example", username="m", password=PASSWORD)

    with pytest.raises(NeedsAttention, match="without encryption"):
        await send(given, letter(), TO)


@pytest.mark.parametrize(
    ("command", "said", "error"),
    [
        ("recipient", "451 4.7.1 greylisted, come again", RetryLater),
        ("recipient", "450 mailbox busy", RetryLater),
        ("recipient", "550 5.1.1 no such user", Rejected),
        ("recipient", "550 5.7.1 relaying denied", NeedsAttention),
        ("recipient", "552 5.2.2 mailbox full", NeedsAttention),
        ("data", "452 insufficient storage", RetryLater),
        ("data", "554 5.7.1 policy", NeedsAttention),
    ],
)
async def test_what_a_server_answers_means_later_never_or_a_person(mail_room, command, said, error):
    async with mail_room() as room:
        setattr(room, command, [said])

        with pytest.raises(error, match=said[:3]):
            await send(server(room.port), letter(), TO)
        await send(server(room.port), letter(), TO)

        assert len(room.letters) == 1


async def test_a_servers_words_are_quoted_without_addresses_and_short(mail_room):
    async with mail_room() as room:
        room.recipient = [f"550 5.1.1 {TO} unknown " + "x" * 400]

        with pytest.raises(Rejected) as raised:
            await send(server(room.port), letter(), TO)

    assert TO not in str(raised.value)
    assert len(str(raised.value)) < 300


async def test_a_slow_server_is_left_in_time(mail_room):
    async with mail_room() as room:
        room.slow = 600.0

        async with asyncio.timeout(30):
            with pytest.raises(RetryLater, match="in time"):
                await send(server(room.port, timeout_seconds=0.5), letter(), TO)


@pytest.mark.parametrize("bad", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"220 " + b"x" * 200_000])
async def test_what_is_no_mail_server_is_an_error_of_ours(bad):
    async def speak(reader, writer):
        writer.write(bad)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(speak, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    with pytest.raises(MarketwrightError):
        await send(server(port, timeout_seconds=5), letter(), TO)
    listening.close()


async def test_a_server_that_is_not_there_is_away():
    with pytest.raises(RetryLater, match="cannot be reached"):
        await send(server(9), letter(), TO)


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: x@y.example", "a b@c.example", "@c.example", "a@localhost"])
def test_an_address_is_one_address_and_nothing_else(address):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"host": "h", "sender": address}, MailServer)
