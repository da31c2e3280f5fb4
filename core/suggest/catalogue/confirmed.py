"""What people said for rows with the same key: one decision on a value stands for the others that share its key."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from core.suggest.catalogue.forms import is_missing
from core.suggest.catalogue.keys import Row, key_of
from core.suggest.catalogue.tables import Catalogue

ITSELF = ("",)
"""The key of what people wanted instead of the very same value."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What decisions say for a value: by which key, how many for it and how many for another."""

    by: tuple[str, ...]
    times: int
    denied: int


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """For each field and each of its tables, by key, the values that people wanted or left standing."""

    said: dict[str, dict[str, dict[str, int]]] = msgspec.field(default_factory=dict)

    def note(self, known: Catalogue, row: Row, field: str, value: str) -> None:
        """Keep what a person said should stand in a field of a row."""
        own = row.get(field, "")
        if not is_missing(own):
            same = self.said.setdefault(_name(field, ITSELF), {}).setdefault(own, {})
            same[value] = same.get(value, 0) + 1
        for table in known.tables.get(field, ()):
            key = key_of(table.by, row)
            if key is not None:
                counts = self.said.setdefault(_name(field, table.by), {}).setdefault(key, {})
                counts[value] = counts.get(value, 0) + 1

    def of(self, known: Catalogue, row: Row, field: str, without: str | None = None) -> dict[str, list[Said]]:
        """Return by value what was said for rows with the same keys; `without` one decision, which wanted this."""
        found: dict[str, list[Said]] = {}
        if not self.said:
            return found
        asked = [
            (ITSELF, row.get(field, "")),
            *((table.by, key_of(table.by, row)) for table in known.tables.get(field, ())),
        ]
        for by, key in asked:
            counts = None if key is None else self.said.get(_name(field, by), {}).get(key)
            if not counts:
                continue
            left = {value: times - (value == without) for value, times in counts.items()}
            total = sum(left.values())
            for value, times in left.items():
                if total > 0:
                    found.setdefault(value, []).append(Said(by=by, times=times, denied=total - times))
        return found


def noted(known: Catalogue, decided: Iterable[tuple[Row, str, str]]) -> Confirmed:
    """Return what these decisions confirm: rows, fields, and the values that should stand there."""
    confirmed = Confirmed()
    for row, field, value in decided:
        if not is_missing(value):
            confirmed.note(known, row, field, value)
    return confirmed


def _name(field: str, by: tuple[str, ...]) -> str:
    return "\x1f".join((field, *by))
