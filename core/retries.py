"""When a call is repeated, and how long to wait before."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
OVERLOADED = frozenset({429, 503})

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 30.0


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
