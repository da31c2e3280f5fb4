"""What other numbers would have done to a merchant's past: per pattern, per channel and in all."""

from __future__ import annotations

import msgspec

from core.context import Context
from core.errors import NotFound
from core.knowledge.backtest import Trial, replay
from core.knowledge.tally import Tally, seconds_of_a_decision, tally, total_of
from core.model.people import Actor
from core.store import past, patterns


class PatternTally(msgspec.Struct, frozen=True, kw_only=True):
    """What the trial would have done for one pattern, and what the numbers in force would have: `now`."""

    pattern_id: str
    channel: str
    title: str
    trial: Tally
    now: Tally


class ChannelTally(msgspec.Struct, frozen=True, kw_only=True):
    """The same for one channel."""

    channel: str
    trial: Tally
    now: Tally


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """The same for all; `patterns` hold those of which one of the two applied something, the most applied first."""

    seconds_a_decision: float
    trial: Tally
    now: Tally
    channels: list[ChannelTally]
    patterns: list[PatternTally]


async def backtest(
    context: Context, actor: Actor, trial: Trial, *, pattern_id: str | None = None, channel: str | None = None
) -> Backtest:
    """Replay what the actor may see at the numbers of `trial`, and at those in force."""
    if pattern_id is not None:
        await _check_seen(actor, pattern_id)
    seconds = seconds_of_a_decision(await past.latest_decisions(actor.merchant))
    learning = context.tuning.knowledge_management
    now = Trial(since=trial.since)
    found: list[PatternTally] = []
    async for one in past.pasts(actor.merchant, pattern=pattern_id, channel=channel):
        tallies = [
            tally(one.moments, replay(one.moments, one.known, numbers, learning), numbers, seconds)
            for numbers in (trial, now)
        ]
        found.append(
            PatternTally(
                pattern_id=one.pattern_id, channel=one.channel, title=one.title, trial=tallies[0], now=tallies[1]
            )
        )
    return Backtest(
        seconds_a_decision=round(seconds, 1),
        trial=total_of(one.trial for one in found),
        now=total_of(one.now for one in found),
        channels=[_channel(name, found) for name in sorted({one.channel for one in found})],
        patterns=sorted(
            (one for one in found if one.trial.applied or one.now.applied),
            key=lambda one: (-one.trial.applied, -one.now.applied, one.pattern_id),
        ),
    )


def _channel(name: str, found: list[PatternTally]) -> ChannelTally:
    mine = [one for one in found if one.channel == name]
    return ChannelTally(channel=name, trial=total_of(one.trial for one in mine), now=total_of(one.now for one in mine))


async def _check_seen(actor: Actor, pattern_id: str) -> None:
    pattern = await patterns.get(pattern_id)
    if pattern is None or (actor.merchant is not None and pattern.merchant not in (actor.merchant, 0)):
        raise NotFound("There is no such pattern.")
