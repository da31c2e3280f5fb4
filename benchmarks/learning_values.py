"""Values normalised from examples: of what is answered, how much is right, and how much is answered at all.

    python -m benchmarks.learning_values                     # columns made here, by a seed
    python -m benchmarks.learning_values FOLDER              # every CSV of FOLDER with columns before,after
    python -m benchmarks.learning_values FOLDER --units width,height,part_number

Protocol: of each column, shuffled by the seed, 200 rows (two thirds of a shorter column) are shown with what is wanted;
the programs found from them answer the rest. Precision is what is right of all answers, coverage the share of answers.
The first program in the order of `several` that does not abstain answers; one that leaves the value as it is answers
only where its examples showed that this is right. Rows repeat as they do in the data: a value that was shown may come
again; `unseen` counts those rows only whose value was not shown.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.learning_values_data import OTHERS, UNITS_AND_CODES, column
from core.corrections import apply
from core.corrections.induction import several
from core.corrections.induction.examples import NOTHING, Example, Runner

SHOWN = 200
CURVE = (10, 25, 50, 100, 200)
GOALS = {"units and codes": (0.98, 0.94), "all": (0.98, 0.73)}
Row = tuple[str, str]


class Score(NamedTuple):
    """Counts of held-out rows, and the seconds that finding the programs took this process."""

    right: int = 0
    wrong: int = 0
    abstained: int = 0
    unseen_right: int = 0
    unseen_wrong: int = 0
    unseen_abstained: int = 0
    seconds: float = 0.0

    def __add__(self, other: Any) -> Score:
        return Score(*(one + more for one, more in zip(self, other, strict=True)))

    @property
    def precision(self) -> float | None:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def coverage(self) -> float:
        return (self.right + self.wrong) / max(1, self.right + self.wrong + self.abstained)

    def report(self) -> dict[str, Any]:
        unseen = self.unseen_right + self.unseen_wrong
        return {
            "precision": None if self.precision is None else round(self.precision, 4),
            "coverage": round(self.coverage, 4),
            "unseen_precision": round(self.unseen_right / unseen, 4) if unseen else None,
            "unseen_coverage": round(unseen / max(1, unseen + self.unseen_abstained), 4),
            "held_out": self.right + self.wrong + self.abstained,
            "wrong": self.wrong,
            "seconds": round(self.seconds, 3),
        }


def judge(rows: Sequence[Row], shown: int = SHOWN, seed: int = 0, wrong_clicks: float = 0.0) -> Score:
    """Show some rows of a column, a share of them with a value that is wanted of another row, and answer the rest."""
    rng = random.Random(seed)
    mixed = list(rows)
    rng.shuffle(mixed)
    shown = min(shown, len(mixed) * 2 // 3)
    held = mixed[max(shown, min(SHOWN, len(mixed) * 2 // 3)) :]
    examples = [
        (before, rng.choice(mixed)[1] if rng.random() < wrong_clicks else after) for before, after in mixed[:shown]
    ]
    started = time.process_time()
    programs = several([({"value": before}, "value", after) for before, after in examples])
    seconds = time.process_time() - started
    runners = [(one, Runner(one.program)) for one in programs]
    known = {before for before, _ in examples}
    counts = [0] * 6
    for before, after in held:
        answer = _answer(runners, before)
        place = 2 if answer is NOTHING else 0 if apply.same(answer, after) else 1
        counts[place] += 1
        counts[place + 3] += before not in known
    return Score(*counts, seconds)


def _answer(runners: Sequence[tuple[Any, Runner]], before: str) -> Any:
    example = Example(number=0, record={"value": before}, field="value", before=before, after=None)
    for learned, runner in runners:
        after = runner(example)
        if after is not NOTHING and (after != before or learned.keeps):
            return after
    return NOTHING


def run(
    folder: Path | None = None,
    *,
    units: Sequence[str] | None = None,
    seed: int = 0,
    rows: int = 1_000,
    shown: int = SHOWN,
    wrong_clicks: float = 0.0,
) -> dict[str, Any]:
    """Return the scores by attribute, of units and codes and of all (rows together, and the mean of attributes)."""
    if folder is None:
        columns = {name: column(name, rows, seed) for name in (*UNITS_AND_CODES, *OTHERS)}
        of_units = set(UNITS_AND_CODES)
    else:
        columns, of_units = _read(folder), set(units or ())
    scores = {name: judge(found, shown, seed, wrong_clicks) for name, found in columns.items() if len(found) >= 15}
    return {
        "shown": shown,
        "seed": seed,
        "wrong_clicks": wrong_clicks,
        "attributes": {name: score.report() for name, score in scores.items()},
        "units and codes": _together([score for name, score in scores.items() if name in of_units]),
        "all": _together(list(scores.values())),
    }


def curve(folder: Path | None = None, **options: Any) -> list[dict[str, Any]]:
    """Return the scores over all after so many examples; the rows held out are the same each time."""
    return [{"shown": shown, **run(folder, shown=shown, **options)["all"]} for shown in CURVE]


def _together(scores: Sequence[Score]) -> dict[str, Any]:
    if not scores:
        return {}
    total = Score()
    for score in scores:
        total += score
    precisions = [score.precision for score in scores if score.precision is not None]
    means = {
        "mean_precision": round(statistics.fmean(precisions), 4) if precisions else None,
        "mean_coverage": round(statistics.fmean(score.coverage for score in scores), 4),
    }
    return total.report() | means | {"attributes": len(scores)}


def _read(folder: Path) -> dict[str, list[Row]]:
    found = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            rows = [(row["before"], row["after"]) for row in csv.DictReader(file)]
        found[path.stem] = rows
    return found


def main() -> None:
    """Run and print what was measured, beside the goals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="CSV files with the columns before and after")
    parser.add_argument("--units", default="", help="names of the columns that hold units and codes, by commas")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--wrong-clicks", type=float, default=0.0, help="share of the examples that are wrong")
    parser.add_argument("--curve", action="store_true", help="also after 10, 25, 50, 100 and 200 examples")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    options = {"units": [name for name in given.units.split(",") if name], "seed": given.seed,
               "wrong_clicks": given.wrong_clicks}  # fmt: skip
    found = run(given.folder, **options)
    if given.curve:
        found["curve"] = curve(given.folder, **options)
    if given.json:
        print(json.dumps(found))
        return
    for name, score in found["attributes"].items():
        print(f"{name:40} {_line(score)}")
    for name, (precision, coverage) in GOALS.items():
        if found[name]:
            print(f"{name:40} {_line(found[name])}  goal {precision:.2f} at {coverage:.2f}")
    for point in found.get("curve", ()):
        print(f"after {point['shown']:3} examples {'':23} {_line(point)}")


def _line(score: dict[str, Any]) -> str:
    precision = "  –  " if score["precision"] is None else f"{score['precision']:.3f}"
    mean = f"  mean {score['mean_precision']:.3f} at {score['mean_coverage']:.3f}" if "mean_coverage" in score else ""
    return f"{precision} at {score['coverage']:.3f} of {score['held_out']:5}  {score['seconds'] * 1000:5.0f} ms{mean}"


if __name__ == "__main__":
    main()
