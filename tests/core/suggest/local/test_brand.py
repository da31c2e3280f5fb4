"""Brands in titles: on records that were held out, precise, and silent where none stands."""

from __future__ import annotations

from typing import Any

import pytest

from core.suggest.local import brand, training
from core.suggest.local.examples import Example


def titled(number: int, title: str, name: str | None) -> Example:
    return Example(number, "acme", title, "", name, None, None, None, None)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_brands_of_held_out_titles_are_found_and_absent_ones_are_not_made_up(catalogue: Any, seed: int) -> None:
    made = catalogue(seed, 5)
    gazetteer = training.brands(made.many(2_500))
    held = made.many(1_500)

    found = [brand.find(gazetteer, one.title) for one in held]
    said = [(one, two) for one, two in zip(held, found, strict=True) if two is not None]
    right = sum(one.brand == two.brand for one, two in said)
    silent = [two is None for one, two in zip(held, found, strict=True) if one.brand is None]
    off = abs(sum(two.confidence for _, two in said) - right) / len(said)

    assert right / len(said) >= 0.95
    assert right / sum(one.brand is not None for one in held) >= 0.83
    assert sum(silent) / len(silent) >= 0.90
    assert off <= 0.03


def test_the_longest_name_counts() -> None:
    examples = [titled(at, f"Alder Finch kettle {at}", "Alder Finch") for at in range(20)]
    examples += [titled(100 + at, f"Alder kettle {at}", "Alder") for at in range(20)]

    gazetteer = training.brands(examples)

    assert (found := brand.find(gazetteer, "ALDER-FINCH teapot")) is not None
    assert found.brand == "Alder Finch"


def test_a_brand_that_something_is_made_for_is_not_its_brand() -> None:
    examples = [titled(at, f"Pomme phone {at}", "Pomme") for at in range(30)]
    examples += [titled(100 + at, f"Case {at} for Pomme phone", None) for at in range(30)]

    gazetteer = training.brands(examples)

    assert brand.find(gazetteer, "Sleeve for Pomme phone") is None
    assert (found := brand.find(gazetteer, "Pomme tablet")) is not None
    assert found.brand == "Pomme"


@pytest.mark.parametrize("title", ["", "Kettle of steel", "x" * 5_000, "\ud83d\ude00 2024", "12"])
def test_a_merchant_without_records_is_told_nothing(title: str) -> None:
    assert brand.find(training.brands([]), title) is None
    assert brand.find(training.brands([titled(1, "Alder kettle", "Alder")]), title) is None
