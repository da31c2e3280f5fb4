"""When a digest is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.jobs.digests import is_due
from core.model.notices import About, Frequency
from core.store.recipients import SubscriptionRow

START = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("frequency", "last", "now", "due"),
    [
        (Frequency.OFF, START, START + timedelta(days=9), False),
        (Frequency.AT_ONCE, START, START, True),
        (Frequency.HOURLY, START, START + timedelta(minutes=29), False),
        (Frequency.HOURLY, START, START + timedelta(minutes=30), True),
        (Frequency.DAILY, START, START + timedelta(hours=20), False),
        (Frequency.DAILY, START, START + timedelta(hours=21), True),
        (Frequency.DAILY, START.replace(hour=1), START.replace(hour=6, minute=29), True),
        (Frequency.DAILY, START.replace(hour=6, minute=0), START.replace(hour=23), False),
    ],
)
def test_a_digest_is_due_by_the_clock(frequency, last, now, due):
    row = SubscriptionRow(
        id=1, recipient=1, about=About.TROUBLE, frequency=frequency, hour=6, read_to=0, since=last, digested_at=last
    )

    assert is_due(row, now) is due
