"""Makes the local models of a merchant out of its sample. This alone needs scikit-learn; it runs in the worker.

Each is fitted on all examples and calibrated on answers that a model without those examples gave.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
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
    measures,
    softmax,
)
from core.suggest.local.examples import Example
from core.suggest.local.models import Models
from core.suggest.local.names import folded
from core.suggest.local.ranker import score

UNSEEN = -2.0
"""What is said of a category that no example of a part was in: further away than what does not fit."""

FEWEST_RANKED = 100
"""Names in titles held out, from which on they are weighed by more than what they were before."""

FOLDS = 5
FEWER_FOLDS, MOST_WORK = 3, 150_000
"""Above so many examples times categories, fewer parts are held out: each is another model to fit."""

BRAND_PRECISION = 0.965
BRAND_ABSTENTION = 0.945
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
    asked = [one for one in examples if one.brand is not None or whole.blank >= brand.LEAST_BLANK]
    parts = [brand.count([one for one in examples if _part(one) % FOLDS != part]) for part in range(FOLDS)]
    held = [(one, brand.candidates(parts[_part(one) % FOLDS], one.title)) for one in asked]
    weights = _weights(held, whole.blank)
    answers = [_answer(one, offered, weights, whole.blank) for one, offered in held if offered]
    if len(answers) < 30:
        return whole
    absent = sum(_weight(one, whole.blank) for one in asked if one.brand is None or not _stands(one))
    answers.sort()
    raws = [one.raw for one in answers]
    isotonic = IsotonicRegression(y_min=0.01, y_max=0.99, out_of_bounds="clip")
    isotonic.fit(raws, [float(one.right) for one in answers], sample_weight=[one.weight for one in answers])
    return msgspec.structs.replace(
        whole,
        weights=weights,
        knots=brand.smoothed_knots(raws, isotonic.predict(raws)),
        threshold=_threshold(answers, absent),
    )


Offered = Sequence[tuple[brand.Found, list[float]]]


def _weights(held: Sequence[tuple[Example, Offered]], blank: float) -> list[float]:
    """Return the ranker's weights from titles that were held out; none where there is too little to weigh."""
    rows = [numbers for _, offered in held for _, numbers in offered]
    right = [_is_right(one, found) for one, offered in held for found, _ in offered]
    if len(rows) < FEWEST_RANKED or len(set(right)) < 2:
        return []
    heavy = [_weight(one, blank) for one, offered in held for _ in offered]
    fitted = LogisticRegression(C=1.0, fit_intercept=False, max_iter=1000).fit(rows, right, sample_weight=heavy)
    return [float(one) for one in fitted.coef_[0]]


def _answer(one: Example, offered: Offered, weights: Sequence[float], blank: float) -> Answer:
    """Return what the ranker would have said of a title."""
    scored = [(score(weights, numbers) if weights else found.raw, found) for found, numbers in offered]
    raw, best = max(scored, key=lambda two: two[0])
    return Answer(raw, _is_right(one, best), _weight(one, blank), one.brand is None or not _stands(one))


def _is_right(one: Example, found: brand.Found) -> bool:
    return one.brand is not None and folded(found.brand) == folded(one.brand)


def _weight(one: Example, blank: float) -> float:
    return 1.0 if one.brand is not None else blank


class Answer(NamedTuple):
    """What was said of a title held out: its raw score, whether it was right, its weight, if it has no brand."""

    raw: float
    right: bool
    weight: float
    absent: bool


def _threshold(answers: Sequence[Answer], silent: float) -> float:
    """Return the lowest score from which on enough was right, and enough of what has no brand was left alone."""
    wrong = right = made_up = 0.0
    best = 1.01
    for index in range(len(answers) - 1, -1, -1):
        one = answers[index]
        right, wrong = right + one.weight * one.right, wrong + one.weight * (not one.right)
        made_up += one.weight * (one.absent and not one.right)
        if index and answers[index - 1].raw == one.raw:
            continue
        precise = right / (right + wrong + 1) >= BRAND_PRECISION or (wrong == 0 and right >= 15)
        if precise and made_up <= (1 - BRAND_ABSTENTION) * max(silent, 20):
            best = one.raw
    return best


def _stands(one: Example) -> bool:
    return f" {folded(one.brand or '')} " in f" {folded(one.title)} "


