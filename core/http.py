"""The one outbound client: declared hosts only, paced, retried, and silent about secrets.

`Outbound` owns the only session of a process. `Outbound.client(...)` gives a connection its `Client`; all clients
of one connection share its pace.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urljoin, urlsplit, urlunsplit

import aiohttp
from yarl import URL

from core.addresses import GuardedResolver, as_ip, check_address, check_declared, host_and_port, is_public
from core.errors import Malformed, NeedsAttention, Refused, RetryLater
from core.exchange import Outgoing, Params, Response, compose
from core.pace import Bucket, Budget, Limiter, Pace
from core.privacy import redact
from core.recorder import Recorder
from core.retries import IDEMPOTENT, OVERLOADED, PASSING, Failure, delay, network_failure, retry_after, send_once

__all__ = ["Bucket", "Budget", "Client", "Outbound", "Outgoing", "Pace", "Recorder", "Response"]

Prepare = Callable[[Outgoing], Outgoing]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3
_CHUNK = 65_536


class Client:
    """Calls one connection's channel. Made by `Outbound.client`."""

    def __init__(self, outbound: Outbound, limiter: Limiter, hosts: Sequence[str], secrets: Iterable[str]) -> None:
        self._outbound = outbound
        self._limiter = limiter
        self.hosts = tuple(hosts)
        self._secrets = tuple(secret for secret in secrets if secret)

    def __repr__(self) -> str:
        return f"Client(hosts={self.hosts!r})"

    async def request(
        self,
        method: str,
        url: str,
        *,
        params: Params | None = None,
        json: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        operation: str = "default",
        cost: float = 1.0,
        idempotent: bool | None = None,
        prepare: Prepare | None = None,
    ) -> Response:
        """Send a request and return the answer, a refusal (4xx) included: its meaning is the plugin's to say.

        What may pass by itself (network, timeout, 408, 425, 429, 5xx) is repeated, if the call is idempotent (GET,
        HEAD, PUT and DELETE are by default), with back-off, after `Retry-After`, or when the pace allows; after the
        last attempt `RetryLater` is raised. A call that is not idempotent is repeated only where it surely was not
        carried out; else `RetryLater` has the code `outcome_unknown`. `prepare` sees each attempt before it is sent.
        """
        outgoing = compose(method, url, params=params, json=json, body=body, headers=headers)
        repeatable = outgoing.method in IDEMPOTENT if idempotent is None else idempotent
        check_declared(url, self.hosts)
        attempt = 0
        while True:
            attempt += 1
            outcome = await self._attempt(outgoing, prepare, operation, cost)
            if isinstance(outcome, Response):
                return outcome
            if not (repeatable or outcome.unsent):
                raise RetryLater(self._say(outcome), after=outcome.wait, code="outcome_unknown")
            wait = delay(outcome, attempt, jitter=self._outbound.jitter)
            if attempt >= self._outbound.attempts or wait > self._outbound.max_wait:
                raise RetryLater(self._say(outcome), after=wait, code=outcome.code)
            await self._outbound.sleep(wait)

    async def _attempt(
        self, outgoing: Outgoing, prepare: Prepare | None, operation: str, cost: float
    ) -> Response | Failure:
        """Make one attempt, redirects included, within the pace; learn from the answer."""
        ticket = await self._limiter.enter(operation, cost)
        try:
            response = await self._follow(outgoing, prepare)
            budget = self._budget(response)
            if budget is not None:
                self._limiter.learn(ticket, budget)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return network_failure(error)
        finally:
            self._limiter.leave(ticket)
        return self._judge(response, budget)

    def _budget(self, response: Response) -> Budget | None:
        """Ask the channel's pace what an answer tells of the budget; an unreadable answer tells nothing."""
        try:
            return None if self._limiter.pace.read is None else self._limiter.pace.read(response)
        except Malformed:
            return None

    def _judge(self, response: Response, budget: Budget | None) -> Response | Failure:
        """Say whether an answer counts or is to be asked for again."""
        wait = budget.wait if budget is not None and budget.wait is not None else retry_after(response.headers)
        refused_for_pace = budget is not None and budget.wait is not None
        if response.status in OVERLOADED or refused_for_pace:
            self._limiter.slow_down()
            if wait is not None:
                self._limiter.pause(wait)
        if refused_for_pace or response.status == 429:
            return Failure("The channel says that we call too often", wait, unsent=True, code="rate_limited")
        if response.status in PASSING:
            return Failure(f"The channel answered with status {response.status}", wait)
        self._limiter.speed_up()
        return response

    async def _follow(self, outgoing: Outgoing, prepare: Prepare | None) -> Response:
        """Send, and follow redirects as long as they stay on the same declared host."""
        for _ in range(_MOST_REDIRECTS + 1):
            prepared = outgoing if prepare is None else prepare(outgoing)
            check_declared(prepared.url, self.hosts)
            response = await self._outbound.send(prepared, self._secrets)
            if response.status not in _REDIRECTS or "location" not in response.headers:
                return response
            outgoing = self._redirected(outgoing, response, keep_params=prepare is not None)
        raise NeedsAttention("The channel redirects in a circle; check the address.", code="redirected")

    def _redirected(self, outgoing: Outgoing, response: Response, *, keep_params: bool) -> Outgoing:
        """Return the request for where a redirect leads, or say why it is not followed."""
        target = urljoin(outgoing.url, response.headers["location"])
        scheme, host, port = host_and_port(target)
        if outgoing.method not in {"GET", "HEAD"} or (scheme, host, port) != host_and_port(outgoing.url):
            place = f"{scheme}://{host}{'' if port in {80, 443} else f':{port}'}"
            raise NeedsAttention(
                f"The channel redirects to {place}. Enter its final address in the settings.", code="redirected"
            )
        parts = urlsplit(target)
        params = outgoing.params if keep_params else tuple(parse_qsl(parts.query, keep_blank_values=True))
        return replace(outgoing, url=urlunsplit(parts._replace(query="", fragment="")), params=params)

    def _say(self, failure: Failure) -> str:
        return redact(f"{failure.reason}.", self._secrets)


