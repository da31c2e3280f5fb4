"""The outbound client against a real server on loopback: what is sent, repeated and waited for."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest

from core.errors import RetryLater
from core.http import Budget, Client, Outbound, Outgoing, Pace, Response
from marketwright.testing import Answer, Request, Twin, route


async def test_parameters_travel_as_rfc_3986_says(client: Client, twin: Twin) -> None:
    params = [("include[0]", "10"), ("search", "Enamel Mug & 350 ml+ü"), ("all", True), ("none", None)]

    answer = await client.request("GET", f"{twin.base_url}/products?x=1", params=params)

    query = "x=1&include%5B0%5D=10&search=Enamel%20Mug%20%26%20350%20ml%2B%C3%BC&all=true"
    assert answer.json()["query"] == query


async def test_json_is_sent_as_json(client: Client, twin: Twin) -> None:
    answer = await client.request("PUT", f"{twin.base_url}/p/1", json={"price": "11.95"})

    assert answer.json()["body"] == '{"price":"11.95"}'
    assert twin.requests[0].headers["content-type"] == "application/json"


async def test_a_large_body_is_sent_whole(client: Client, twin: Twin) -> None:
    await client.request("PUT", f"{twin.base_url}/feed", body=b"x" * 3_000_000)

    assert len(twin.requests[0].body) == 3_000_000
    assert twin.requests[0].headers["content-length"] == "3000000"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_what_may_pass_is_repeated(client: Client, twin: Twin, naps: Any, status: int) -> None:
    twin.faults.fail(status, 2)

    answer = await client.request("GET", f"{twin.base_url}/p")

    assert answer.status == 200
    assert naps.taken == [0.5, 1.0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
async def test_a_refusal_is_the_plugin_s_to_read(client: Client, twin: Twin, status: int) -> None:
    twin.faults.fail(status, 1, body={"code": "no"})

    answer = await client.request("GET", f"{twin.base_url}/p")

    assert (answer.status, answer.json()) == (status, {"code": "no"})
    assert len(twin.requests) == 1


async def test_after_the_last_attempt_it_is_for_later(client: Client, twin: Twin) -> None:
    twin.faults.fail(503, 100)

    with pytest.raises(RetryLater) as caught:
        await client.request("GET", f"{twin.base_url}/p")

    assert caught.value.after == 8.0
    assert len(twin.requests) == 5


async def test_a_post_is_not_repeated_when_it_may_have_been_carried_out(client: Client, twin: Twin) -> None:
    twin.faults.fail(502, 1)

    with pytest.raises(RetryLater) as caught:
        await client.request("POST", f"{twin.base_url}/orders", json={})

    assert caught.value.code == "outcome_unknown"
    assert len(twin.requests) == 1


async def test_a_post_declared_idempotent_is_repeated(client: Client, twin: Twin) -> None:
    twin.faults.drop(1)

    answer = await client.request("POST", f"{twin.base_url}/graphql", json={}, idempotent=True)

    assert answer.status == 200


async def test_a_post_refused_for_pace_is_repeated(client: Client, twin: Twin) -> None:
    twin.faults.fail(429, 1, retry_after=2)

    answer = await client.request("POST", f"{twin.base_url}/orders", json={})

    assert answer.status == 200


async def test_a_post_that_never_arrived_is_repeated(outbound: Outbound, twin: Twin) -> None:
    base_url = twin.base_url
    client = outbound.client(9, [urlsplit(base_url).netloc], Pace())
    await twin.stop()

    with pytest.raises(RetryLater) as caught:
        await client.request("POST", f"{base_url}/orders", json={})

    assert caught.value.code == "unreachable"


async def test_the_wait_that_the_channel_asks_for_is_kept(client: Client, twin: Twin, naps: Any) -> None:
    twin.faults.fail(429, 1, retry_after=7)

    await client.request("GET", f"{twin.base_url}/p")

    assert naps.taken == [7.0]


async def test_a_wait_beyond_the_bound_is_handed_to_the_caller(client: Client, twin: Twin, naps: Any) -> None:
    twin.faults.fail(429, 1, retry_after=3600)

    with pytest.raises(RetryLater) as caught:
        await client.request("GET", f"{twin.base_url}/p")

    assert caught.value.after == 3600
    assert naps.taken == []


async def test_a_long_wait_holds_every_call_of_the_connection(client: Client, twin: Twin) -> None:
    twin.faults.fail(429, 1, retry_after=3600)
    with pytest.raises(RetryLater):
        await client.request("GET", f"{twin.base_url}/p")

    with pytest.raises(RetryLater) as caught:
        await client.request("GET", f"{twin.base_url}/other")

    assert caught.value.code == "rate_limited"
    assert len(twin.requests) == 1


async def test_a_call_throttled_in_a_200_is_repeated(outbound: Outbound, twin: Twin, naps: Any) -> None:
    def read(response: Response) -> Budget | None:
        return Budget(wait=3.5) if b"THROTTLED" in response.body else None

    client = outbound.client(2, [urlsplit(twin.base_url).netloc], Pace(read=read))
    twin.faults.reply(lambda request: Answer(json={"errors": [{"extensions": {"code": "THROTTLED"}}]}), 2)

    answer = await client.request("POST", f"{twin.base_url}/graphql", json={})

    assert answer.json()["path"] == "/graphql"
    assert naps.taken == [3.5, 3.5]


async def test_an_unreadable_answer_tells_no_budget(outbound: Outbound, twin: Twin) -> None:
    def read(response: Response) -> Budget | None:
        return Budget(available=response.json()["left"])

    client = outbound.client(3, [urlsplit(twin.base_url).netloc], Pace(read=read))
    twin.faults.fail(502, 100, body="<html>Bad gateway</html>")

    with pytest.raises(RetryLater):
        await client.request("GET", f"{twin.base_url}/p")


async def test_each_attempt_is_prepared_anew(client: Client, twin: Twin) -> None:
    nonces = iter("abc")

    def sign(outgoing: Outgoing) -> Outgoing:
        return Outgoing(method=outgoing.method, url=outgoing.url, params=[*outgoing.params, ("nonce", next(nonces))])

    twin.faults.drop(2)

    await client.request("GET", f"{twin.base_url}/p", params={"page": 1}, prepare=sign)

    assert [request.raw_query for request in twin.requests] == [f"page=1&nonce={nonce}" for nonce in "abc"]


async def test_a_slow_answer_times_out(client: Client, twin: Twin) -> None:
    twin.faults.slow(5, 1)

    answer = await client.request("GET", f"{twin.base_url}/p")

    assert answer.status == 200
    assert len(twin.requests) == 2


async def test_clients_of_one_connection_share_its_pace(outbound: Outbound, twin: Twin) -> None:
    host = urlsplit(twin.base_url).netloc
    first = outbound.client(7, [host], Pace())
    twin.faults.fail(429, 1, retry_after=3600)
    with pytest.raises(RetryLater):
        await first.request("GET", f"{twin.base_url}/p")

    with pytest.raises(RetryLater):
        await outbound.client(7, [host], Pace()).request("GET", f"{twin.base_url}/p")
    other = await outbound.client(8, [host], Pace()).request("GET", f"{twin.base_url}/p")

    assert other.status == 200


async def test_calls_beyond_the_concurrency_wait(twin: Twin) -> None:
    running, most = 0, 0

    async def count(request: Request) -> Answer:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return Answer(json={})

    twin.routes.insert(0, route("GET", "/counted", count))
    async with Outbound(private_networks=True, plain_http=True) as outbound:
        client = outbound.client(1, [urlsplit(twin.base_url).netloc], Pace(concurrency=3))

        await asyncio.gather(*(client.request("GET", f"{twin.base_url}/counted") for _ in range(12)))

    assert most == 3
