"""What people and the platform do at a twin, besides answering our calls: the contract asks for it by these names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

Texts = Mapping[str, Mapping[str, str]]
"""Texts by language and by their own name of the field: `{"de": {"name": …}, "en": {"name": …}}`."""


@dataclass(frozen=True, kw_only=True)
class Acts:
    """The acts of one twin, each a coroutine function; what is None cannot happen at this platform.

    `touch` changes one product as somebody at the platform would (its modification time moves, webhooks follow),
    `insert` adds one and returns its external id, `remove` deletes one. `lose_webhooks` disables or forgets
    subscriptions, as the platform does after failures. `revoke_key` makes our key one that the platform does not
    know; `withhold_right` takes away a right that `test_credentials` looks for. `throttle` refuses the next calls
    because they come too fast, in the platform's own way, with the seconds to wait or without saying them.
    `store_otherwise` lets the next write be answered as done while something else is stored.
    `stored` returns all that the platform holds of one product, as JSON and in every language; `texts` its texts by
    language. `object_to` lets the platform object to one product and returns the code that it gives.
    """

    touch: Callable[[str], Awaitable[Any]] | None = None
    insert: Callable[[], Awaitable[str]] | None = None
    remove: Callable[[str], Awaitable[Any]] | None = None
    lose_webhooks: Callable[[], Awaitable[Any]] | None = None
    revoke_key: Callable[[], Awaitable[Any]] | None = None
    withhold_right: Callable[[], Awaitable[Any]] | None = None
    throttle: Callable[[int, float | None], Awaitable[Any]] | None = None
    store_otherwise: Callable[[], Awaitable[Any]] | None = None
    stored: Callable[[str], Awaitable[Any]] | None = None
    texts: Callable[[str], Awaitable[Texts]] | None = None
    object_to: Callable[[str], Awaitable[str]] | None = None
