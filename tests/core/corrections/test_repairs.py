"""Steps that repair how something was typed."""

from __future__ import annotations

import random
from typing import Any

import pytest

from core.corrections.apply import run
from core.corrections.steps.codes import valid_gtin


def mended(step: str, value: Any, **record: Any) -> Any:
    changes = run(({step: {}},), {"x": value, **record}, "x")
    return changes[0].after if changes else None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("36000291452", "036000291452"),
        (36000291452, "036000291452"),
        ("EAN: 4006381-333931", "4006381333931"),
        ("4006381,333931", "4006381333931"),
        ("4006381333931.0", "4006381333931"),
        ("4006381333930", None),
        ("36000291453", None),
        ("4.00638E+12", None),
        ("400638133393", None),
        (True, None),
        ("", None),
    ],
)
def test_a_gtin_gets_back_its_zeros_and_nothing_else(before: Any, after: str | None) -> None:
    assert mended("restore_gtin", before) == after


def test_no_digit_of_a_gtin_is_ever_invented() -> None:
    draw = random.Random(7)
    for _ in range(5_000):
        text = "".join(draw.choice("0123456789") for _ in range(draw.randint(1, 14)))
        after = mended("restore_gtin", f" {text[:3]}-{text[3:]} ")

        assert after is None or (valid_gtin(after) and after.lstrip("0") == text.lstrip("0"))


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        ("read_measure", "1,5 kg", {"value": "1.5", "unit": "kg"}),
        ("read_measure", "250 Gramm", {"value": "250", "unit": "g"}),
        ("read_measure", "1,500 kg", None),
        ("read_measure", "about 2 kg", None),
        ("read_measure", "3 stone", None),
        ("name_unit", "Kilogramm", "kg"),
        ("name_unit", "Zoll", "in"),
        ("name_unit", "stone", None),
        ("country_code", "Allemagne", "DE"),
        ("country_code", "the Netherlands", "NL"),
        ("country_code", "gb", "GB"),
        ("country_code", "Atlantis", None),
    ],
)
def test_measures_units_and_countries_are_read_in_one_way_or_not_at_all(step: str, before: Any, after: Any) -> None:
    assert mended(step, before) == after


@pytest.mark.parametrize(
    ("country", "before", "after"),
    [("GB", "sw1a1aa", "SW1A 1AA"), ("NL", "1012ab", "1012 AB"), ("DE", "D-10115", "10115"), ("DE", "1067", None)],
)
def test_a_postal_code_is_written_as_its_country_does(country: str, before: str, after: str | None) -> None:
    assert mended("format_postal_code", before, shipping_address={"country": country}) == after
