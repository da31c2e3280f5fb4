"""What a merchant's models answer to the steps that ask its catalogue."""

from __future__ import annotations

from typing import Any

import pytest

from core.corrections import apply
from core.suggest.local import training
from core.suggest.local.examples import Example
from core.suggest.local.known import Known
from core.suggest.local.models import Models

KINDS = {"kettle": "Kettles", "pillow": "Pillows", "lamp": "Lamps"}
STUFF = ["steel", "oak", "glass", "enamel"]


@pytest.fixture(scope="module")
def models() -> Models:
    examples = []
    for at in range(240):
        noun = list(KINDS)[at % 3]
        title = f"{'Alder' if at % 2 else 'Birch'} {noun} of {STUFF[at % 4]} no. {at}"
        brand = "Alder" if at % 2 else "Birch"
        examples.append(Example(at, "acme", title, f"A {noun}.", brand, KINDS[noun], 1_000.0, 4_000.0, "en"))
    return training.train(examples)


@pytest.mark.parametrize(
    ("step", "field", "after"),
    [
        ("brand_by_catalogue", "brand", "Birch"),
        ("category_by_catalogue", "category", "Kettles"),
        ("weight_by_catalogue", "weight", {"value": "1.5", "unit": "kg"}),
    ],
)
def test_a_step_gives_what_the_catalogue_is_sure_of(models: Models, step: str, field: str, after: Any) -> None:
    sides = {"length": "30", "width": "20", "height": "10", "unit": "cm"}
    record = {"title": "Birch kettle of steel", "description": "A kettle.", "dimensions": sides}

    (change,) = apply.run(({step: {}},), record, field, Known(models, "acme"))

    assert change.after == after
    assert apply.asks_catalogue(({step: {}},))


@pytest.mark.parametrize("step", ["brand_by_catalogue", "category_by_catalogue", "weight_by_catalogue"])
def test_it_abstains_without_a_catalogue_and_where_nothing_is_like_it(models: Models, step: str) -> None:
    record = {"title": "Zzz qqq 77", "brand": None}
    field = step.partition("_")[0]

    assert apply.run(({step: {}},), record, field) == ()
    assert apply.run(({step: {}},), record, field, Known(models, "acme")) == ()
    assert apply.run(({step: {}},), record, field, Known(models, "another channel")) == ()


def test_brands_that_were_never_filled_in_do_not_count_against_their_names() -> None:
    named = [Example(at, "acme", f"Alder pot {at}", "", "Alder", None, None, None, None) for at in range(40)]
    named += [Example(50 + at, "acme", f"Birch pot {at}", "", "Birch", None, None, None, None) for at in range(40)]
    missing = [Example(100 + at, "acme", f"Alder pan {at}", "", None, None, None, None, None) for at in range(40)]

    found = training.brands([*named, *missing])

    assert found.blank < 0.1
    assert Known(Models(brands=found), "acme").brand({"title": "Alder jug"}) == "Alder"


def test_titles_that_name_no_brand_say_when_a_word_is_none() -> None:
    named = [Example(at, "acme", f"Alder pot {at}", "", "Alder", None, None, None, None) for at in range(40)]
    bare = [Example(100 + at, "acme", f"Pan of alder {at}", "", None, None, None, None, None) for at in range(40)]

    assert training.brands([*named, *bare]).blank > 0.5
