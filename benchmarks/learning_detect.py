"""Stands in for rules on columns nobody wrote rules for: doubts cells by what the dirty table itself shows.

It never sees the clean table. A pattern is a column, who doubts, and the form of the value. What nobody doubts is
left to spot checks, by column and form, so that a reviewer may come upon what only people can see.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from benchmarks.learning_data import Pair
from core.knowledge.shapes import shape_of
from core.suggest.catalogue.candidates import candidates
from core.suggest.catalogue.forms import form, is_missing, is_odd_text, looks_numeric, shape
from core.suggest.catalogue.nearest import Neighbours
from core.suggest.catalogue.tables import Catalogue

SPOT = "spot check"
RARE_FORM = 0.08
NEAR_ENOUGH = 0.75
TIMES_MORE = 8


class Doubt(NamedTuple):
    """A cell that is doubted."""

    row: int
    field: str
    detector: str
    pattern: str
    value: str


def doubts(pair: Pair, known: Catalogue, neighbours: Neighbours) -> list[Doubt]:
    """Return every cell with who doubts it; spot checks are what is left."""
    found = []
    for field in pair.fields:
        by_value = _by_value(pair, known, neighbours, field)
        for at, row in enumerate(pair.dirty):
            against = [] if is_missing(row[field]) else _against(known, neighbours, row, field)
            detector = " and ".join(against or by_value[row[field]]) or SPOT
            kind = shape_of(row[field]) if against else shape(row[field])
            found.append(Doubt(at, field, detector, f"{field} | {detector} | {kind}", row[field]))
    return found


def _by_value(pair: Pair, known: Catalogue, neighbours: Neighbours, field: str) -> dict[str, list[str]]:
    """Return what a value alone gives away."""
    counts = Counter(row[field] for row in pair.dirty)
    forms: Counter[str] = Counter()
    for value, times in counts.items():
        forms[form(value)] += times
    filled = sum(times for name, times in forms.items() if name != "missing")
    main = sum(sorted((times for name, times in forms.items() if name != "missing"), reverse=True)[:2])
    found: dict[str, list[str]] = {}
    for value, times in counts.items():
        said = found.setdefault(value, [])
        if is_missing(value):
            if filled:
                said.append("missing")
            continue
        if is_odd_text(value):
            said.append("broken text")
        if forms[form(value)] < RARE_FORM * filled and main > 0.7 * filled:
            said.append("rare form")
        if times * TIMES_MORE <= filled and _slip(neighbours, field, value, times):
            said.append("near a frequent one")
    return found


def _slip(neighbours: Neighbours, field: str, value: str, times: int) -> bool:
    near = neighbours.near(field, value)
    enough = 0.9 if looks_numeric(value) else NEAR_ENOUGH
    return bool(near) and near[0].likeness >= enough and near[0].times >= TIMES_MORE * times


def _against(known: Catalogue, neighbours: Neighbours, row: dict[str, str], field: str) -> list[str]:
    """Say whether others with the same key have something else."""
    best = 0.0
    for one in candidates(known, neighbours, row, field, inside=True):
        for vote in one.votes:
            if vote.times > vote.second and vote.times >= 2:
                best = max(best, vote.times / vote.total * vote.accuracy)
    return ["others differ"] if best >= 0.75 else ["some others differ"] if best >= 0.15 else []
