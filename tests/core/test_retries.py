"""When a call is repeated, and after how long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.retries import Failure, backoff, delay, retry_after


def now() -> datetime:
    return datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("-5", 0.0),
        ("Mon, 23 Nov 2026 12:02:00 GMT", 120.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("Monday, 23-Nov-26 12:00:30 GMT", 30.0),
    ],
)
def test_retry_after_is_read_as_number_and_as_date(value: str, seconds: float) -> None:
    assert retry_after({"retry-after": value}, now=now) == seconds


@pytest.mark.parametrize("value", ["", "soon", "nan", "inf", "Mon, 99 Nov 2026 12:00:00 GMT"])
def test_an_unreadable_retry_after_says_nothing(value: str) -> None:
    assert retry_after({"retry-after": value}, now=now) is None


def test_the_back_off_doubles_up_to_its_bound() -> None:
    waits = [backoff(attempt, jitter=lambda: 1.0) for attempt in (1, 2, 3, 4, 10, 10_000)]

    assert waits == [0.5, 1.0, 2.0, 4.0, 30.0, 30.0]


def test_jitter_spreads_over_the_whole_range() -> None:
    waits = [backoff(3) for _ in range(200)]

    assert min(waits) < 0.5
    assert max(waits) > 1.5


def test_at_least_what_the_channel_asks_for_is_waited() -> None:
    assert delay(Failure("busy", wait=7.0), 1, jitter=lambda: 1.0) == 7.0
    assert delay(Failure("busy", wait=0.0), 3, jitter=lambda: 1.0) == 2.0
