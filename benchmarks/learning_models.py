"""How well brand and category are learned: `python -m benchmarks.learning_models [FOLDER] [--seeds N]`.

Without a folder it makes its own products with seeds that no test uses. A folder holds CSV or TSV files with a title
and a brand, a category, or both. What is learned from is never what is asked; the split is by a seeded shuffle.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.learning_models_data import Row, files, made, read
from core.suggest.local import brand, category, examples, names, training
from core.suggest.local.examples import Example

BINS = 10
"""Of equal width, over the confidence of the first answer, for the expected calibration error."""

MOST_ASKED = 3_000
FEWEST = 150
SEEDS = (101, 102, 103)
LABELS = (250, 500, 1_000, 2_000, 5_000)


def run(folder: Path | None = None, *, seeds: Sequence[int] = SEEDS, names: dict[str, str] | None = None) -> Any:
    """Return figures by data set, as plain data: `{"set", "brand": [...], "category": [...]}` each."""
    if folder is None:
        sets = [("made, ten classes", [made(seed, 6_000, 10) for seed in seeds], 10)]
        sets.append(("made, fifty classes", [made(seed, 6_000, 50) for seed in seeds], 50))
    else:
        sets = [(path.name, [shuffled(read(path, names), seed) for seed in seeds], 0) for path in files(folder)]
    return [measured(name, several) for name, several, _ in sets if len(several[0]) >= FEWEST]


def shuffled(rows: Sequence[Row], seed: int) -> list[Row]:
    """Return rows in an order of their own, each title once."""
    unique = list({row.title.casefold(): row for row in rows}.values())
    random.Random(seed).shuffle(unique)
    return unique


def measured(name: str, several: Sequence[Sequence[Row]]) -> dict[str, Any]:
    """Return the means over several seeds or splits of one set."""
    found: dict[str, Any] = {"set": name, "rows": len(several[0]), "brand": [], "category": []}
    for labels in LABELS:
        brands = [one for rows in several if (one := of_brand(rows, labels)) is not None]
        categories = [one for rows in several if (one := of_category(rows, labels)) is not None]
        if brands:
            found["brand"].append(_mean(brands))
        if categories:
            found["category"].append(_mean(categories))
    return found


def of_brand(rows: Sequence[Row], labels: int) -> dict[str, float] | None:
    """Learn from so many rows and ask the rest; None where there are too few, or nothing is known of brands."""
    known = [row for row in rows if row.brand]
    if len(rows) < labels + FEWEST or len(known) < len(rows) // 3:
        return None
    asked = rows[labels : labels + MOST_ASKED]
    gazetteer = training.brands([example(at, row) for at, row in enumerate(rows[:labels])])
    started = time.perf_counter()
    found = [brand.find(gazetteer, row.title) for row in asked]
    took = time.perf_counter() - started
    inside = [stands(row) for row in asked]
    pairs = zip(found, asked, strict=True)
    said = [(one, names.folded(one.brand) == names.folded(row.brand)) for one, row in pairs if one]
    right = sum(good for _, good in said)
    silent = [one is None for one, stood in zip(found, inside, strict=True) if not stood]
    return {
        "labels": labels,
        "precision": right / max(len(said), 1),
        "recall": right / max(sum(inside), 1),
        "no_brand": sum(silent) / len(silent) if silent else 1.0,
        "ece": error_of([(one.confidence, good) for one, good in said]),
        "ms": took / len(asked) * 1000,
    }


def of_category(rows: Sequence[Row], labels: int) -> dict[str, float] | None:
    """Learn from so many rows and ask the rest about all that have a category; None where there are too few."""
    rows = [row for row in rows if row.category]
    if len(rows) < labels + FEWEST:
        return None
    learned = [example(at, row) for at, row in enumerate(rows[:labels])]
    asked = [example(at, row) for at, row in enumerate(rows[labels : labels + MOST_ASKED], labels)]
    started = time.perf_counter()
    model = training.categories(learned)
    fitting = time.perf_counter() - started
    if not model.names:
        return None
    category.ranked(model, "warm", "up")
    started = time.perf_counter()
    ranked = [category.ranked(model, one.title, one.text, None, one.brand) for one in asked]
    took = time.perf_counter() - started
    thirds = [one.category in [name for name, _ in row[:3]] for row, one in zip(ranked, asked, strict=True)]
    firsts = [(row[0][1], row[0][0] == one.category) for row, one in zip(ranked, asked, strict=True)]
    return {
        "labels": labels,
        "classes": len({one.category for one in asked}),
        "top1": sum(good for _, good in firsts) / len(asked),
        "top3": sum(thirds) / len(asked),
        "ece": error_of(firsts),
        "ms": took / len(asked) * 1000,
        "fit_s": fitting,
    }


def example(number: int, row: Row) -> Example:
    """Return a row as the product's own example of it."""
    found = examples.example(number, "made", row._asdict())
    assert found is not None
    return found


def stands(row: Row) -> bool:
    """Tell whether the row's brand stands in its title, by words and by letters without the spaces between them."""
    name, title = names.folded(row.brand), names.folded(row.title)
    if not name or examples.name(row.brand) is None:
        return False
    return f" {name} " in f" {title} " or name.replace(" ", "") in title.split()


def error_of(answers: Sequence[tuple[float, bool]]) -> float:
    """Return the expected calibration error: the mean gap between confidence and share right, by bins of confidence."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, good in answers:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, good))
    gaps = (abs(sum(c for c, _ in one) - sum(good for _, good in one)) for one in bins.values())
    return sum(gaps) / max(len(answers), 1)


def _mean(several: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: sum(one[name] for one in several) / len(several) for name in several[0]}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    for field in Row._fields:
        parser.add_argument(f"--{field}", help=f"the column that holds the {field}")
    wanted = parser.parse_args()
    names = {field: value for field in Row._fields if (value := getattr(wanted, field)) is not None}
    found = run(wanted.folder, seeds=range(101, 101 + wanted.seeds), names=names)
    if wanted.json:
        print(json.dumps(found, indent=1))
        return
    for one in found:
        print(f"\n{one['set']}: {one['rows']:,} rows")
        for kind in ("brand", "category"):
            for figures in one[kind]:
                print(f"  {kind:8}", "  ".join(f"{name} {_shown(name, value)}" for name, value in figures.items()))
    if not found:
        print(f"nothing to learn from: a file needs {FEWEST} rows, a title, and a brand or a category")


def _shown(name: str, value: float) -> str:
    return f"{value:,.0f}" if name in ("labels", "classes") else f"{value:.3f}"


if __name__ == "__main__":
    main()
