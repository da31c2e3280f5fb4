"""The outbound client against a real server on loopback: repeats, limits, redirects, secrets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import pytest

from core.errors import Malformed, NeedsAttention, Refused, RetryLater
from core.http import Budget, Client, Outbound, Outgoing, Pace, Response
from marketwright.testing import Answer, Request, Twin, route

SECRET = "cs_0123456789abcdef"
Call = Callable[..., Awaitable[Response]]


class Naps:
    """A sleep that takes no time and remembers how long it should have been."""

    def __init__(self) -> None:
        self.now = 0.0
        self.taken: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.taken.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def clock(self) -> float:
        return self.now


async def _echo(request: Request) -> Answer:
    return Answer(json={"path": request.path, "query": request.raw_query, "body": request.body.decode()})


async def _moved(request: Request) -> Answer:
    return Answer(302, headers={"Location": request.get("to")})


@pytest.fixture
async def twin() -> AsyncIterator[Twin]:
    twin = Twin("http", [route("GET", "/moved", _moved), route("*", "/{rest:.*}", _echo)], lambda base_url: None)
    async with twin.running():
        yield twin


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
async def outbound(naps: Naps) -> AsyncIterator[Outbound]:
    async with Outbound(
        private_networks=True, plain_http=True, timeout=1, clock=naps.clock, sleep=naps.sleep, jitter=lambda: 1.0
    ) as outbound:
        yield outbound


@pytest.fixture
def client(outbound: Outbound, twin: Twin) -> Client:
    return outbound.client(1, [urlsplit(twin.base_url).netloc], Pace(), [SECRET])


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
async def test_what_may_pass_is_repeated(client: Client, twin: Twin, naps: Naps, status: int) -> None:
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


async def test_the_wait_that_the_channel_asks_for_is_kept(client: Client, twin: Twin, naps: Naps) -> None:
    twin.faults.fail(429, 1, retry_after=7)

    await client.request("GET", f"{twin.base_url}/p")

    assert naps.taken == [7.0]


async def test_a_wait_beyond_the_bound_is_handed_to_the_caller(client: Client, twin: Twin, naps: Naps) -> None:
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


async def test_a_call_throttled_in_a_200_is_repeated(outbound: Outbound, twin: Twin, naps: Naps) -> None:
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


async def test_undeclared_hosts_are_refused(client: Client, twin: Twin) -> None:
    port = urlsplit(twin.base_url).port
    for url in (f"http://localhost:{port}/", "http://127.0.0.1:1/", "https://example.com/", "ftp://x/"):
        with pytest.raises(Refused):
            await client.request("GET", url)

    assert not twin.requests


async def test_prepare_cannot_lead_elsewhere(client: Client, twin: Twin) -> None:
    def lure(outgoing: Outgoing) -> Outgoing:
        return Outgoing(method="GET", url="https://example.com/")

    with pytest.raises(Refused):
        await client.request("GET", f"{twin.base_url}/p", prepare=lure)


async def test_a_redirect_on_the_same_host_is_followed(client: Client, twin: Twin) -> None:
    answer = await client.request("GET", f"{twin.base_url}/moved", params={"to": "/p?page=2"})

    assert answer.json() == {"path": "/p", "query": "page=2", "body": ""}


@pytest.mark.parametrize("target", ["https://evil.example.com/p", "//evil.example.com/p", "http://localhost:1/p"])
async def test_a_redirect_to_another_host_asks_for_a_person(client: Client, twin: Twin, target: str) -> None:
    with pytest.raises(NeedsAttention) as caught:
        await client.request("GET", f"{twin.base_url}/moved", params={"to": target})

    assert caught.value.code == "redirected"


async def test_a_redirect_never_repeats_a_write(client: Client, twin: Twin) -> None:
    twin.faults.fail(301, 1, headers={"Location": "/elsewhere"})

    with pytest.raises(NeedsAttention):
        await client.request("PUT", f"{twin.base_url}/p", json={})

    assert len(twin.requests) == 1


async def test_redirects_in_a_circle_end(client: Client, twin: Twin) -> None:
    twin.faults.fail(302, 100, headers={"Location": "/p"})

    with pytest.raises(NeedsAttention, match="circle"):
        await client.request("GET", f"{twin.base_url}/p")

    assert len(twin.requests) == 4


async def test_an_answer_over_the_cap_is_not_read(twin: Twin) -> None:
    async with Outbound(private_networks=True, plain_http=True, max_bytes=1000) as outbound:
        client = outbound.client(1, [urlsplit(twin.base_url).netloc], Pace())
        twin.faults.fail(200, 1, body="x" * 5000)

        with pytest.raises(Malformed) as caught:
            await client.request("GET", f"{twin.base_url}/p")

    assert caught.value.code == "too_large"


async def test_cookies_are_not_kept(client: Client, twin: Twin) -> None:
    twin.faults.fail(200, 1, headers={"Set-Cookie": "session=1"})

    await client.request("GET", f"{twin.base_url}/p")
    await client.request("GET", f"{twin.base_url}/p")

    assert "cookie" not in twin.requests[1].headers


async def test_no_error_or_repr_tells_a_secret(client: Client, twin: Twin) -> None:
    url = f"{twin.base_url}/p?consumer_secret={SECRET}"
    said = [repr(client), repr(Outgoing(method="GET", url="https://x", headers={"A": SECRET}))]
    twin.faults.fail(503, 5, body=SECRET)
    with pytest.raises(RetryLater) as caught:
        await client.request("GET", url, headers={"Authorization": f"Bearer {SECRET}"})
    said.append(f"{caught.value} {vars(caught.value)}")
    twin.faults.fail(200, 1, body=f"<html>Your key {SECRET} and consumer_key=ck_1234 are wrong</html>")
    answer = await client.request("GET", url)

    with pytest.raises(Malformed) as unreadable:
        answer.json()

    said += [str(unreadable.value), repr(answer)]
    assert not any(SECRET in text or "ck_1234" in text for text in said)
    assert "Your key" in str(unreadable.value)


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


async def test_outside_of_its_block_nothing_is_sent() -> None:
    client = Outbound(private_networks=True, plain_http=True).client(1, ["127.0.0.1:1"], Pace())

    with pytest.raises(RuntimeError):
        await client.request("GET", "http://127.0.0.1:1/")
