"""Weighs what is known of a name in a title against the other names there: a logistic model of a few numbers.

What a name was before says most; where it stands, how much is known of it and what rivals it has say the rest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.suggest.local.names import PLACES, Match

FEATURES = 10 + len(PLACES)


def features(matches: Sequence[Match], raws: Sequence[float], shares: Sequence[tuple[float, int]]) -> list[list[float]]:
    """Return numbers for each name in a title, FEATURES each.

    `raws` are how often a name was the brand in its place, `shares` how often anywhere and in how many records.
    """
    found = []
    for at, (match, raw, (share, records)) in enumerate(zip(matches, raws, shares, strict=True)):
        rival = max((one for other, one in enumerate(raws) if other != at), default=0.02)
        again = sum(one.key == match.key for one in matches) - 1
        found.append(
            [
                1.0,
                odds(raw),
                odds(share),
                math.log1p(records),
                odds(rival),
                min(match.start, 4) / 4,
                match.key.count(" "),
                min(again, 2),
                float(len(match.key) <= 2 or any(letter.isdigit() for letter in match.key)),
                odds(raw) * (match.place == "lead"),
                *(float(match.place == place) for place in PLACES),
            ]
        )
    return found


def score(weights: Sequence[float], numbers: Sequence[float]) -> float:
    """Return the chance that a name with these numbers is the brand."""
    total = sum(weight * number for weight, number in zip(weights, numbers, strict=True))
    return 1.0 / (1.0 + math.exp(-min(max(total, -30.0), 30.0)))


def odds(chance: float) -> float:
    """Return the log odds of a chance, within bounds."""
    bounded = min(max(chance, 0.005), 0.995)
    return math.log(bounded / (1.0 - bounded))
