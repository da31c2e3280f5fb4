"""The certificate's bound holds at any moment one looks, and says what is missing."""

from __future__ import annotations

import math
import random

import pytest

from core.knowledge.certificate import lower_bound, missing_approvals, wealth


def test_looking_after_every_decision_is_wrong_at_most_as_often_as_the_level_says() -> None:
    rng = random.Random(20261123)
    runs, wrong = 200, 0

    for _ in range(runs):
        successes = failures = 0
        for _ in range(100):
            if rng.random() < 0.90:
                successes += 1
            else:
                failures += 1
            if wealth(successes, failures, 0.90) >= -math.log(0.05):
                wrong += 1
                break

    assert wrong / runs <= 0.05


def test_missing_approvals_are_exactly_those_that_certify() -> None:
    missing = missing_approvals(3, 0, precision=0.90, level=0.05)

    assert lower_bound(3 + missing, 0, 0.05) >= 0.90
    assert lower_bound(3 + missing - 1, 0, 0.05) < 0.90


def test_a_failure_lowers_the_bound() -> None:
    assert lower_bound(50, 1, 0.05) < lower_bound(50, 0, 0.05)


def test_nothing_seen_bounds_nothing() -> None:
    assert lower_bound(0, 0, 0.05) == pytest.approx(0.0, abs=1e-6)
