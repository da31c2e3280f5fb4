"""Endpoints get digests signed the Standard Webhooks way; what they answer decides whether they get more."""

from __future__ import annotations

import dataclasses
import socket
from datetime import timedelta

import msgspec
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver

from core.addresses import GuardedResolver
from core.errors import BadSignature, Malformed, NotFound, Refused
from core.http import Outbound
from core.model.notices import About, Frequency
from core.model.people import Actor, Role
from core.notifications import endpoints, sending
from core.signing import standard_webhooks_verify
from core.store import alerts, merchants, recipients
from core.store.tables import Alert, AuditEntry, Digest

AT_ONCE = {About.TROUBLE: Frequency.AT_ONCE}


class Inside(AbstractResolver):
    """Finds every name inside our network."""

    async def resolve(self, host, port=0, family=socket.AF_INET):
        return [{"hostname": host, "host": "10.0.0.7", "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self):
        """Have nothing to close."""


async def tell(desk, later: timedelta = timedelta(0)) -> None:
    desk.house.clock.now += later
    await desk.job("prepare_digests")
    await desk.run()


@pytest.fixture
async def endpoint(desk, admin, receiver):
    """Return an endpoint's id and its secret, with something to tell."""
    made = await endpoints.add(desk.house, admin, f"{receiver.url}/hook", AT_ONCE, 6)
    await alerts.open_one(admin.merchant, "connection:1", "The key of <b>main</b> was refused.", desk.house.clock())
    return made


async def test_a_digest_is_posted_signed_and_says_what_happened(desk, receiver, endpoint):
    await tell(desk)
    await tell(desk, timedelta(days=1))

    [(headers, body)] = receiver.got
    standard_webhooks_verify([endpoint[1]], headers, body, now=int(headers["webhook-timestamp"]))
    with pytest.raises(BadSignature):
        standard_webhooks_verify([endpoint[1]], headers, body + b" ", now=int(headers["webhook-timestamp"]))
    said = msgspec.json.decode(body)
    assert said["type"] == "digest.trouble"
    assert said["data"]["id"] == headers["webhook-id"]
    assert said["data"]["counts"] == {"attention": 1}
    assert said["data"]["news"][0]["title"] == "The key of <b>main</b> was refused."
    assert said["data"]["news"][0]["url"] == "http://127.0.0.1:1/alerts"


@pytest.mark.parametrize("status", [500, 503, 404, 302, 307])
async def test_what_is_not_taken_is_sent_again_later_under_the_same_id_and_no_redirect_is_followed(
    desk, receiver, endpoint, status
):
    receiver.answers = [status]

    await tell(desk)
    await tell(desk, timedelta(seconds=5))
    soon = len(receiver.got)
    await tell(desk, timedelta(minutes=1))

    assert soon == 1
    assert len(receiver.got) == 2
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert [row["state"] for row in await Digest.select()] == ["delivered"]


async def test_an_endpoint_that_is_gone_gets_no_more_until_an_admin_says_so(desk, receiver, admin, endpoint):
    receiver.answers = [410]
    await tell(desk)
    await alerts.open_one(admin.merchant, "connection:2", "More.", desk.house.clock())
    await tell(desk, timedelta(hours=1))
    gone = await recipients.get(endpoint[0])
    count = len(receiver.got)

    await endpoints.change(desk.house, admin, endpoint[0], wanted=AT_ONCE, hour=6)
    await tell(desk, timedelta(hours=1))

    assert gone is not None
    assert "410" in str(gone.disabled_reason)
    assert count == 1
    assert len(receiver.got) == 2
    assert {row["subject"] for row in await Alert.select()} >= {f"endpoint:{endpoint[0]}"}


async def test_an_endpoint_that_asks_to_wait_is_left_alone_so_long(desk, receiver, endpoint):
    async def busy(request):
        return web.Response(status=429, headers={"Retry-After": "1800"})

    receiver.answers = [busy]
    await tell(desk)
    await tell(desk, timedelta(minutes=25))
    early = len(receiver.got)
    await tell(desk, timedelta(minutes=10))

    assert (early, len(receiver.got)) == (1, 2)


async def test_after_some_tries_an_alert_tells_and_it_ends_with_the_first_success(desk, receiver, endpoint):
    receiver.answers = [500] * 5
    for _ in range(5):
        await tell(desk, timedelta(hours=1))
    standing = [row["closed_at"] for row in await Alert.select().where(Alert.subject == f"endpoint:{endpoint[0]}")]
    for _ in range(2):
        await tell(desk, timedelta(hours=7))

    ended = [row["closed_at"] for row in await Alert.select().where(Alert.subject == f"endpoint:{endpoint[0]}")]
    assert standing == [None]
    assert None not in ended


async def test_an_endpoint_inside_our_network_is_refused_when_it_is_set_and_when_it_is_called(desk, admin, receiver):
    async with Outbound(attempts=1, timeout=5) as strict:
        house = dataclasses.replace(desk.house, outbound=strict)
        for url in (
            "https://127.0.0.1/x",
            "https://169.254.169.254/latest",
            "https://[::1]/",
            "http://hooks.example/x",
        ):
            with pytest.raises(Refused):
                await endpoints.add(house, admin, url, AT_ONCE, 6)
        made, _ = await endpoints.add(desk.house, admin, f"{receiver.url}/hook", AT_ONCE, 6)
        row = await recipients.get(made)
        with pytest.raises(Refused):
            await sending.try_out(house, row)
    inside = GuardedResolver(inner=Inside())
    async with Outbound(attempts=1, timeout=5, resolver=inside) as resolving:
        named = msgspec.structs.replace(row, address="https://hooks.example/x")
        with pytest.raises(Refused, match="private"):
            await sending.try_out(dataclasses.replace(desk.house, outbound=resolving), named)
    assert receiver.got == []


@pytest.mark.parametrize("url", ["https://a:b@hooks.example/", "ftp://hooks.example", "https://", "https://x/\r\nA: b"])
async def test_what_is_no_address_of_an_endpoint_is_refused(desk, admin, url):
    with pytest.raises((Refused, Malformed)):
        await endpoints.add(desk.house, admin, url, AT_ONCE, 6)


async def test_a_secret_is_sealed_shown_once_and_replaced(desk, receiver, admin, endpoint):
    row = await recipients.get(endpoint[0])

    renewed = await endpoints.renew_secret(desk.house, admin, endpoint[0])
    await sending.try_out(desk.house, await recipients.get(endpoint[0]))

    headers, body = receiver.got[-1]
    assert endpoint[1] not in str(row.sealed) + repr(row)
    assert endpoint[1] not in str(await AuditEntry.select())
    assert renewed != endpoint[1]
    standard_webhooks_verify([renewed], headers, body, now=int(headers["webhook-timestamp"]))
    assert msgspec.json.decode(body)["type"] == "ping"


async def test_an_endpoint_of_another_merchant_does_not_exist(desk, endpoint):
    other = await merchants.create("Birch & Wren", desk.house.clock())
    stranger = Actor(user=9, name="them", role=Role.ADMIN, merchant=other)

    for act in (
        endpoints.renew_secret(desk.house, stranger, endpoint[0]),
        endpoints.remove(desk.house, stranger, endpoint[0]),
        endpoints.change(desk.house, stranger, endpoint[0], wanted=AT_ONCE, hour=6),
    ):
        with pytest.raises(NotFound):
            await act


async def test_corrections_that_went_well_interrupt_nobody(desk, admin, receiver):
    with pytest.raises(Malformed):
        await endpoints.add(desk.house, admin, receiver.url, {About.CORRECTIONS: Frequency.AT_ONCE}, 6)