def categories(examples: Sequence[Example]) -> Categories:
    """Return the category model, its probabilities calibrated on parts held out."""
    labelled = [one for one in examples if one.category is not None]
    counts = Counter(one.category for one in labelled)
    names = sorted(str(name) for name, times in counts.most_common(MOST_CATEGORIES) if times >= 3)
    chosen = _sampled([one for one in labelled if one.category in set(names)], len(names))
    if len(names) < 2 or len(chosen) < FEWEST_EXAMPLES:
        return Categories()
    numbers = {name: at for at, name in enumerate(names)}
    strangers = _sampled([one for one in labelled if one.category not in numbers], 1)[: len(chosen)]
    target = np.array([numbers.get(str(one.category), -1) for one in (*chosen, *strangers)])
    hashed = [features(one.title, one.text, one.brand) for one in (*chosen, *strangers)]
    rarity = _rarity(hashed[: len(chosen)])
    matrix = _matrix(hashed, rarity)
    held = _held(matrix, target, np.array([_part(one) for one in (*chosen, *strangers)]), len(names))
    asked = np.abs(held).sum(axis=1) > 0
    if (asked & (target >= 0)).sum() < FEWEST_EXAMPLES:
        return Categories()
    model = _fitted(matrix[: len(chosen)], target[: len(chosen)])
    sharpness = _sharpness(held[asked & (target >= 0)], target[asked & (target >= 0)])
    right = held[asked].argmax(axis=1) == target[asked]
    slope, shift = _odds(softmax(held[asked] * sharpness).max(axis=1), right)
    return Categories(
        names=names,
        places=[sorted({one.channel for one in chosen if one.category == name}) for name in names],
        weights=_rows(model.coef_, len(names)).astype("<f2").tobytes(),
        rarity=rarity.astype("<f4").tobytes(),
        bias=[float(one) for one in _rows(model.intercept_.reshape(-1, 1), len(names))[:, 0]],
        sharpness=sharpness,
        slope=slope,
        shift=shift,
        examples=len(chosen),
        right=float(right.mean()),
    )


def _held(matrix: Any, target: Any, parts: Any, names: int) -> Any:
    """Return what models that have not seen an example say of it; zeros where no such model could be made.

    An example of a name that is not learned, `target` -1, is asked and never learned from.
    """
    folds = FOLDS if names * len(target) <= MOST_WORK else FEWER_FOLDS
    held = np.zeros((len(target), names), dtype=np.float32)
    for part in range(folds):
        inside = parts % folds != part
        learned = inside & (target >= 0)
        known = np.unique(target[learned])
        if len(known) > 1 and not inside.all():
            held[~inside] = UNSEEN
            held[np.ix_(~inside, known)] = _decide(_fitted(matrix[learned], target[learned]), matrix[~inside])
    return held


def _odds(chances: Any, right: Any) -> tuple[float, float]:
    """Return slope and shift of the log odds under which the answers held out are likeliest: Platt 1999.

    Two answers that were neither right nor wrong keep them finite where all were right.
    """
    bounded = np.clip(chances, 1e-6, 1 - 1e-6)
    odds = np.log(bounded / (1 - bounded))
    positive, count = float(right.sum()), len(right)
    wanted = np.where(right, (positive + 1) / (positive + 2), 1 / (count - positive + 2))

    def loss(two: Any) -> float:
        said = two[0] * odds + two[1]
        return float((np.logaddexp(0, said) - wanted * said).mean() + 1e-3 * (two[0] - 1) ** 2)

    found = minimize(loss, x0=[1.0, 0.0], bounds=[(0.05, 5.0), (-10.0, 10.0)], method="L-BFGS-B").x
    return float(found[0]), float(found[1])


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
    return LinearSVC(C=1.0, random_state=SEED).fit(matrix, target)


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
    values = np.concatenate([measures(one, rarity[one]) for one in hashed])
    return csr_matrix((values, indices, starts), shape=(len(hashed), BUCKETS))


def _sharpness(held: Any, target: Any) -> float:
    """Return the factor under which the held-out answers are likeliest: temperature scaling, Guo et al. 2017."""
    rows = np.arange(len(target))

    def loss(factor: float) -> float:
        return float(-np.log(softmax(held * factor)[rows, target] + 1e-9).mean())

    return float(minimize_scalar(loss, bounds=(0.05, 50.0), method="bounded").x)


def _part(one: Example) -> int:
    return zlib.crc32(str(one.record).encode()) % (FOLDS * FEWER_FOLDS)
