"""A lower bound on a program's precision that stays valid however often one looks at it.

Method: for each precision p0 one bets against "the precision is at most p0" with a mixture of likelihood ratios over
alternatives spread evenly above p0. Under p0 the wealth is a martingale that starts at 1, so by Ville's inequality it
ever reaches 1/level with probability at most `level`, whenever one looks. The bound is the largest p0 whose wealth has.
"""

from __future__ import annotations

import math
from functools import lru_cache

ALTERNATIVES = 64
"""Points of the mixture; any finite mixture keeps the bound valid, more points only make it tighter."""

MOST_MISSING = 10_000


def wealth(successes: int, failures: int, precision: float) -> float:
    """Return the log of the wealth of the bet against "precision is at most `precision`"."""
    step = (1.0 - precision) / ALTERNATIVES
    logs = []
    for index in range(ALTERNATIVES):
        alternative = precision + (index + 0.5) * step
        gain = successes * math.log(alternative / precision)
        loss = failures * math.log((1.0 - alternative) / (1.0 - precision)) if failures else 0.0
        logs.append(gain + loss)
    highest = max(logs)
    return highest + math.log(sum(math.exp(value - highest) for value in logs) / ALTERNATIVES)


@lru_cache(maxsize=4096)
def lower_bound(successes: int, failures: int, level: float) -> float:
    """Return the bound on precision, 0 to 1, that is wrong at any time with probability at most `level`."""
    low, high = 0.0, 1.0
    needed = -math.log(level)
    for _ in range(40):
        middle = (low + high) / 2
        if wealth(successes, failures, max(middle, 1e-9)) >= needed:
            low = middle
        else:
            high = middle
    return low


@lru_cache(maxsize=65536)
def is_certified(successes: int, failures: int, *, precision: float, level: float) -> bool:
    """Tell whether `precision` is proven: what `missing_approvals` is 0 for, at the price of one look."""
    return wealth(successes, failures, precision) >= -math.log(level)


@lru_cache(maxsize=4096)
def missing_approvals(successes: int, failures: int, *, precision: float, level: float) -> int:
    """Return how many more approvals in a row would certify `precision`; 0 when it is certified."""
    needed = -math.log(level)

    def certified(more: int) -> bool:
        return wealth(successes + more, failures, precision) >= needed

    if certified(0):
        return 0
    upper = 1
    while not certified(upper) and upper < MOST_MISSING:
        upper *= 2
    lower = upper // 2
    while upper - lower > 1:
        middle = (lower + upper) // 2
        lower, upper = (lower, middle) if certified(middle) else (middle, upper)
    return upper
