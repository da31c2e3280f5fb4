"""A server on loopback, a client for it, and a sleep that takes no time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from core.http import Client, Outbound, Pace
from marketwright.testing import Answer, Request, Twin, route

SECRET = "cs_0123456789abcdef"


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


@pytest.fixture
def secret() -> str:
    """Return the secret that the client must never tell."""
    return SECRET
