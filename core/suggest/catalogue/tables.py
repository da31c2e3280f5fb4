"""What the rows of one merchant taught: tables to look a value up in, and how often each value stands in each field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from core.suggest.catalogue import dependencies
from core.suggest.catalogue.forms import form, is_missing
from core.suggest.catalogue.keys import Row, key_of

MOST_KEYS = 50_000
MOST_VALUES = 5_000
MOST_FORMS = 40
KEPT = 3
"""Values kept of one key: what the others say is counted."""

LONGEST = 200


class Table(msgspec.Struct, frozen=True, array_like=True):
    """A dependency with its table: for each key the most frequent values with their counts, and the count of all."""

    by: tuple[str, ...]
    accuracy: float
    gain: float
    covered: float
    entries: dict[str, tuple[list[tuple[str, int]], int]]


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """Tables, value counts and form counts by field, of so many rows."""

    tables: dict[str, list[Table]] = msgspec.field(default_factory=dict)
    counts: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    forms: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    filled: dict[str, int] = msgspec.field(default_factory=dict)
    rows: int = 0


def learn(rows: Sequence[Row], fields: Sequence[str]) -> Catalogue:
    """Return what these rows teach of these fields; empty texts teach nothing."""
    counts = {field: Counter(_values(rows, field)) for field in fields}
    found = dependencies.find(rows, fields)
    return Catalogue(
        tables={field: [_table(rows, one) for one in several] for field, several in found.items()},
        counts={field: _most(counted, MOST_VALUES) for field, counted in counts.items()},
        forms={field: _most(_forms(counted), MOST_FORMS) for field, counted in counts.items()},
        filled={field: counted.total() for field, counted in counts.items()},
        rows=len(rows),
    )


def _values(rows: Iterable[Row], field: str) -> Iterable[str]:
    for row in rows:
        text = row.get(field)
        if text is not None and len(text) <= LONGEST and not is_missing(text):
            yield text


def _forms(counted: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text, times in counted.items():
        found[form(text)] += times
    return found


def _most(counted: Counter[str], most: int) -> dict[str, int]:
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:most])


def _table(rows: Sequence[Row], one: dependencies.Found) -> Table:
    groups: dict[str, Counter[str]] = {}
    for row in rows:
        text, key = row.get(one.field), key_of(one.by, row)
        if key is not None and text is not None and len(text) <= LONGEST and not is_missing(text):
            groups.setdefault(key, Counter())[text] += 1
    largest = sorted(groups, key=lambda key: (-groups[key].total(), key))[:MOST_KEYS]
    entries = {
        key: (sorted(groups[key].items(), key=lambda item: (-item[1], item[0]))[: KEPT + 1], groups[key].total())
        for key in sorted(largest)
    }
    return Table(one.by, round(one.accuracy, 4), round(one.gain, 4), round(one.covered, 4), entries)
