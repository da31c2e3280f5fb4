"""Frequent values near a rare one: what a slip of the finger was meant to be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

LEAST_TIMES = 2
LEAST_LIKENESS = 0.5
MOST = 3
LONGEST = 120


class Near(NamedTuple):
    """A value with how like it is (0 to 1), how many characters differ, and how often it stands in the field."""

    value: str
    likeness: float
    distance: int
    times: int


class Neighbours:
    """The frequent values of each field, made ready to be compared; answers are kept for texts asked for again."""

    def __init__(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        self._counts = counts
        self._ready: dict[str, tuple[list[str], list[str]]] = {}
        self.near = lru_cache(maxsize=50_000)(self._near)

    def _near(self, field: str, text: str) -> tuple[Near, ...]:
        """Return frequent values near a text, the likeliest first: each stands at least twice, and more often."""
        if not 2 <= len(text) <= LONGEST:
            return ()
        counts = self._counts.get(field, {})
        own = counts.get(text, 0)
        values, folded = self._prepared(field)
        asked = text.casefold()
        found = process.extract(
            asked,
            folded,
            scorer=OSA.normalized_similarity,
            score_cutoff=LEAST_LIKENESS,
            limit=MOST * 3,
            processor=None,
        )
        several = [
            Near(values[at], score, OSA.distance(asked, folded[at]), counts[values[at]])
            for _, score, at in found
            if values[at] != text and counts[values[at]] > own
        ]
        return tuple(sorted(several, key=lambda one: (one.distance, -one.times, one.value))[:MOST])

    def _prepared(self, field: str) -> tuple[list[str], list[str]]:
        if field not in self._ready:
            counts = self._counts.get(field, {})
            values = [value for value, times in counts.items() if times >= LEAST_TIMES and len(value) <= LONGEST]
            self._ready[field] = values, [value.casefold() for value in values]
        return self._ready[field]
