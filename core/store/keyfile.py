"""Keys of a whole file of records in a temporary SQLite file, so that records are compared in bounded memory.

It knows one file and no connection: what needs a last version, or orders beside stock, is not judged here.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any

from core.corrections import paths
from core.model.issues import Violation
from core.model.records import Record, RecordKind
from core.rules.across import Across
from core.rules.keys import Key
from core.rules.shelf import MOST_COUNTED, Member, Named, Shelf, Subject, named

AT_ONCE = 2_000
_TABLE = "CREATE TABLE keys (place, name, value, path, actual, called, sku, external_id, title)"
_OWN = "SELECT * FROM keys k WHERE name = ?"
_SHARED = " AND EXISTS (SELECT 1 FROM keys p WHERE p.name IN ({marks}) AND p.value = k.value AND p.place <> k.place)"
_HOLDERS = "SELECT *, MIN(rowid) FROM keys WHERE name = ? AND value = ? GROUP BY place ORDER BY place LIMIT ?"


class KeyFile:
    """Takes records one by one, and then says what they violate beside each other."""

    def __init__(self, path: Path, across: Across, kind: RecordKind) -> None:
        self._across, self._kind = across, kind
        self._rows: list[tuple[Any, ...]] = []
        self._file = sqlite3.connect(path)
        for setting in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE"):
            self._file.execute(f"PRAGMA {setting}")
        self._file.execute(_TABLE)

    def __enter__(self) -> KeyFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, place: int, record: Record, called: str) -> None:
        """Keep what is to be known of a record; `called` is its name in what is said of it."""
        names = named(self._kind, record)
        for key in self._across.keys(self._kind, record):
            actual = json.dumps(paths.get(record, key.path))
            texts = [_storable(it) for it in (called, names.sku, names.external_id, names.title)]
            self._rows.append((place, key.name, key.value, key.path, actual, *texts))
        if len(self._rows) >= AT_ONCE:
            self._flush()

    def violations(self) -> Iterator[tuple[str, Violation]]:
        """Yield what the records violate beside each other, each with the name of its record."""
        self._flush()
        self._file.execute("CREATE INDEX by_value ON keys (name, value, place)")
        for subject in self._across.subjects:
            if subject.rule.kind is self._kind and not subject.is_demand:
                yield from self._judged(subject)

    def _judged(self, subject: Subject) -> Iterator[tuple[str, Violation]]:
        sql, names = _OWN, (subject.own, *subject.others)
        if subject.own in subject.others:
            sql += _SHARED.format(marks=", ".join("?" * len(subject.others)))
        else:
            names = names[:1]
        rows = self._file.execute(f"{sql} ORDER BY value, place", names)
        for value, several in groupby(rows, key=lambda row: str(row[2])):
            shelf = Shelf({(name, value): self._members(name, value) for name in subject.others})
            for row in several:
                violation = self._across.violation(subject, self._member(row), json.loads(row[4]), shelf)
                if violation is not None:
                    yield row[5], violation

    def _members(self, name: str, value: str) -> list[Member]:
        """Return the first records that hold a value, a few more than are counted."""
        rows = self._file.execute(_HOLDERS, (name, value, MOST_COUNTED + 1))
        return [self._member(row) for row in rows]

    def _member(self, row: tuple[Any, ...]) -> Member:
        place, name, value, path, _, _, sku, external_id, title = row[:9]
        return Member(place, Key(name=name, value=value, path=path), Named(self._kind, sku, external_id, title))

    def _flush(self) -> None:
        self._file.executemany("INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", self._rows)
        self._rows.clear()


def _storable(text: str | None) -> str | None:
    """Return text that SQLite takes: without halves of surrogate pairs."""
    return None if text is None else text.encode("utf-8", "replace").decode()
