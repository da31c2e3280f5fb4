"""Looks at how people review, and tells a merchant where somebody may not look any more, without naming them."""

from __future__ import annotations

from datetime import timedelta

from core.context import Context
from core.knowledge.attention import HASTY_SECONDS, attention
from core.queue import job
from core.store import alerts, merchants, reviewed

DAYS = timedelta(days=7)
SUBJECT = "reviewing"


@job
async def look_at_reviewing(context: Context) -> None:
    """Open an alert where nearly all of many suggestions were approved within seconds, and close it where not."""
    now = context.clock()
    for merchant in await merchants.names():
        hasty = [one for one in attention(await reviewed.since(merchant, now - DAYS)) if one.is_hasty]
        if not hasty:
            await alerts.close(merchant, SUBJECT, now)
            continue
        approved, decided = sum(one.approved for one in hasty), sum(one.decisions for one in hasty)
        who = "One person" if len(hasty) == 1 else f"{len(hasty)} people"
        message = (
            f"{who} approved {approved} of {decided} suggestions in the last 7 days, most within {HASTY_SECONDS:.0f}"
            " seconds of the one before. That may be right; look at some of them again. Analytics has the numbers."
        )
        await alerts.open_one(merchant, SUBJECT, message, now)
