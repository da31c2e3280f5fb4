"""The ranker's numbers: bounded, of one length, and a chance out of them."""

from __future__ import annotations

from core.suggest.local.names import Match
from core.suggest.local.ranker import FEATURES, features, score


def test_each_name_has_its_numbers_and_the_better_known_one_scores_higher() -> None:
    two = [Match("alder", "lead", 0), Match("steel", "inside", 3)]

    numbers = features(two, [0.9, 0.1], [(0.95, 40), (0.05, 3)])
    weights = [0.0, 1.0, *[0.0] * (FEATURES - 2)]

    assert [len(one) for one in numbers] == [FEATURES, FEATURES]
    assert score(weights, numbers[0]) > 0.5 > score(weights, numbers[1])
