"""A twin: one running fake of a platform, built by a plugin from routes, with faults and a log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from marketwright.testing.acts import Acts
from marketwright.testing.deliveries import Delivery, Redelivery, Sender
from marketwright.testing.faults import Fault, Faults
from marketwright.testing.requests import Answer, Handler, Request, Route
from marketwright.testing.troubles import AN_HOUR, Trouble, bring

_LARGEST_BODY = 32 * 1024 * 1024


class Twin:
    """One fake platform on loopback.

    `settings(base_url)` returns the channel's settings struct that connects to it, with right credentials;
    `state` is whatever the plugin keeps its shop in; `first` sees every request before its route and may answer it
    (authentication, rate limits); `fallback` answers where no route matches. `acts` says what people and the platform
    do at the twin; `key_headers` are the request headers in which a key may travel.
    """

    def __init__(
        self,
        name: str,
        routes: Sequence[Route],
        settings: Callable[[str], Any],
        *,
        state: Any = None,
        first: Callable[[Request], Answer | None] | None = None,
        fallback: Handler | None = None,
        redelivery: Redelivery | None = None,
        clock: Callable[[], float] = time.time,
        acts: Acts | None = None,
        key_headers: Sequence[str] = ("authorization",),
    ) -> None:
        self.name = name
        self.routes = list(routes)
        self.state = state
        self.faults = Faults()
        self.requests: list[Request] = []
        self.clock = clock
        self.acts = acts or Acts()
        self.key_headers = tuple(key_headers)
        self.strips_key_headers = False
        self._settings, self._first, self._fallback = settings, first, fallback
        self._sender = Sender(redelivery or Redelivery())
        self._runner: web.ServerRunner | None = None
        self._base_url = ""

    @property
    def base_url(self) -> str:
        """Return `http://host:port` of the running twin."""
        if not self._base_url:
            raise RuntimeError(f"the twin of {self.name} is not running")
        return self._base_url

    @property
    def deliveries(self) -> list[Delivery]:
        """Return the webhooks sent so far, oldest first."""
        return self._sender.deliveries

    def settings(self) -> Any:
        """Return channel settings that connect to this twin with right credentials."""
        return self._settings(self.base_url)

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Run the twin within a block; yield its base URL."""
        await self.start(host, port)
        try:
            yield self.base_url
        finally:
            await self.stop()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Start listening (port 0 picks a free one) and return the base URL."""
        if self._runner is not None:
            raise RuntimeError(f"the twin of {self.name} is already running")
        self._runner = web.ServerRunner(web.Server(self._serve), shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        address = self._runner.addresses[0]
        reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - to be called, not bound
        self._base_url = f"http://{f'[{reached}]' if ':' in reached else reached}:{address[1]}"
        return self._base_url

    async def stop(self) -> None:
        """Stop listening and drop what is still to be delivered."""
        await self._sender.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
            self._base_url = ""

    async def deliver(self, url: str, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Post a webhook in the background, as platforms do. `settled()` waits for its end; nothing is raised."""
        return self._sender.send(url, headers, body)

    async def settled(self) -> None:
        """Wait until every webhook is accepted or given up."""
        await self._sender.settled()

    async def suffer(self, trouble: Trouble, times: int = 1000) -> None:
        """Bring a trouble on this twin by its name; those of calls last for so many of them."""
        if trouble is Trouble.HEADER_STRIPPED:
            self.strips_key_headers = True
        elif trouble is Trouble.CLOCK_OFF:
            right = self.clock
            self.clock = lambda: right() + AN_HOUR
        else:
            await bring(trouble, times, self.acts, self.faults)

    async def answer(self, request: Request) -> Answer:
        """Answer one request: faults first, then `first`, then the routes."""
        if self.strips_key_headers:
            kept = {name: value for name, value in request.headers.items() if name not in self.key_headers}
            request = replace(request, headers=kept)
        self.requests.append(request)
        fault = self.faults.take(request)
        if fault is not None and fault.reply is not None:
            return fault.reply(request)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        answer = await self._routed(request)
        return answer if fault is None or fault.change is None else fault.change(answer)

    async def _routed(self, request: Request) -> Answer:
        early = self._first(request) if self._first is not None else None
        if early is not None:
            return early
        for candidate in self.routes:
            params = candidate.match(request.method, request.path)
            if params is not None:
                return await candidate.handler(replace(request, params=params))
        if self._fallback is not None:
            return await self._fallback(request)
        return Answer(404, json={"error": "no such route"})

    async def _serve(self, http: web.BaseRequest) -> web.StreamResponse:
        body = await http.content.read(_LARGEST_BODY)
        while not http.content.at_eof() and len(body) < _LARGEST_BODY:
            body += await http.content.read(_LARGEST_BODY - len(body))
        request = Request(
            method=http.method,
            path=http.rel_url.path,
            query=tuple(parse_qsl(http.rel_url.raw_query_string, keep_blank_values=True)),
            headers={name.lower(): value for name, value in http.headers.items()},
            body=body,
            base_url=self._base_url,
            raw_query=http.rel_url.raw_query_string,
            at=self.clock(),
        )
        answer = await self.answer(request)
        if answer.drop:
            if http.transport is not None:
                http.transport.abort()
            return web.Response(status=500)
        headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-type"}
        headers["Content-Type"] = answer.content_type()
        if answer.cut:
            return await _cut_off(http, answer, headers)
        return web.Response(status=answer.status, body=answer.content(), headers=headers)


async def _cut_off(http: web.BaseRequest, answer: Answer, headers: Mapping[str, str]) -> web.StreamResponse:
    """Promise the whole body, send half of it, and break the line."""
    content = answer.content()
    response = web.StreamResponse(status=answer.status, headers=dict(headers))
    response.content_length = len(content) + 1
    await response.prepare(http)
    await response.write(content[: len(content) // 2])
    if http.transport is not None:
        http.transport.abort()
    return response


__all__ = ["Fault", "Twin"]
