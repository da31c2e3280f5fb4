"""Trying other numbers on what people decided, each merchant on its own past."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import review
from core.errors import NotFound
from core.knowledge.backtest import Trial
from core.model.people import Actor, Role


def actor(merchant: int | None) -> Actor:
    return Actor(user=1, name="ann", role=Role.ADMIN, merchant=merchant)


def later(shop):
    return shop.tick() + timedelta(days=1)


class Past:
    """A merchant with one learned correction, and decisions on it."""

    def __init__(self, shop, merchant, **pattern):
        self.shop, self.merchant, self.values = shop, merchant, pattern

    async def begin(self):
        self.connection = await self.shop.connection(self.merchant)
        self.pattern = await self.shop.pattern(self.values.get("owner", self.merchant))
        await self.shop.rule(self.pattern, program_hash="p", safety="safe", confidence_threshold=0.8)
        return self

    async def decide(self, verdict="approved", **values):
        record = await self.shop.record(self.merchant, self.connection)
        issue = await self.shop.issue(self.merchant, self.connection, record, self.pattern, suggested=False)
        final = None if verdict == "rejected" else "p"
        given = {"human_decision": verdict, "suggested_hash": "p", "final_hash": final} | values
        return record, issue, await self.shop.decision(issue, self.pattern, **given)

    async def apply(self, **values):
        record = await self.shop.record(self.merchant, self.connection)
        issue = await self.shop.issue(self.merchant, self.connection, record, self.pattern, suggested=False)
        given = {"program_hash": "p"} | values
        return await self.shop.application(self.merchant, self.connection, record, issue, self.pattern, **given)


@pytest.fixture
async def past(shop, context):
    """Return a past of six approvals, a rejection, an automatic one that stands and one that was undone."""
    found = await Past(shop, await shop.merchant()).begin()
    for _ in range(6):
        await found.decide()
    await found.decide("rejected")
    await found.apply()
    await found.apply(state="undone", undone_at=later(shop))
    await found.apply(state="superseded")
    return found


async def test_a_lower_threshold_applies_more_and_says_what_people_thought_of_it(context, past):
    lower = await review.backtest(context, actor(past.merchant), Trial(threshold=0.5))

    assert (lower.trial.moments, lower.trial.applied) == (9, 6)
    assert (lower.trial.stood, lower.trial.rejected, lower.trial.undone) == (4, 1, 1)
    assert lower.trial.minutes_saved == pytest.approx(2 * lower.seconds_a_decision / 60, abs=0.1)


async def test_the_numbers_in_force_stand_beside_those_on_trial(context, past):
    found = await review.backtest(context, actor(past.merchant), Trial(min_occurrences=5))

    assert (found.trial.applied, found.now.applied) == (2, 4)
    assert [one.channel for one in found.channels] == ["shopify"]
    assert [one.pattern_id for one in found.patterns] == [str(past.pattern)]


async def test_a_decision_taken_back_counts_as_undone(context, shop, past):
    await past.decide(revoked_at=later(shop))

    found = await review.backtest(context, actor(past.merchant), Trial(threshold=0.5))

    assert found.trial.undone == 2


async def test_another_merchants_past_is_neither_counted_nor_found(context, shop, past):
    other = await Past(shop, await shop.merchant("Birch & Wren")).begin()

    mine = await review.backtest(context, actor(other.merchant), Trial(threshold=0.0))

    assert (mine.trial.moments, mine.patterns) == (0, [])
    with pytest.raises(NotFound):
        await review.backtest(context, actor(other.merchant), Trial(), pattern_id=str(past.pattern))


async def test_of_a_shared_pattern_a_merchant_replays_its_own_decisions_only(context, shop, past):
    shared = await Past(shop, past.merchant, owner=0).begin()
    other = Past(shop, await shop.merchant("Birch & Wren"))
    other.connection, other.pattern = await shop.connection(other.merchant), shared.pattern
    for _ in range(5):
        await shared.decide()
    await other.decide()

    mine = await review.backtest(context, actor(other.merchant), Trial(), pattern_id=str(shared.pattern))
    ours = await review.backtest(context, actor(past.merchant), Trial(), pattern_id=str(shared.pattern))

    assert (mine.trial.moments, ours.trial.moments) == (1, 5)


async def test_one_channel_alone_is_counted_where_it_is_named(context, past):
    found = await review.backtest(context, actor(None), Trial(), channel="ebay")

    assert (found.trial.moments, found.channels) == (0, [])
