"""Makes the local models of a merchant out of its sample. This alone needs scikit-learn; it runs in the worker.

Each is fitted on all examples and calibrated on answers that a model without those examples gave.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.isotonic import IsotonicRegression
from sklearn.svm import LinearSVC

from core.corrections.steps.describe import language_of
from core.suggest.catalogue import decided, tables
from core.suggest.catalogue.decided import Decision
from core.suggest.catalogue.propose import Taught
from core.suggest.local import brand, weight
from core.suggest.local.category import (
    BUCKETS,
    FEWEST_EXAMPLES,
    MOST_CATEGORIES,
    Categories,
    features,
    softmax,
)
from core.suggest.local.examples import Example
from core.suggest.local.models import Models

FOLDS = 5
BRAND_PRECISION = 0.96
BRAND_ABSTENTION = 0.93
MOST_OF_CATEGORIES = 8_000
SEED = 20261127


def train(examples: Sequence[Example], decisions: Sequence[Decision] = ()) -> Models:
    """Return a merchant's models; what there is too little to learn from stays empty, and abstains.

    `decisions` are what its people decided on products, oldest first.
    """
    ordered = sorted(examples, key=lambda one: one.record)
    languages = Counter(one.locale for one in ordered if one.locale) or Counter(
        said for one in ordered if (said := language_of({"title": f"{one.title} {one.text}"}, None)) is not None
    )
    return Models(
        brands=brands(ordered),
        categories=categories(ordered),
        densities=weight.learn(ordered),
        locale=languages.most_common(1)[0][0] if languages else None,
        examples=len(ordered),
        taught=taught(ordered, decisions),
    )


def taught(examples: Sequence[Example], decisions: Sequence[Decision]) -> Taught:
    """Return what the columns say of each other, and the ranker that people's decisions make."""
    rows = [one.columns for one in examples if one.columns]
    columns = tables.learn(rows, sorted({field for row in rows for field in row})) if rows else tables.Catalogue()
    ranker, confirmed = decided.learned(columns, decisions)
    return Taught(columns=columns, ranker=ranker, confirmed=confirmed)


def brands(examples: Sequence[Example]) -> brand.Gazetteer:
    """Return the gazetteer, calibrated by five parts that are each asked of the four others."""
    examples = [one for one in examples if not one.is_brand_open]
    whole = brand.count(examples)
    points: list[tuple[float, bool]] = []
    silent = 0
    for part in range(FOLDS):
        learned = brand.count([one for one in examples if _part(one) != part])
        for one in examples:
            if _part(one) == part:
                found = brand.best_of(learned, one.title)
                inside = one.brand is not None and _stands(one)
                silent += not inside
                if found is not None:
                    points.append((found.raw, brand.folded(found.brand) == brand.folded(one.brand or "")))
    if len(points) < 30:
        return whole
    points.sort()
    fitted = IsotonicRegression(y_min=0.01, y_max=0.99, out_of_bounds="clip").fit_transform(
        [raw for raw, _ in points], [float(right) for _, right in points]
    )
    return brand.Gazetteer(
        entries=whole.entries,
        rates=whole.rates,
        knots=brand.smoothed_knots(points, fitted),
        threshold=_threshold(points, silent),
    )


def _threshold(points: Sequence[tuple[float, bool]], silent: int) -> float:
    """Return the lowest score from which on enough was right, and enough of what has no brand was left alone."""
    wrong = right = 0
    best = 1.01
    for index in range(len(points) - 1, -1, -1):
        raw, was_right = points[index]
        right, wrong = right + was_right, wrong + (not was_right)
        if index and points[index - 1][0] == raw:
            continue
        precise = right / (right + wrong + 1) >= BRAND_PRECISION or (wrong == 0 and right >= 15)
        if precise and wrong <= (1 - BRAND_ABSTENTION) * max(silent, 20):
            best = raw
    return best


def _stands(one: Example) -> bool:
    return f" {brand.folded(one.brand or '')} " in f" {brand.folded(one.title)} "


