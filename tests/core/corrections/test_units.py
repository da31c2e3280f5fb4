"""Measures as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.corrections import units
from core.corrections.steps.numbers import GRAMS, MILLIMETRES


@pytest.mark.parametrize(
    ("text", "number", "sign"),
    [
        ('24"', "24", "in"),
        ("10 1/2 in", "10.5", "in"),
        ('10-1/8"', "10.125", "in"),
        ("1/2 ft", "0.5", "ft"),
        ("48", "48", None),
        ("3,5 kg", "3.5", "kg"),
        ("900-GB", "900", "GB"),
        ("12 fl. oz.", "12", "fl-oz"),
        ("10K", "10", "thousand"),
        ("5 %", "5", "%"),
        ("20 °C", "20", "°C"),
        ("7 LBS.", "7", "lb"),
        ("6 m", "6", "m"),
        ("6 MW", "6", "MW"),
        ("6 mW", "6", "mW"),
    ],
)
def test_a_measure_is_read_with_its_unit(text, number, sign):
    read = units.read(text)

    assert read is not None
    assert (read[0], read[1] and read[1].sign) == (Decimal(number), sign)


@pytest.mark.parametrize(
    "text", ["", "in", "12 cubits", "1,234 kg", "10/0 in", "10 x 20 cm", "1.2.3 kg", "-5 cm", "9" * 80]
)
def test_what_may_mean_another_thing_is_not_read(text):
    assert units.read(text) is None


def test_the_units_agree_with_those_that_weights_and_lengths_are_converted_by():
    for family, known in (("mass", GRAMS), ("length", MILLIMETRES)):
        for sign, factor in known.items():
            assert (units.SIGNS[sign].family, units.SIGNS[sign].factor) == (family, factor)


def test_nothing_is_converted_between_families_nor_between_bytes():
    signs = units.SIGNS

    assert units.convert(Decimal(1), signs["kg"], signs["cm"]) is None
    assert units.convert(Decimal(1), signs["GB"], signs["MB"]) is None
    assert units.convert(Decimal(1), signs["ft"], signs["in"]) == 12
