"""The weight from the dimensions: how heavy a litre of a category is, learned from the merchant's own catalogue."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import msgspec

from core.suggest.local.examples import Example

FEWEST = 8
TOLERANCE = 1.25
"""A weight is taken for right when it is off by less than this factor either way."""

ALL = ""


class Density(msgspec.Struct, frozen=True, array_like=True):
    """`divisor` is cm³ for a kilogram; of `examples` records a share of `within` was right when each was left out."""

    divisor: int
    examples: int
    within: float


def learn(examples: Sequence[Example]) -> dict[str, Density]:
    """Return the density of each category with enough records, and under `""` that of the catalogue."""
    groups: dict[str, list[float]] = {ALL: []}
    for one in examples:
        if one.grams is not None and one.cm3 is not None and 1 < one.cm3 < 1e8:
            value = math.log(one.cm3 / one.grams * 1000)
            groups[ALL].append(value)
            if one.category is not None:
                groups.setdefault(one.category, []).append(value)
    return {name: found for name, values in groups.items() if (found := _density(values)) is not None}


def of(densities: dict[str, Density], category: object) -> tuple[str, Density] | None:
    """Return the density for a category, that of the whole catalogue where the category has none."""
    for name in (category if isinstance(category, str) else ALL, ALL):
        if name in densities:
            return name, densities[name]
    return None


def _density(values: Sequence[float]) -> Density | None:
    if len(values) < FEWEST:
        return None
    ordered = sorted(values)
    right = sum(abs(value - _without(ordered, at)) <= math.log(TOLERANCE) for at, value in enumerate(ordered))
    divisor = math.exp(median(ordered))
    digits = max(int(math.log10(divisor)) - 1, 0)
    return Density(max(round(divisor / 10**digits) * 10**digits, 1), len(values), right / len(values))


def _without(ordered: Sequence[float], left_out: int) -> float:
    """Return the median of the others, without sorting them again."""
    count = len(ordered) - 1
    low, high = (count - 1) // 2, count // 2
    return (ordered[low + (low >= left_out)] + ordered[high + (high >= left_out)]) / 2
