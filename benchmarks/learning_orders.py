"""The same decisions in random orders, with wrong clicks among them: does what applies itself ever do harm?"""

from __future__ import annotations

import random
from collections.abc import Sequence

from benchmarks.learning_detect import Doubt
from benchmarks.learning_review import Desk

LEARNED_AT = (60, 150, 400)
"""Decisions after which the ranker is fitted and all patterns are applied, and once more at the end."""


def orders(desk: Desk, times: int, slips: float) -> tuple[float, int, str]:
    """Return the lowest error-drop of what applied itself at any look, how many looks were below zero, and a summary.

    A wrong click approves a wrong proposal or refuses a right one, in `slips` of the decisions. A cell that the
    machine has mended before its turn comes is not decided on.
    """
    decided = [one for one, _ in desk.decided]
    lowest, harmed, applied, drops = 1.0, 0, 0, []
    for number in range(times):
        draw = random.Random(7919 * number + round(slips * 1000))
        found = replay(desk, draw.sample(decided, len(decided)), draw, slips)
        lowest = min(lowest, *found)
        harmed += sum(one < 0 for one in found)
        applied += found[-1] > 0
        drops.append(found[-1])
    mean = sum(drops) / len(drops)
    return lowest, harmed, f"{applied} of them applied something, mean drop at the end {mean:.3f}"


def replay(desk: Desk, order: Sequence[Doubt], draw: random.Random, slips: float) -> list[float]:
    """Return the error-drop of the machine alone at each look."""
    again = desk.anew()
    looks = []
    for count, one in enumerate(order, start=1):
        if (one.row, one.field) not in again.applied:
            again.decide(one, slip=draw.random() < slips)
        if count in LEARNED_AT or count == len(order):
            again.learn(glance=False)
            for pattern in again.patterns.values():
                again.apply(pattern)
            looks.append(again.tally().drop_alone)
    return looks
