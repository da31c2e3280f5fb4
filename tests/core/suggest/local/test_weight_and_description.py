"""Weight by density, and descriptions by template."""

from __future__ import annotations

import random
from typing import Any

import pytest

from core.suggest.local import description, weight
from core.suggest.local.examples import Example


def solids(seed: int, category: str, density: float, spread: float, count: int) -> list[Example]:
    draw = random.Random(seed)
    found = []
    for at in range(count):
        volume = draw.uniform(500, 50_000)
        grams = volume * density * draw.lognormvariate(0, spread)
        found.append(Example(at, "acme", "Thing", "", None, category, grams, volume, None))
    return found


def test_each_category_has_its_density_and_its_share_holds_on_other_records() -> None:
    learned = weight.learn(solids(1, "Dumbbells", 4.0, 0.1, 200) + solids(2, "Pillows", 0.05, 0.3, 200))
    held = solids(3, "Pillows", 0.05, 0.3, 1_000)

    name, pillows = weight.of(learned, "Pillows") or ("", weight.Density(1, 0, 0.0))
    inside = sum(1 / 1.25 <= (one.cm3 or 0) / pillows.divisor * 1000 / (one.grams or 1) <= 1.25 for one in held)

    assert name == "Pillows"
    assert learned["Dumbbells"].within >= 0.95
    assert abs(inside / len(held) - pillows.within) <= 0.08


def test_a_category_with_few_records_takes_the_catalogue_and_an_empty_one_abstains() -> None:
    learned = weight.learn(solids(1, "Dumbbells", 4.0, 0.1, 20) + solids(2, "Pillows", 0.05, 0.1, 3))

    assert (weight.of(learned, "Pillows") or ("?",))[0] == ""
    assert weight.of({}, "Pillows") is None


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en-GB", "Kettle. Brand: Alder. Colour: red."),
        ("fr", "Kettle. Marque : Alder. Couleur : red."),
        ("de_DE", "Kettle. Marke: Alder. Farbe: red."),
    ],
)
def test_a_description_says_what_the_record_says_in_its_language(locale: str, expected: str) -> None:
    record: dict[str, Any] = {"title": "Kettle", "brand": "Alder", "attributes": {"color": "red"}, "locale": locale}

    found = description.offer(record, "description", None)

    assert found is not None
    assert found.changes[0].after == expected


@pytest.mark.parametrize(
    "record",
    [
        {"title": "Kettle", "brand": "Alder", "attributes": {"color": "red"}, "locale": "ja"},
        {"title": "Kettle", "brand": "Alder", "attributes": {"color": "red"}},
        {"title": "Kettle", "locale": "en"},
        {"brand": "Alder", "attributes": {"color": "red"}, "locale": "en"},
    ],
)
def test_it_is_silent_in_an_unknown_language_and_where_there_is_nothing_to_say(record: dict[str, Any]) -> None:
    assert description.offer(record, "description", None) is None


def test_the_language_is_read_off_the_title_where_no_locale_stands() -> None:
    record = {"title": "Wasserkocher mit Deckel für den Herd", "brand": "Alder", "mpn": "K1"}

    assert description.language_of(record, "en") == "de"
