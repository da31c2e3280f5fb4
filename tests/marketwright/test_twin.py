"""The twin kit: routes, faults, webhooks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import msgspec
import pytest

from marketwright.testing import Answer, Delivery, Redelivery, Request, Twin, route


async def _show(request: Request) -> Answer:
    seen = {"params": dict(request.params), "query": request.query, "body": request.body.decode()}
    return Answer(201, json=seen, headers={"X-Total": "7"})


def make_twin(**options: Any) -> Twin:
    routes = [route("GET", "/items/{id}", _show), route("POST", r"/items/{id:\d+}/v/{rest:.*}", _show)]
    return Twin("kit", routes, lambda base_url: {"base_url": base_url}, **options)


@pytest.fixture
async def twin() -> AsyncIterator[Twin]:
    twin = make_twin()
    async with twin.running():
        yield twin


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def get(session: aiohttp.ClientSession, url: str) -> tuple[int, bytes]:
    async with session.get(url) as answer:
        return answer.status, await answer.read()


async def test_a_handler_sees_path_query_and_body(twin: Twin, session: aiohttp.ClientSession) -> None:
    url = f"{twin.base_url}/items/4/v/a/b?tag=x&tag=y%20z&ids[0]=1"

    async with session.post(url, data=b"hello") as answer:
        seen = await answer.json()

    assert (answer.status, answer.headers["X-Total"]) == (201, "7")
    assert seen["params"] == {"id": "4", "rest": "a/b"}
    assert seen["query"] == [["tag", "x"], ["tag", "y z"], ["ids[0]", "1"]]
    assert seen["body"] == "hello"


async def test_a_large_body_arrives_whole(twin: Twin, session: aiohttp.ClientSession) -> None:
    async with session.post(f"{twin.base_url}/items/4/v/", data=BytesIO(b"x" * 3_000_000)) as answer:
        await answer.read()

    assert len(twin.requests[0].body) == 3_000_000


@pytest.mark.parametrize("path", ["/items/", "/items/4/5", "/other", "/items/x/v/1"])
async def test_what_no_route_matches_is_404(twin: Twin, session: aiohttp.ClientSession, path: str) -> None:
    status, _ = await get(session, twin.base_url + path)

    assert status == 404


async def test_what_comes_first_may_answer_early(session: aiohttp.ClientSession) -> None:
    twin = make_twin(first=lambda request: None if request.get("key") == "1" else Answer(401))
    async with twin.running() as base_url:
        refused, _ = await get(session, f"{base_url}/items/4")
        passed, _ = await get(session, f"{base_url}/items/4?key=1")

    assert (refused, passed) == (401, 201)


async def test_faults_are_used_up_in_order_and_counted(twin: Twin, session: aiohttp.ClientSession) -> None:
    failing = twin.faults.fail(503, 2, retry_after=3)
    throttled = twin.faults.reply(lambda request: Answer(200, json={"errors": request.path}), 1)

    found = [await get(session, f"{twin.base_url}/items/4") for _ in range(4)]

    assert [status for status, _ in found] == [503, 503, 200, 201]
    assert found[2][1] == b'{"errors":"/items/4"}'
    assert (failing.used, throttled.used) == (2, 1)


async def test_a_fault_may_be_for_some_requests_only(twin: Twin, session: aiohttp.ClientSession) -> None:
    twin.faults.fail(500, 1, match=lambda request: request.path.endswith("/5"))

    found = [(await get(session, f"{twin.base_url}/items/{number}"))[0] for number in (4, 5, 5)]

    assert found == [201, 500, 201]


async def test_a_dropped_line_gives_no_answer(twin: Twin, session: aiohttp.ClientSession) -> None:
    twin.faults.drop(2)

    with pytest.raises(aiohttp.ClientError):
        await get(session, f"{twin.base_url}/items/4")


async def test_a_garbled_answer_is_no_json(twin: Twin, session: aiohttp.ClientSession) -> None:
    twin.faults.garble()

    _, body = await get(session, f"{twin.base_url}/items/4")

    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(body)


async def test_a_twin_may_be_started_again(session: aiohttp.ClientSession) -> None:
    twin = make_twin()
    for _ in range(2):
        base_url = await twin.start()
        assert (await get(session, f"{base_url}/items/4"))[0] == 201
        assert twin.settings() == {"base_url": base_url}
        await twin.stop()

    with pytest.raises(RuntimeError):
        _ = twin.base_url


async def test_a_twin_on_every_interface_is_called_by_loopback(session: aiohttp.ClientSession) -> None:
    async with make_twin().running(host="0.0.0.0") as base_url:
        status, _ = await get(session, f"{base_url}/items/4")

    assert base_url.startswith("http://127.0.0.1:")
    assert status == 201


async def test_a_webhook_is_repeated_as_the_platform_does(twin: Twin) -> None:
    done: list[Delivery] = []
    sender = make_twin(redelivery=Redelivery(delays=(0.0, 0.0, 0.0), done=done.append))
    twin.faults.fail(500, 1)
    twin.faults.drop(1)
    async with sender.running():
        delivery = await sender.deliver(f"{twin.base_url}/items/4/v/", {"X-Signature": "s"}, b"body")
        await sender.settled()

    assert [attempt.status for attempt in delivery.attempts] == [500, None, 201]
    assert delivery.accepted
    assert done == sender.deliveries == [delivery]
    assert {request.body for request in twin.requests} == {b"body"}
    assert twin.requests[0].headers["x-signature"] == "s"


async def test_a_webhook_that_nobody_takes_is_given_up(twin: Twin) -> None:
    address = twin.base_url
    await twin.stop()
    sender = make_twin(redelivery=Redelivery(delays=(0.0,), accepts=lambda status: status < 400))
    async with sender.running():
        delivery = await sender.deliver(f"{address}/hook", {}, b"")
        await sender.settled()

    assert delivery.accepted is False
    assert [attempt.status for attempt in delivery.attempts] == [None, None]


async def test_webhooks_arrive_in_the_order_in_which_they_were_sent(twin: Twin) -> None:
    sender = make_twin()
    twin.faults.slow(0.05, 1)
    async with sender.running():
        for number in range(5):
            await sender.deliver(f"{twin.base_url}/items/{number}/v/", {}, b"")
        await sender.settled()

    assert [request.path for request in twin.requests] == [f"/items/{number}/v/" for number in range(5)]


async def test_stopping_drops_what_is_still_to_be_repeated() -> None:
    sender = make_twin(redelivery=Redelivery(delays=(3600.0,)))
    async with sender.running() as base_url:
        delivery = await sender.deliver(f"{base_url}/nobody", {}, b"")

    assert delivery.accepted is None


def test_values_finds_every_way_to_write_a_list() -> None:
    query = (("id", "1"), ("id[]", "2"), ("id[3]", "3"), ("ids", "4"))

    assert Request(method="GET", path="/", query=query).values("id") == ["1", "2", "3"]
