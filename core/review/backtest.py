"""What other numbers would have done to a merchant's past: per pattern, per channel and in all."""

from __future__ import annotations

import msgspec

from core.context import Context
from core.corrections import apply
from core.errors import NotFound
from core.knowledge.backtest import Known, Trial, replay
from core.knowledge.otherwise import retell
from core.knowledge.safety import safety_of
from core.knowledge.tally import (
    Produced,
    Tally,
    produced,
    produced_in_all,
    seconds_of_a_decision,
    tally,
    total_of,
)
from core.model.corrections import Program
from core.model.people import Actor
from core.store import auto_rules, past, past_values, patterns


class PatternTally(msgspec.Struct, frozen=True, kw_only=True):
    """What the trial would have done for one pattern, and what the numbers in force would have: `now`.

    `produced` is there where another program is tried.
    """

    pattern_id: str
    channel: str
    title: str
    trial: Tally
    now: Tally
    produced: Produced | None = None


class ChannelTally(msgspec.Struct, frozen=True, kw_only=True):
    """The same for one channel."""

    channel: str
    trial: Tally
    now: Tally
    produced: Produced | None = None


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """The same for all; `patterns` hold those of which one of the two applied something, the most applied first.

    `sentence` says what the program does that is tried, if one is.
    """

    seconds_a_decision: float
    sentence: str | None = None
    trial: Tally
    now: Tally
    produced: Produced | None = None
    channels: list[ChannelTally]
    patterns: list[PatternTally]


async def backtest(
    context: Context, actor: Actor, trial: Trial, *, pattern_id: str | None = None, channel: str | None = None
) -> Backtest:
    """Replay what the actor may see at the numbers of `trial`, and at those in force.

    Refused where the program to try has a step or an argument that is not known.
    """
    if trial.program is not None:
        trial = msgspec.structs.replace(trial, program=apply.normalise(trial.program))
    if pattern_id is not None:
        await _check_seen(actor, pattern_id)
    seconds = seconds_of_a_decision(await past.latest_decisions(actor.merchant))
    found = [
        await _pattern(context, actor.merchant, one, trial, seconds)
        async for one in past.pasts(actor.merchant, pattern=pattern_id, channel=channel)
    ]
    return Backtest(
        seconds_a_decision=round(seconds, 1),
        sentence=None if trial.program is None else apply.describe(trial.program),
        trial=total_of(one.trial for one in found),
        now=total_of(one.now for one in found),
        produced=_in_all(found),
        channels=[_channel(name, found) for name in sorted({one.channel for one in found})],
        patterns=sorted(
            (one for one in found if one.trial.applied or one.now.applied or _made_something(one)),
            key=lambda one: (-one.trial.applied, -one.now.applied, one.pattern_id),
        ),
    )


async def _pattern(
    context: Context, scope: int | None, one: past.PatternPast, trial: Trial, seconds: float
) -> PatternTally:
    learning = context.tuning.knowledge_management
    now = Trial(since=trial.since)
    moments, known, made = one.moments, one.known, None
    if trial.program is not None:
        name = apply.program_hash(trial.program)
        retold = retell(trial.program, name, one.moments, await past_values.seen(scope, one.pattern_id))
        usual = context.tuning.ai_monitoring.confidence_threshold
        moments, known = retold.moments, {name: _known(one, trial.program, name, usual)}
        made = produced(one.moments, retold.made, trial)
    return PatternTally(
        pattern_id=one.pattern_id,
        channel=one.channel,
        title=one.title,
        trial=tally(one.moments, replay(moments, known, trial, learning), trial, seconds),
        now=tally(one.moments, replay(one.moments, one.known, now, learning), now, seconds),
        produced=made,
    )


def _known(one: past.PatternPast, program: Program, name: str, usual: float) -> Known:
    """Return how careful a program has to be, and the pattern's threshold, as if it were learned there now."""
    if name in one.known:
        return one.known[name]
    threshold = min((known.threshold for known in one.known.values()), default=usual)
    return Known(safety=safety_of(program, one.fix_safety), threshold=threshold)


def _in_all(found: list[PatternTally]) -> Produced | None:
    parts = [one.produced for one in found if one.produced is not None]
    return produced_in_all(parts) if parts else None


def _made_something(one: PatternTally) -> bool:
    return one.produced is not None and bool(one.produced.agreed or one.produced.differed or one.produced.refused)


def _channel(name: str, found: list[PatternTally]) -> ChannelTally:
    mine = [one for one in found if one.channel == name]
    return ChannelTally(
        channel=name,
        trial=total_of(one.trial for one in mine),
        now=total_of(one.now for one in mine),
        produced=_in_all(mine),
    )


async def program_of(actor: Actor, auto_rule_id: str) -> Program:
    """Return the program of a learned correction that the actor may see."""
    rule = await auto_rules.get(auto_rule_id)
    if rule is None:
        raise NotFound("There is no such auto rule.")
    await _check_seen(actor, rule.pattern_id)
    return rule.program


async def _check_seen(actor: Actor, pattern_id: str) -> None:
    pattern = await patterns.get(pattern_id)
    if pattern is None or (actor.merchant is not None and pattern.merchant not in (actor.merchant, 0)):
        raise NotFound("There is no such pattern.")
