"""Categories from text: right and calibrated on records that were held out, quick, and silent without labels."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.suggest.local import category, training
from core.suggest.local.examples import Example

Ranked = list[list[tuple[str, float]]]


def asked(catalogue: Any, seed: int, categories: int, labels: int) -> tuple[list[Example], Ranked]:
    made = catalogue(seed, categories)
    model = training.categories(made.many(labels))
    held = made.many(2_000)
    return held, [category.ranked(model, one.title, one.text, "acme") for one in held]


def share(held: list[Example], ranked: Ranked, first: int) -> float:
    hits = [one.category in [name for name, _ in two[:first]] for one, two in zip(held, ranked, strict=True)]
    return sum(hits) / len(hits)


def calibration_error(held: list[Example], ranked: Ranked) -> float:
    bins: dict[int, float] = {}
    for one, two in zip(held, ranked, strict=True):
        name, chance = two[0]
        at = min(int(chance * 15), 14)
        bins[at] = bins.get(at, 0.0) + chance - (name == one.category)
    return sum(map(abs, bins.values())) / len(held)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_thousand_labels_teach_ten_categories(catalogue: Any, seed: int) -> None:
    held, ranked = asked(catalogue, seed, 10, 1_000)

    assert share(held, ranked, 1) >= 0.93
    assert calibration_error(held, ranked) <= 0.03


def test_two_thousand_labels_teach_fifty_categories(catalogue: Any) -> None:
    held, ranked = asked(catalogue, 3, 50, 2_000)

    assert share(held, ranked, 3) >= 0.85
    assert calibration_error(held, ranked) <= 0.03


def test_an_answer_takes_no_more_than_a_millisecond(catalogue: Any) -> None:
    made = catalogue(4, 50)
    model = training.categories(made.many(2_000))
    held = made.many(300)
    category.ranked(model, held[0].title, held[0].text)

    started = time.process_time()
    for one in held:
        category.ranked(model, one.title, one.text)

    assert (time.process_time() - started) / len(held) <= 0.001


def test_the_order_of_work_decides_nothing(catalogue: Any) -> None:
    examples = catalogue(5, 4).many(200)

    assert training.train(examples) == training.train(examples[::-1])


def test_it_is_silent_without_labels_and_where_a_channel_has_no_categories_yet(catalogue: Any) -> None:
    examples = catalogue(6, 3).many(300)

    assert category.ranked(training.categories(examples[:10]), "kettle", "") == []
    assert category.ranked(training.categories(examples), "kettle", "", "other") == []
