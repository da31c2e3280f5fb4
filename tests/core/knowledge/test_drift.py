"""A sample that turns bad is noticed soon, and a good one is left alone however often one looks."""

from __future__ import annotations

import math
import random

from core.knowledge.certificate import wealth
from core.knowledge.drift import evidence, has_turned

FLOOR, LEVEL = 0.90, 0.05


def noticed_after(draw: random.Random, *, good: float, until: int, bad: float, most: int) -> int | None:
    """Return how many items after a drift the sample is found bad; None if it is not within `most`."""
    right = [draw.random() < good for _ in range(until)]
    for number in range(1, most + 1):
        right.append(draw.random() < bad)
        if has_turned(right, floor=FLOOR, level=LEVEL):
            return number
    return None


def test_the_bets_are_those_of_the_certificate_mirrored_and_weighted():
    right = [True, False, True]

    begun = [(1, 2, 1), (2, 1, 1), (3, 1, 0)]
    expected = sum(math.exp(wealth(bad, good, 1 - FLOOR)) / (begin * (begin + 1)) for begin, good, bad in begun) + 1 / (
        len(right) + 1
    )

    assert math.isclose(math.exp(evidence(right, floor=FLOOR)), expected, rel_tol=1e-9)


def test_a_rule_that_is_right_at_the_floor_is_stopped_in_at_most_one_of_twenty_lives():
    draw = random.Random(20)
    lives, length = 200, 80
    stopped = 0
    for _ in range(lives):
        right: list[bool] = []
        for _ in range(length):
            right.append(draw.random() < FLOOR)
            if has_turned(right, floor=FLOOR, level=LEVEL):
                stopped += 1
                break

    assert stopped / lives <= LEVEL


def test_three_wrong_ones_at_the_outset_are_enough():
    assert not has_turned([False] * 2, floor=FLOOR, level=LEVEL)
    assert has_turned([False] * 3, floor=FLOOR, level=LEVEL)


def test_a_correction_that_turns_all_wrong_after_a_good_past_is_stopped_within_eight_checks():
    delays = [noticed_after(random.Random(seed), good=0.99, until=200, bad=0.0, most=40) for seed in range(20)]

    assert all(delay is not None and delay <= 8 for delay in delays)


def test_a_correction_that_turns_half_wrong_is_stopped_within_forty_checks_in_nine_of_ten_lives():
    delays = [noticed_after(random.Random(seed), good=0.98, until=100, bad=0.5, most=40) for seed in range(40)]

    assert sum(delay is not None for delay in delays) >= 36
