"""When a call is repeated, and how long to wait before."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp

from core.errors import NeedsAttention, Refused

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 508, 520, 521, 522, 523, 524})
"""Statuses that may pass: those of RFC 9110 and 6585, 508 of overloaded PHP hosts, 52x of Cloudflare before a shop."""
OVERLOADED = frozenset({429, 503})

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 30.0


@dataclass(frozen=True)
class Failure:
    """Why an attempt did not succeed. `wait` is what the channel asks for; `unsent`: nothing was done there."""

    reason: str
    wait: float | None = None
    unsent: bool = False
    code: str = "unavailable"


def network_failure(error: Exception) -> Failure:
    """Say what went wrong on the network, without the address, which may hold secrets.

    What no repeat can mend is raised: `NeedsAttention` for a certificate, `Refused` for an impossible address.
    """
    if isinstance(error, aiohttp.ClientSSLError):
        raise NeedsAttention(
            f"{error.host} has no valid TLS certificate; the connection would not be private.", code="tls"
        ) from error
    if isinstance(error, aiohttp.InvalidURL):
        raise Refused("The address to call is not a web address.", code="bad_address") from error
    if isinstance(error, aiohttp.ClientConnectorError):
        return Failure(f"{error.host} cannot be reached", unsent=True, code="unreachable")
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return Failure("The channel cannot be reached in time", unsent=True, code="unreachable")
    if isinstance(error, TimeoutError):
        return Failure("The channel did not answer in time", code="timeout")
    return Failure(f"The connection to the channel broke ({type(error).__name__})", code="broken_connection")


class BrokenConnection(aiohttp.ClientError):
    """The line broke after the request was sent."""


async def send_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from repeating a call by itself when the line breaks.

    It would send the same bytes again, past our pace and with a nonce that the channel has already seen.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise BrokenConnection(type(error).__name__) from error


def delay(failure: Failure, attempt: int, *, jitter: Callable[[], float] = random.random) -> float:
    """Return seconds to wait after a failed attempt: at least what the channel asks for."""
    return max(failure.wait or 0.0, backoff(attempt, jitter=jitter))


def backoff(attempt: int, *, jitter: Callable[[], float] = random.random) -> float:
    """Return seconds to wait after the given failed attempt (1, 2, …): exponential with full jitter."""
    ceiling: float = min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** min(attempt - 1, 16))
    return ceiling * jitter()


def retry_after(headers: Mapping[str, str], *, now: Callable[[], datetime] | None = None) -> float | None:
    """Return the seconds that `Retry-After` asks for, be it a number or an HTTP date; None where it says nothing."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            when = parsedate_to_datetime(value)
        except ValueError:
            return None
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        seconds = (when - (now or _utc_now)()).total_seconds()
    return max(0.0, seconds) if seconds < float("inf") else None


def _utc_now() -> datetime:
    return datetime.now(UTC)
