"""Whether the audit sample shows that a correction has turned bad: a test that may be looked at after every item.

Method: what `certificate` bets against "the precision is at most p" is bet here, mirrored, against "the precision is
at least `floor`", once from each item on: a bet that begins with item k holds 1 before it, and then the wealth of the
mirrored mixture over items k, k + 1, and so on. The bets are weighted by 1 / (k (k + 1)), which add up to 1, so that
the whole is a test martingale as well: while the precision stays at `floor` or above, it ever reaches 1 / level with
probability at most `level` (Ville's inequality). A bet that begins late is not held back by a long good past, and that
is what notices a drift.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from core.knowledge.certificate import wealth

REACH = 300
"""Of a longer past only so many bets are looked at, those that began last; leaving bets out is safe."""


def has_turned(right: Sequence[bool], *, floor: float, level: float) -> bool:
    """Tell whether the sample, True for each that was right, in the order judged, proves precision below `floor`."""
    return evidence(right, floor=floor) >= -math.log(level)


def evidence(right: Sequence[bool], *, floor: float) -> float:
    """Return the log of the wealth of the bets against "the precision is at least `floor`"; 0 is where it begins."""
    total = len(right)
    logs = [-math.log(total + 1)]
    bad = good = 0
    for begin in range(total, max(total - REACH, 0), -1):
        bad += not right[begin - 1]
        good += right[begin - 1]
        logs.append(_wealth(bad, good, round(1.0 - floor, 9)) - math.log(begin * (begin + 1)))
    highest = max(logs)
    return highest + math.log(sum(math.exp(one - highest) for one in logs))


@lru_cache(maxsize=65536)
def _wealth(bad: int, good: int, rate: float) -> float:
    return wealth(bad, good, rate)