class Outbound:
    """The process's one outbound session. Use it as an async context; connections get their clients from it.

    `private_networks` lets names and addresses inside our own network be called, `plain_http` lets those (and only
    those) be called without TLS. `timeout` and `max_wait` are in seconds, `max_bytes` bounds one answer's body.
    """

    def __init__(
        self,
        *,
        private_networks: bool = False,
        plain_http: bool = False,
        timeout: float = 30.0,
        attempts: int = 5,
        max_wait: float = 30.0,
        max_bytes: int = 64 * 1024 * 1024,
        recorder: Recorder | None = None,
        resolver: GuardedResolver | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.private_networks, self.plain_http = private_networks, plain_http
        self.attempts, self.max_wait, self.max_bytes = attempts, max_wait, max_bytes
        self.clock, self.sleep, self.jitter = clock, sleep, jitter
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=min(10.0, timeout))
        self._recorder = recorder
        self._resolver = resolver or GuardedResolver(private_networks=private_networks)
        self._session: aiohttp.ClientSession | None = None
        self._limiters: dict[int, Limiter] = {}

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=self._resolver, limit=200, limit_per_host=32),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
            headers={"User-Agent": "Marketwright/0.1", "Accept": "application/json"},
            trust_env=False,
            middlewares=(send_once,),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def client(self, connection_id: int, hosts: Sequence[str], pace: Pace, secrets: Iterable[str] = ()) -> Client:
        """Return a client for one connection. All clients of one connection id share one pace."""
        limiter = self._limiters.get(connection_id)
        if limiter is None:
            limiter = Limiter(pace, clock=self.clock, sleep=self.sleep, max_wait=self.max_wait)
            self._limiters[connection_id] = limiter
        limiter.adopt(pace)
        return Client(self, limiter, hosts, secrets)

    async def send(self, outgoing: Outgoing, secrets: tuple[str, ...] = ()) -> Response:
        """Send one request as it is, once. Clients call this; plugins call `Client.request`."""
        if self._recorder is not None and (played := self._recorder.play(outgoing, secrets)) is not None:
            return replace(played, secrets=secrets)
        if self._session is None:
            raise RuntimeError("Outbound is used outside of its `async with`")
        await self._check_address(outgoing.url)
        async with self._session.request(
            outgoing.method,
            URL(outgoing.full_url(), encoded=True),
            headers=outgoing.headers,
            data=BytesIO(outgoing.body) if outgoing.body is not None else None,
            allow_redirects=False,
        ) as answer:
            headers: dict[str, str] = {}
            for name, value in answer.headers.items():
                lower = name.lower()
                headers[lower] = f"{headers[lower]}, {value}" if lower in headers else value
            body = await self._read(answer)
        response = Response(status=answer.status, headers=headers, body=body, secrets=secrets)
        if self._recorder is not None:
            self._recorder.keep(outgoing, response, secrets)
        return response

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes:
        """Read a body up to the cap, counted after decompression."""
        chunks: list[bytes] = []
        size = 0
        async for chunk in answer.content.iter_chunked(_CHUNK):
            size += len(chunk)
            if size > self.max_bytes:
                raise Malformed(f"The answer is larger than {self.max_bytes} bytes.", code="too_large")
            chunks.append(chunk)
        return b"".join(chunks)

    async def _check_address(self, url: str) -> None:
        """Refuse literal private addresses (the resolver never sees those), and plain http out of our own network."""
        scheme, host, port = host_and_port(url)
        literal = as_ip(host)
        if literal is not None:
            check_address(literal, host, private_networks=self.private_networks)
        if scheme == "https":
            return
        if self.plain_http and self.private_networks:
            found = [literal] if literal else [it["host"] for it in await self._resolver.resolve(host, port)]
            if not any(is_public(address) for address in found):
                return
        raise Refused(f"{host} would be called without encryption; use an https address.", code="plain_http")
