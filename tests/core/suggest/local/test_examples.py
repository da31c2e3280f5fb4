"""The sample that local models learn from, and how it is stored."""

from __future__ import annotations

from typing import Any

import pytest

from core.suggest.local import models, training
from core.suggest.local.examples import example, merge

RECORD = {
    "title": "Enamel kettle",
    "description": "<p>Holds <b>1.5</b> litres</p>",
    "brand": "Alder",
    "category": "Kitchen",
    "weight": {"value": "1.2", "unit": "kg"},
    "dimensions": {"length": "200", "width": "100", "height": "100", "unit": "mm"},
    "locale": "de_DE",
}


def test_an_example_is_plain_and_leaves_out_what_an_issue_stands_against() -> None:
    one = example(1, "acme", RECORD, {"brand"})

    assert one is not None
    assert (one.text, one.brand, one.category, one.locale) == ("Holds 1.5 litres", None, "Kitchen", "de")
    assert (one.grams, one.cm3) == (1200.0, pytest.approx(2000.0))


def test_a_name_that_names_nothing_is_no_brand() -> None:
    assert (one := example(1, "acme", {**RECORD, "brand": "No Brand"})) is not None
    assert one.brand is None


def test_above_its_bound_a_sample_keeps_the_brands_that_are_rare() -> None:
    common = [example(at, "acme", RECORD) for at in range(500)]
    rare = [example(1000 + at, "acme", {**RECORD, "brand": f"Rare {at}"}) for at in range(20)]
    every = [one for one in [*common, *rare] if one is not None]

    sample = merge({}, every, [], most=100)

    assert len(sample) == 100
    assert {one.brand for one in sample.values()} >= {f"Rare {at}" for at in range(20)}


def test_what_is_gone_is_forgotten_and_what_changed_is_replaced() -> None:
    before = {1: example(1, "acme", RECORD), 2: example(2, "acme", RECORD)}
    changed = example(2, "acme", {**RECORD, "brand": "Birch"})

    sample = merge({key: one for key, one in before.items() if one}, [changed] if changed else [], [1])

    assert [one.brand for one in sample.values()] == ["Birch"]


def test_models_are_read_back_as_they_were(catalogue: Any) -> None:
    made = training.train(catalogue(1, 3).many(300))

    assert models.unpack(models.pack(made)) == made


@pytest.mark.parametrize("data", [b"", b"nonsense", models.pack([]), models.pack(models.Models())[:-5]])
def test_what_is_no_model_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="models"):
        models.unpack(data)
