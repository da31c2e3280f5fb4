"""Tables for the learning benchmark: pairs of clean and dirty CSV files, row by row the same."""

from __future__ import annotations

import csv
import html
import re
from pathlib import Path
from typing import NamedTuple

_SPACES = re.compile(r"[\t\n\r ]+")
csv.field_size_limit(10_000_000)


class Pair(NamedTuple):
    """A table as it is and as it should be, `fields` being the dirty one's header."""

    name: str
    fields: list[str]
    dirty: list[dict[str, str]]
    clean: list[dict[str, str]]

    def errors(self) -> set[tuple[int, str]]:
        """Return the cells that are wrong."""
        return {
            (at, field)
            for at, (bad, good) in enumerate(zip(self.dirty, self.clean, strict=True))
            for field in self.fields
            if bad[field] != good[field]
        }


def pairs_in(folder: Path) -> list[Pair]:
    """Return every pair in a folder and below it: files whose names differ by the words clean and dirty."""
    found = []
    for dirty in sorted(folder.rglob("*.csv")):
        if "dirty" not in dirty.stem.casefold():
            continue
        clean = _partner(dirty)
        if clean is not None:
            bare = re.sub(r"[_\-. ]*dirty[_\-. ]*", "", dirty.stem, flags=re.IGNORECASE)
            found.append(read_pair(bare or dirty.parent.name, dirty, clean))
    return found


def _partner(dirty: Path) -> Path | None:
    for other in sorted(dirty.parent.glob("*.csv")):
        wanted = re.sub("dirty", "clean", dirty.name, flags=re.IGNORECASE).casefold()
        if other.name.casefold() == wanted:
            return other
    return None


def read_pair(name: str, dirty: Path, clean: Path) -> Pair:
    """Return two files as one pair; columns go by their place, by name where their number differs.

    Entities and runs of spaces are read as the literature on these sets reads them.
    """
    head, rows = _read(dirty)
    other, good = _read(clean)
    places = list(range(len(head)))
    if len(head) != len(other):
        folded = [re.sub(r"\W|_", "", one.casefold()) for one in other]
        kept = [at for at, one in enumerate(head) if re.sub(r"\W|_", "", one.casefold()) in folded]
        places = [folded.index(re.sub(r"\W|_", "", head[at].casefold())) for at in kept]
        rows, head = [[row[at] for at in kept] for row in rows], [head[at] for at in kept]
    fields = [re.sub(r"\W+", "_", one).strip("_") or f"column_{at}" for at, one in enumerate(head)]
    count = min(len(rows), len(good))
    return Pair(
        name,
        fields,
        [dict(zip(fields, row, strict=True)) for row in rows[:count]],
        [{field: row[at] for field, at in zip(fields, places, strict=True)} for row in good[:count]],
    )


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = list(csv.reader(file))
    head = lines[0]
    return head, [[_normal(one) for one in (line + [""] * len(head))[: len(head)]] for line in lines[1:] if line]


def _normal(text: str) -> str:
    return _SPACES.sub(" ", html.unescape(text)).strip()
