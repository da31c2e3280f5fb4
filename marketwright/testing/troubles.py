"""Troubles that any twin can be brought into by name, so that a test of any channel can say what it is about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

from marketwright.testing.acts import Acts
from marketwright.testing.faults import Faults
from marketwright.testing.requests import Answer

AN_HOUR = 3600.0
PAGE = "<!DOCTYPE html><html><head><title>Just a moment…</title></head><body>Checking your browser</body></html>"


class Trouble(StrEnum):
    """What may go wrong between us and a platform.

    Of access: `wrong_key` (it was revoked), `missing_right`, `address_refused` (a firewall answers 403 with a page),
    `header_stripped` (a host drops the headers in which the key travels), `clock_off` (the platform's clock is an hour
    ahead). Of calls: `rate_limited` (with the seconds to wait), `rate_limited_silently` (without), `failing` (503),
    `truncated` (the line breaks within the body), `dropped` (no answer), `garbled` (half of it, and rubbish), `slow`
    (a second for each call), `page_for_data` (status 200 and a page of HTML). Of data: `dropped_subscriptions`,
    `stored_otherwise` (a write is answered as done, and something else stored).
    """

    WRONG_KEY = "wrong_key"
    MISSING_RIGHT = "missing_right"
    ADDRESS_REFUSED = "address_refused"
    HEADER_STRIPPED = "header_stripped"
    CLOCK_OFF = "clock_off"
    RATE_LIMITED = "rate_limited"
    RATE_LIMITED_SILENTLY = "rate_limited_silently"
    FAILING = "failing"
    TRUNCATED = "truncated"
    DROPPED = "dropped"
    GARBLED = "garbled"
    SLOW = "slow"
    PAGE_FOR_DATA = "page_for_data"
    DROPPED_SUBSCRIPTIONS = "dropped_subscriptions"
    STORED_OTHERWISE = "stored_otherwise"


class UnknownHere(Exception):
    """The twin does not say how its platform comes into this trouble."""


async def bring(trouble: Trouble, times: int, acts: Acts, faults: Faults) -> None:
    """Bring a trouble of calls or data on a twin. Raise `UnknownHere` where only its acts could say how, and do not."""
    if trouble in _OF_CALLS:
        _OF_CALLS[trouble](faults, times)
        return
    if trouble in _OF_PACE:
        wait = _OF_PACE[trouble]
        if acts.throttle is None:
            faults.fail(429, times, retry_after=wait)
        else:
            await acts.throttle(times, wait)
        return
    name = _ACTS[trouble]
    act: Callable[[], Awaitable[Any]] | None = getattr(acts, name)
    if act is None:
        raise UnknownHere(f"the twin's acts have no {name}")
    await act()


_ACTS = {
    Trouble.WRONG_KEY: "revoke_key",
    Trouble.MISSING_RIGHT: "withhold_right",
    Trouble.DROPPED_SUBSCRIPTIONS: "lose_webhooks",
    Trouble.STORED_OTHERWISE: "store_otherwise",
}
_OF_PACE: dict[Trouble, float | None] = {Trouble.RATE_LIMITED: 1.0, Trouble.RATE_LIMITED_SILENTLY: None}
_OF_CALLS: dict[Trouble, Callable[[Faults, int], object]] = {
    Trouble.ADDRESS_REFUSED: lambda faults, times: faults.fail(403, times, body=PAGE),
    Trouble.FAILING: lambda faults, times: faults.fail(503, times, body=PAGE),
    Trouble.TRUNCATED: lambda faults, times: faults.cut(times),
    Trouble.DROPPED: lambda faults, times: faults.drop(times),
    Trouble.GARBLED: lambda faults, times: faults.garble(times),
    Trouble.SLOW: lambda faults, times: faults.slow(1.0, times),
    Trouble.PAGE_FOR_DATA: lambda faults, times: faults.reply(lambda request: Answer(200, body=PAGE), times),
}
