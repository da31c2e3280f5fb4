"""Fits the ranker to what people decided. This alone needs scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.isotonic import IsotonicRegression

from core.suggest.catalogue.candidates import Candidate
from core.suggest.catalogue.features import Case, Outcome, numbers, way_circles, ways_of, wrong_circles
from core.suggest.catalogue.forest import stored
from core.suggest.catalogue.ranker import SURE, Ranker, calibrated
from core.suggest.catalogue.tables import Catalogue
from core.suggest.catalogue.trust import Trust

FEWEST = 20
TREES = 60
SEED = 20261127
LEAST_SURE = 0.85
MOST_SURE = 0.97
"""No answer below this acts alone, however well the easy ones went."""

WANTED = 0.985
"""The share of its surest answers that have to be right, before the ranker acts alone."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One decision: the case, what could have stood there, and what a person put there (None: it was right).

    What `found` carries of other decisions (programs, what people said) must not come from this one.
    """

    case: Case
    found: tuple[Candidate, ...]
    wanted: str | None


def fit(known: Catalogue, judged: Sequence[Judged], prior: float = 0.5) -> Ranker:
    """Return a ranker that has learned from these decisions; with too few it has trust alone, and its priors.

    `prior` is what is thought of a detector that nothing is known of.
    """
    trust = trust_in(judged, prior)
    rows: list[list[float]] = []
    right: list[bool] = []
    groups: list[int] = []
    for at, one in enumerate(judged):
        if one.found:
            rows.extend(numbers(known, trust, one.case, one.found, outcome_of(one)))
            right.extend(each.value == one.wanted for each in one.found)
            groups.extend([at] * len(one.found))
    if len(judged) < FEWEST or len(set(right)) < 2:
        return Ranker(trust=trust, decisions=len(judged))
    matrix, target = np.array(rows, dtype=np.float32), np.array(right)
    model = ExtraTreesClassifier(
        TREES, min_samples_leaf=2, max_features=0.5, max_depth=14, bootstrap=True, oob_score=True, random_state=SEED
    )
    model.fit(matrix, target)
    held = model.oob_decision_function_[:, 1]
    held = np.where(np.isnan(held), 0.5, held)
    best = _best(held, target, groups)
    knots = _knots(best)
    return Ranker(
        trust=trust,
        forest=stored(model.estimators_, matrix.shape[1]),
        knots=knots,
        threshold=_threshold(best, knots),
        decisions=len(judged),
    )


def trust_in(judged: Sequence[Judged], prior: float = 0.5) -> Trust:
    """Return how far detectors and ways were right in these decisions."""
    trust = Trust(prior=prior)
    for one in judged:
        wrong, hit = outcome_of(one)
        trust.note(wrong_circles(one.case), right=wrong)
        for way in sorted({way for each in one.found for way in ways_of(each)}):
            trust.note(way_circles(one.case, way), right=way in hit)
    return trust


def outcome_of(one: Judged) -> Outcome:
    """Return whether the value was wrong, and which ways found the right one."""
    hit = {way for each in one.found if each.value == one.wanted for way in ways_of(each)}
    return one.wanted is not None, frozenset(hit)


def _best(held: Any, target: Any, groups: Sequence[int]) -> list[tuple[float, bool]]:
    """Return for each decision the surest answer that was held out, and whether it was right, lowest first."""
    best: dict[int, tuple[float, bool]] = {}
    for group, raw, right in zip(groups, held.tolist(), target.tolist(), strict=True):
        if group not in best or raw > best[group][0]:
            best[group] = (raw, right)
    return sorted(best.values())


def _knots(best: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """Return the share of right answers along what the forest says, rising; each share by its own count."""
    raw, right = [one for one, _ in best], [float(one) for _, one in best]
    fitted = IsotonicRegression(out_of_bounds="clip").fit_transform(raw, right)
    knots: list[tuple[float, float]] = []
    start = 0
    for at in range(1, len(raw) + 1):
        if at == len(raw) or fitted[at] != fitted[start]:
            hits, times = sum(right[start:at]), at - start
            share = (hits + 0.5) / (times + 1)
            middle = raw[(start + at - 1) // 2]
            if knots and share < knots[-1][1]:
                share = knots[-1][1]
            if not knots or middle > knots[-1][0]:
                knots.append((middle, share))
            start = at
    return knots


def _threshold(best: Sequence[tuple[float, bool]], knots: Sequence[tuple[float, float]]) -> float:
    """Return the lowest confidence from which on enough of the held-out answers were right."""
    right = 0
    found = None
    for times, (raw, was_right) in enumerate(reversed(best), start=1):
        right += was_right
        last = times == len(best) or best[-times - 1][0] < raw
        if last and (right / (times + 1) >= WANTED or (right == times >= FEWEST)):
            found = raw
    return min(max(calibrated(knots, found), LEAST_SURE), MOST_SURE) if found is not None else SURE + 0.05