def categories(examples: Sequence[Example]) -> Categories:
    """Return the category model, its probabilities calibrated on five parts held out."""
    labelled = [one for one in examples if one.category is not None]
    counts = Counter(one.category for one in labelled)
    names = sorted(str(name) for name, times in counts.most_common(MOST_CATEGORIES) if times >= 3)
    chosen = _sampled([one for one in labelled if one.category in set(names)], len(names))
    if len(names) < 2 or len(chosen) < FEWEST_EXAMPLES:
        return Categories()
    numbers = {name: at for at, name in enumerate(names)}
    target = np.array([numbers[str(one.category)] for one in chosen])
    hashed = [features(one.title, one.text) for one in chosen]
    rarity = _rarity(hashed)
    matrix = _matrix(hashed, rarity)
    parts = np.array([_part(one) for one in chosen])
    held = np.zeros((len(chosen), len(names)), dtype=np.float32)
    for part in range(FOLDS):
        inside = parts != part
        if len(set(target[inside])) == len(names) and not inside.all():
            held[~inside] = _decide(_fitted(matrix[inside], target[inside]), matrix[~inside])
    asked = np.abs(held).sum(axis=1) > 0
    if asked.sum() < FEWEST_EXAMPLES:
        return Categories()
    model = _fitted(matrix, target)
    coefficients = _rows(model.coef_, len(names))
    return Categories(
        names=names,
        places=[sorted({one.channel for one in chosen if one.category == name}) for name in names],
        weights=coefficients.astype("<f2").tobytes(),
        rarity=rarity.astype("<f4").tobytes(),
        bias=[float(one) for one in _rows(model.intercept_.reshape(-1, 1), len(names))[:, 0]],
        sharpness=_sharpness(held[asked], target[asked]),
        examples=len(chosen),
        right=float((held[asked].argmax(axis=1) == target[asked]).mean()),
    )


def _sampled(labelled: Sequence[Example], names: int) -> list[Example]:
    """Return a bounded number of examples, in which no category crowds out the others."""
    most = max(MOST_OF_CATEGORIES // max(names, 1), 20)
    seen: Counter[str | None] = Counter()
    chosen = []
    for one in sorted(labelled, key=lambda one: zlib.crc32(f"sample{one.record}".encode())):
        seen[one.category] += 1
        if len(labelled) <= MOST_OF_CATEGORIES or seen[one.category] <= most:
            chosen.append(one)
    return sorted(chosen, key=lambda one: one.record)


def _fitted(matrix: Any, target: Any) -> Any:
    return LinearSVC(C=0.3, random_state=SEED).fit(matrix, target)


def _decide(model: Any, matrix: Any) -> Any:
    found = model.decision_function(matrix)
    return np.stack([-found, found], axis=1) if found.ndim == 1 else found


def _rows(values: Any, names: int) -> Any:
    return np.concatenate([-values, values]) if names == 2 else values


def _rarity(hashed: Sequence[Sequence[int]]) -> Any:
    counts = np.zeros(BUCKETS)
    for one in hashed:
        counts[one] += 1
    return np.log((1 + len(hashed)) / (1 + counts)) + 1


def _matrix(hashed: Sequence[Sequence[int]], rarity: Any) -> Any:
    starts = np.cumsum([0, *(len(one) for one in hashed)])
    indices = np.concatenate([np.asarray(one, dtype=np.int32) for one in hashed])
    values = rarity[indices]
    lengths = np.sqrt(np.add.reduceat(values * values, starts[:-1]))
    return csr_matrix((values / np.repeat(lengths, np.diff(starts)), indices, starts), shape=(len(hashed), BUCKETS))


def _sharpness(held: Any, target: Any) -> float:
    """Return the factor under which the held-out answers are likeliest: temperature scaling, Guo et al. 2017."""
    rows = np.arange(len(target))

    def loss(factor: float) -> float:
        return float(-np.log(softmax(held * factor)[rows, target] + 1e-9).mean())

    return float(minimize_scalar(loss, bounds=(0.05, 50.0), method="bounded").x)


def _part(one: Example) -> int:
    return zlib.crc32(str(one.record).encode()) % FOLDS
