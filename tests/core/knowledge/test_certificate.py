"""The certificate's bound holds at any moment one looks, gets there when it is true, and says what is missing."""

from __future__ import annotations

import math
import random
from functools import cache

import pytest

from core.knowledge.certificate import is_certified, lower_bound, missing_approvals, wealth

RUNS = 2_000
LOOKS = 400


@cache
def needed(failures: int, precision: float, level: float) -> int:
    """Return the fewest successes beside so many failures that certify, so that a look is one comparison."""
    return missing_approvals(0, failures, precision=precision, level=level)


def certified_at(draw: random.Random, truth: float, precision: float, level: float, looks: int = LOOKS) -> int | None:
    """Return after how many decisions, of which `truth` are right, one who looks after each sees a certificate."""
    successes = failures = 0
    for looked in range(1, looks + 1):
        if draw.random() < truth:
            successes += 1
        else:
            failures += 1
        if successes >= needed(failures, precision, level):
            return looked
    return None


@pytest.mark.parametrize("precision", [0.80, 0.90, 0.95])
@pytest.mark.parametrize("level", [0.05, 0.20])
def test_looking_after_every_decision_is_wrong_at_most_as_often_as_the_level_says(
    precision: float, level: float
) -> None:
    draw = random.Random(20261123)

    wrong = sum(certified_at(draw, precision, precision, level) is not None for _ in range(RUNS))

    assert 0 < wrong <= level * RUNS


def test_the_test_would_see_a_bound_that_only_holds_for_one_look() -> None:
    """A bound for a fixed sample (Clopper and Pearson's, without failures), looked at after every decision, fails."""
    draw = random.Random(20261123)
    precision, level, wrong = 0.90, 0.05, 0
    for _ in range(RUNS):
        successes = failures = 0
        for _ in range(LOOKS):
            right = draw.random() < precision
            successes, failures = successes + right, failures + (not right)
            looked = successes + failures
            tail = sum(
                math.comb(looked, less) * (1 - precision) ** less * precision ** (looked - less)
                for less in range(failures + 1)
            )
            if failures < 3 and tail <= level:
                wrong += 1
                break
            if failures >= 3:
                break

    assert wrong > level * RUNS


def test_what_is_worse_than_claimed_is_hardly_ever_certified() -> None:
    draw = random.Random(7)

    wrong = sum(certified_at(draw, 0.80, 0.90, 0.05) is not None for _ in range(RUNS))

    assert wrong <= 0.005 * RUNS


@pytest.mark.parametrize(("truth", "within", "share"), [(1.0, 43, 1.0), (0.99, 120, 0.90), (0.97, 400, 0.75)])
def test_what_is_better_than_claimed_is_certified_in_time(truth: float, within: int, share: float) -> None:
    draw = random.Random(11)

    certified = sum(certified_at(draw, truth, 0.90, 0.05, within) is not None for _ in range(RUNS))

    assert certified >= share * RUNS


@pytest.mark.parametrize("truth", [0.60, 0.90, 0.97])
def test_the_bound_is_ever_above_the_truth_at_most_as_often_as_the_level_says(truth: float) -> None:
    draw = random.Random(5)
    above = 0
    for _ in range(300):
        successes = failures = 0
        for looked in range(1, 121):
            right = draw.random() < truth
            successes, failures = successes + right, failures + (not right)
            if looked % 3 == 0 and lower_bound(successes, failures, 0.05) > truth:
                above += 1
                break

    assert above <= 0.05 * 300


@pytest.mark.parametrize(("successes", "failures"), [(0, 0), (3, 0), (5, 1), (10, 5)])
@pytest.mark.parametrize("precision", [0.80, 0.90, 0.99])
def test_missing_approvals_are_exactly_those_that_certify(successes: int, failures: int, precision: float) -> None:
    missing = missing_approvals(successes, failures, precision=precision, level=0.05)

    assert missing > 0
    assert is_certified(successes + missing, failures, precision=precision, level=0.05)
    assert not is_certified(successes + missing - 1, failures, precision=precision, level=0.05)
    assert lower_bound(successes + missing, failures, 0.05) >= precision - 1e-9


def test_with_no_rejection_43_approvals_certify_nine_in_ten() -> None:
    assert missing_approvals(0, 0, precision=0.90, level=0.05) == 43


def test_the_wealth_is_a_fair_game_under_the_precision_it_bets_against() -> None:
    """Its expectation after n decisions is 1, which is what Ville's inequality asks for; worked over all outcomes."""
    for precision in (0.5, 0.9):
        for decided in (1, 5, 20):
            expected = sum(
                math.comb(decided, right)
                * precision**right
                * (1 - precision) ** (decided - right)
                * math.exp(wealth(right, decided - right, precision))
                for right in range(decided + 1)
            )
            assert expected == pytest.approx(1.0)


def test_a_failure_lowers_the_bound() -> None:
    assert lower_bound(50, 1, 0.05) < lower_bound(50, 0, 0.05)


def test_nothing_seen_bounds_nothing() -> None:
    assert lower_bound(0, 0, 0.05) == pytest.approx(0.0, abs=1e-6)
