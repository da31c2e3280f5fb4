"""The door to a language model: messages go in, a text comes out, and what it cost. What the text says is data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

ANSWER_TOKENS = 1500
"""The longest answer that is asked for."""


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
