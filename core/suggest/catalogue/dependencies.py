"""Which fields determine which: approximate functional dependencies, found in rows that may be dirty.

The measure is what a look-up is used for: each row is asked what the others with the same key have. `accuracy` is how
often that is what the row has, `gain` how much of what the most frequent value alone leaves wrong it puts right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from core.suggest.catalogue.forms import is_missing
from core.suggest.catalogue.keys import Row, derived, part

MOST_ROWS = 5_000
"""Rows that pairs of fields are looked for in; the tables are made of all."""

MOST_BY_FIELD = 4
LEAST_GAIN = 0.25
LEAST_COVERED = 0.10
PAIR_GAIN = 0.05
"""How much better two fields together have to be than the better one of them."""

MOST_KEYS_IN_PAIRS = 12


class Found(NamedTuple):
    """One dependency: `covered` is the share of rows that share their key with another one."""

    field: str
    by: tuple[str, ...]
    accuracy: float
    gain: float
    covered: float


def find(rows: Sequence[Row], fields: Sequence[str]) -> dict[str, list[Found]]:
    """Return for each field what determines it, best first; the order of the rows does not matter."""
    sample = _sampled(rows)
    if len(sample) < 10:
        return {}
    texts = {field: [row.get(field, "") for row in sample] for field in fields}
    codes = {key: _codes(key, texts[field]) for field in fields for key in (field, *derived(field, texts[field]))}
    usable = [key for key, coded in codes.items() if _is_key(coded)]
    found: dict[str, list[Found]] = {}
    for field in fields:
        target = codes[field]
        if (target >= 0).sum() < 10 or np.unique(target[target >= 0]).size < 2:
            continue
        singles = [one for key in usable if _other(key, field) and (one := _measured(field, (key,), codes))]
        singles = [one for one in singles if one.gain >= LEAST_GAIN and one.covered >= LEAST_COVERED]
        singles.sort(key=_merit)
        pairs = _pairs(field, usable, codes, singles)
        chosen = sorted([*singles, *pairs], key=_merit)[:MOST_BY_FIELD]
        if chosen:
            found[field] = chosen
    return found


def _pairs(field: str, usable: Sequence[str], codes: Mapping[str, Any], singles: Sequence[Found]) -> list[Found]:
    """Return pairs of keys that determine a field clearly better than either alone."""
    alone = {one.by[0]: one for one in singles}
    if singles and singles[0].gain * singles[0].covered > 0.97:
        return []
    coarse = [key for key in usable if ":" not in key and _other(key, field) and _distinct(codes[key]) <= 0.5]
    coarse.sort(key=lambda key: (-(alone[key].gain if key in alone else 0.0), key))
    found = []
    for left, right in combinations(sorted(coarse[:MOST_KEYS_IN_PAIRS]), 2):
        one = _measured(field, (left, right), codes)
        best = max((alone[key].gain * alone[key].covered for key in (left, right) if key in alone), default=0.0)
        if one is None or one.gain < LEAST_GAIN or one.covered < 0.2:
            continue
        if one.gain * one.covered >= best + PAIR_GAIN:
            found.append(one)
    return sorted(found, key=_merit)[:2]


def _merit(one: Found) -> tuple[float, int, tuple[str, ...]]:
    return -one.gain * one.covered**0.5, len(one.by), one.by


def _measured(field: str, by: tuple[str, ...], codes: Mapping[str, Any]) -> Found | None:
    """Ask each row what the others with its key have."""
    target = codes[field]
    key = codes[by[0]]
    for more in by[1:]:
        other = codes[more]
        key = np.where((key >= 0) & (other >= 0), key * (other.max() + 2) + other, -1)
    known = (key >= 0) & (target >= 0)
    total = int((target >= 0).sum())
    if known.sum() < 10:
        return None
    _, grouped = np.unique(key[known], return_inverse=True)
    width = int(target.max()) + 1
    cells, counts = np.unique(grouped.astype(np.int64) * width + target[known], return_counts=True)
    groups = cells // width
    order = np.lexsort((-counts, groups))
    groups, counts = groups[order], counts[order]
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    sizes = np.add.reduceat(counts, starts)
    first = counts[starts]
    has_second = np.r_[starts[1:], len(counts)] - starts > 1
    second = np.where(has_second, counts[np.minimum(starts + 1, len(counts) - 1)], 0)
    shared = sizes >= 2
    covered = int(sizes[shared].sum())
    if covered == 0:
        return None
    right = int(np.where(shared & (first - 1 > second), first, 0).sum())
    accuracy = right / covered
    plain = np.bincount(target[target >= 0]).max() / total
    gain = (accuracy - plain) / (1 - plain) if plain < 1 else 0.0
    return Found(field, by, accuracy, float(gain), covered / total)


def _sampled(rows: Sequence[Row]) -> list[Row]:
    """Return a bounded number of rows, chosen by what they say and not by where they stand."""
    ordered = sorted(rows, key=lambda row: sorted(row.items()))
    step = max(len(ordered) / MOST_ROWS, 1.0)
    return [ordered[int(at * step)] for at in range(int(len(ordered) / step))]


def _codes(key: str, texts: Sequence[str]) -> Any:
    """Return a number for each text, -1 where the key has nothing."""
    numbers: dict[str, int] = {}
    found = np.full(len(texts), -1, dtype=np.int64)
    whole = ":" not in key
    for at, text in enumerate(texts):
        value = (text if not is_missing(text) else None) if whole else part(key, text)
        if value is not None:
            found[at] = numbers.setdefault(value, len(numbers))
    return found


def _distinct(coded: Any) -> float:
    known = coded[coded >= 0]
    return float(np.unique(known).size / max(known.size, 1))


def _is_key(coded: Any) -> bool:
    known = coded[coded >= 0]
    different = np.unique(known).size
    return bool(known.size >= 10 and 2 <= different <= 0.9 * known.size)


def _other(key: str, field: str) -> bool:
    return key.partition(":")[0] != field


def by_fields(found: Mapping[str, Sequence[Found]]) -> Iterator[Found]:
    """Return all dependencies."""
    for several in found.values():
        yield from several
