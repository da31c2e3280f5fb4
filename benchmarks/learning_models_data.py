"""Rows to learn brands and categories from: made with a seed, or read from CSV files with lenient names."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

NAMES = {
    "title": ("title", "name", "product", "product_name", "product_title", "titel", "nom", "bezeichnung"),
    "brand": ("brand", "brand_name", "manufacturer", "marke", "marque", "vendor", "maker", "hersteller"),
    "description": ("description", "desc", "about_product", "text", "beschreibung", "short_description", "body"),
    "category": ("category", "category_name", "categories", "product_category", "kategorie", "product_type", "label"),
}
SYLLABLES = (
    "ba", "ko", "ri", "ta", "lu", "mi", "sen", "dor", "vex", "pal", "nor", "zin", "que", "har", "el", "ar", "tis", "mo",
    "fen", "gra", "st", "on", "ix", "ola",
)  # fmt: skip
FILLERS = (
    "new", "set", "pack", "pro", "mini", "max", "plus", "with", "and", "for", "of", "black", "white", "red", "blue",
    "2", "3", "10", "cm", "ml", "kg", "original", "classic",
)  # fmt: skip
MOST_FIELD = 10_000_000


class Row(NamedTuple):
    """One product. `brand` is empty where it has none."""

    title: str
    brand: str
    description: str
    category: str


class Maker:
    """Makes products of a shop whose words are those of no language.

    Categories share most of their words, and one label in fifty is wrong. Brands are Zipf-distributed, some of them
    ordinary words or several words; a third of the titles write them otherwise than the brand field does. Titles name
    the brand in front, behind, inside, after "by"; they name other brands that a thing fits; some have none.
    """

    def __init__(self, seed: int, classes: int) -> None:
        self.draw = random.Random(seed)
        common = [self._word() for _ in range(220)]
        self.common = common
        singles = [self._word().capitalize() for _ in range(110)]
        doubles = [f"{self._word().capitalize()} {self._word().capitalize()}" for _ in range(35)]
        joined = [f"{self._word().capitalize()}{mark}{self._word().capitalize()}" for mark in "-&+'" for _ in range(4)]
        short = ["".join(self.draw.choices("BCDFGHKLMPRSTVXZ", k=3)) for _ in range(15)]
        ordinary = [word.capitalize() for word in common[:12]]
        self.brands = singles + doubles + joined + short + ordinary
        self.draw.shuffle(self.brands)
        self.weights = [1 / (at + 3) for at in range(len(self.brands))]
        own = [self._word() for _ in range(classes * 9)]
        groups = max(classes // 5, 1)
        shared = [[self._word() for _ in range(18)] for _ in range(groups)]
        self.words = {f"Group {at % groups} > Class {at}": own[at * 9 : at * 9 + 9] for at in range(classes)}
        self.shared = {f"Group {at % groups} > Class {at}": shared[at % groups] for at in range(classes)}
        self.names = sorted(self.words)
        self.shares = [1 / (at + 2) ** 0.5 for at in range(classes)]

    def rows(self, count: int) -> list[Row]:
        """Return so many products."""
        return [self._row() for _ in range(count)]

    def _row(self) -> Row:
        draw = self.draw
        (category,) = draw.choices(self.names, self.shares)
        words = self._some(category, draw.randint(3, 8), 0.42)
        title, brand = self._titled(words)
        text = " ".join(self._some(category, draw.randint(6, 24), 0.22)) if draw.random() < 0.8 else ""
        return Row(title, brand, text, category if draw.random() > 0.02 else draw.choice(self.names))

    def _titled(self, words: list[str]) -> tuple[str, str]:
        draw = self.draw
        (brand,) = draw.choices(self.brands, self.weights)
        written = self._written(brand)
        (other,) = draw.choices(self.brands, self.weights)
        kind = draw.random()
        if kind < 0.46:
            words = [written, *words]
        elif kind < 0.58:
            words = [*words, "by", written]
        elif kind < 0.66:
            words = [*words[:2], written, *words[2:]]
        elif kind < 0.72:
            words = [*words, "-", written]
        elif kind < 0.80:
            words = [written, *words, "for", self._written(other)]
        elif kind < 0.88:
            words, brand = [*words, "for", self._written(other)], ""
        elif kind < 0.93:
            pass
        else:
            brand = ""
        return " ".join(words), brand

    def _written(self, brand: str) -> str:
        """Return a brand as somebody types it in a title."""
        kind = self.draw.random()
        if kind < 0.66:
            return brand
        if kind < 0.80:
            return brand.upper()
        if kind < 0.92:
            return brand.lower()
        return brand.replace(" ", "") if " " in brand else brand.replace("-", " ").replace("&", " & ").replace("+", " ")

    def _some(self, category: str, count: int, share: float) -> list[str]:
        draw = self.draw
        found = []
        for _ in range(count):
            kind = draw.random()
            if kind < share:
                found.append(draw.choice(self.words[category]))
            elif kind < share + 0.2:
                found.append(draw.choice(self.shared[category]))
            else:
                found.append(draw.choice(self.common if kind < 0.85 else FILLERS))
        return found

    def _word(self) -> str:
        return "".join(self.draw.choice(SYLLABLES) for _ in range(self.draw.randint(2, 3)))


def made(seed: int, count: int, classes: int) -> list[Row]:
    """Return products of a made shop; the same seed gives the same."""
    return Maker(seed, classes).rows(count)


def files(folder: Path) -> list[Path]:
    """Return the CSV and TSV files of a folder, or the one that is named."""
    if folder.is_file():
        return [folder]
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".csv", ".tsv"})


def read(path: Path, names: dict[str, str] | None = None) -> list[Row]:
    """Return the rows of a file that have a title; `names` says which column is which, where the usual names do not."""
    csv.field_size_limit(MOST_FIELD)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        head = file.readline()
        file.seek(0)
        delimiter = max("\t,;|", key=head.count)
        reader = csv.DictReader(file, delimiter=delimiter)
        columns = _columns(reader.fieldnames or (), names or {})
        if "title" not in columns:
            return []
        return [row for one in reader if (row := _row(one, columns)).title]


def _columns(header: Iterable[str], names: dict[str, str]) -> dict[str, str]:
    plain = {(name or "").strip().casefold().replace(" ", "_"): name for name in header}
    found = {}
    for field, known in NAMES.items():
        wanted = [names[field].strip().casefold().replace(" ", "_")] if field in names else known
        column = next((plain[one] for one in wanted if one in plain), None)
        if column is not None:
            found[field] = column
    return found


def _row(one: dict[str, str], columns: dict[str, str]) -> Row:
    return Row(*(_text(one.get(columns[field])) if field in columns else "" for field in Row._fields))


def _text(value: str | Sequence[str] | None) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
