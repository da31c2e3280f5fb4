"""The door to a language model: messages go in, a text comes out, and what it cost. What the text says is data."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Protocol

from core.errors import Malformed, RetryLater

ANSWER_TOKENS = 1500
"""The longest answer that is asked for."""
LONGEST_ANSWER = 1_000_000
"""Bytes of an answer, beyond which nobody goes on reading."""
REST_SECONDS = 60.0
"""How long nothing is asked after a call found the model away, so that not every job waits for it in its turn."""


class Reply(NamedTuple):
    """What a model answered, and how many tokens the call used."""

    text: str
    input_tokens: int
    output_tokens: int


class Chat(Protocol):
    """A language model. `model` is its name as its server knows it."""

    model: str

    async def ask(self, system: str, user: str, schema: Mapping[str, Any]) -> Reply:
        """Ask once for an answer in the JSON `schema`, which the model may disregard.

        RetryLater: it is away, slow or overloaded. NeedsAttention: the key, the model's name or the address is
        wrong. Rejected: it declines to answer this. Malformed: what came back is no answer.
        """


class OpenedChat(Chat, Protocol):
    """A language model whose lines are closed when the block that uses it ends."""

    async def __aenter__(self) -> Chat:
        """Open it."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close its lines."""


class Turns:
    """The calls of one process to one model: so many at once, none for a while after one found it away."""

    def __init__(self, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._turn = asyncio.Semaphore(at_once)
        self._clock, self._resting_until = clock, 0.0

    async def take(self, call: Callable[[], Awaitable[Reply]]) -> Reply:
        """Make a call in its turn; RetryLater, without a call, while the model rests."""
        async with self._turn:
            if self._clock() < self._resting_until:
                raise RetryLater("The model was away a moment ago.", after=REST_SECONDS, code="model_away")
            try:
                return await call()
            except RetryLater:
                self._resting_until = self._clock() + REST_SECONDS
                raise


async def gathered(parts: AsyncIterator[bytes]) -> bytes:
    """Return the body of an answer, which is bounded before it is held; Malformed where it goes on beyond that."""
    received = bytearray()
    async for part in parts:
        received += part
        if len(received) > LONGEST_ANSWER:
            raise Malformed("The model's answer is too long.", code="model_answer")
    return bytes(received)
