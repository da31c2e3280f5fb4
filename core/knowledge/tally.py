"""Counts what a backtest found: what applied itself, what was wrong with it, and the minutes that it saves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from core.knowledge.backtest import Applied, End, Moment, Trial
from core.knowledge.otherwise import Made


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one pattern, one channel or all. `minutes_saved` is below zero where looking again costs more."""

    moments: int = 0
    applied: int = 0
    stood: int = 0
    rejected: int = 0
    changed: int = 0
    undone: int = 0
    minutes_saved: float = 0.0

    @property
    def wrong(self) -> int:
        """Return how many of the applied a person rejected, changed or undid, or the channel refused."""
        return self.rejected + self.changed + self.undone


def tally(moments: Sequence[Moment], applied: Iterable[Applied], trial: Trial, seconds: float) -> Tally:
    """Count what was applied since the trial's begin. `seconds` is what one decision takes a person.

    A correction that stood saves a decision; a wrong one costs another look.
    """
    counted = {one.number for one in moments if trial.since is None or one.at >= trial.since}
    ends = Counter(one.end for one in applied if one.number in counted)
    total = ends.total()
    saved = (ends[End.STOOD] - (total - ends[End.STOOD])) * seconds / 60
    return Tally(
        moments=len(counted),
        applied=total,
        stood=ends[End.STOOD],
        rejected=ends[End.REJECTED],
        changed=ends[End.CHANGED],
        undone=ends[End.UNDONE],
        minutes_saved=round(saved, 1),
    )


class Produced(msgspec.Struct, frozen=True, kw_only=True):
    """What another program made of the records, whether or not the gate had let it: counts of moments.

    `agreed` gave the value that stood, `differed` another than a person chose, `refused` one that a person refused,
    `nothing` no value at all. `not_known` are those of which history does not say.
    """

    agreed: int = 0
    differed: int = 0
    refused: int = 0
    nothing: int = 0
    not_known: int = 0


def produced(moments: Sequence[Moment], made: Mapping[int, Made], trial: Trial) -> Produced:
    """Count what a program made of the records since the trial's begin."""
    counts = Counter(made[one.number] for one in moments if trial.since is None or one.at >= trial.since)
    return Produced(**{one.value: counts[one] for one in Made})


def produced_in_all(parts: Iterable[Produced]) -> Produced:
    """Add such counts up."""
    sums: Counter[str] = Counter()
    for one in parts:
        sums.update(msgspec.structs.asdict(one))
    return Produced(**{one.value: sums[one.value] for one in Made})


def total_of(tallies: Iterable[Tally]) -> Tally:
    """Add tallies up."""
    sums: Counter[str] = Counter()
    minutes = 0.0
    for one in tallies:
        for name in _COUNTS:
            sums[name] += getattr(one, name)
        minutes += one.minutes_saved
    return Tally(**{name: sums[name] for name in _COUNTS}, minutes_saved=round(minutes, 1))


_COUNTS = ("moments", "applied", "stood", "rejected", "changed", "undone")
PAUSE_SECONDS = 300.0
ASSUMED_SECONDS = 30.0


def seconds_of_a_decision(decided: Iterable[tuple[int | str, datetime]]) -> float:
    """Return what a decision takes a person, from who decided when, in time order.

    It is the mean time between two decisions of one person; a pause of more than five minutes was spent elsewhere.
    Thirty seconds where nobody has decided twice.
    """
    last: dict[int | str, datetime] = {}
    gaps = []
    for person, at in decided:
        gap = (at - last[person]).total_seconds() if person in last else None
        if gap is not None and 0 <= gap <= PAUSE_SECONDS:
            gaps.append(gap)
        last[person] = at
    return sum(gaps) / len(gaps) if gaps else ASSUMED_SECONDS
