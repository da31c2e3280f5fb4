"""What learning comes to: `python -m benchmarks.learning tables [FOLDER …]`, `… values`, `… models`.

`tables` takes catalogues made with a seed where no folder is given, and every pair of clean and dirty CSV files in a
folder otherwise. Cells are doubted by what the dirty table shows, a reviewer decides with the clean one, and what is
learned from at most `--decisions` of that applies itself where the product's gate lets it.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from pathlib import Path

from benchmarks.learning_data import Pair, pairs_in
from benchmarks.learning_detect import doubts
from benchmarks.learning_made import made
from benchmarks.learning_orders import orders
from benchmarks.learning_review import Desk, review
from benchmarks.learning_tally import Tally
from core.suggest.catalogue.nearest import Neighbours
from core.suggest.catalogue.tables import learn

MARKS = (50, 100, 200, 500, 1000)
PARTS = {"values": "benchmarks.learning_values", "models": "benchmarks.learning_models"}


def main(given: list[str] | None = None) -> int:
    """Run one part and print what it came to."""
    words = sys.argv[1:] if given is None else given
    if words and words[0] in PARTS:
        return _part(words[0], words[1:])
    if words and words[0] == "tables":
        words = words[1:]
    parser = argparse.ArgumentParser(prog="learning", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="folders with clean and dirty CSV files")
    parser.add_argument("--decisions", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=4000, help="rows of a made catalogue")
    parser.add_argument("--seeds", type=_numbers, default=[1, 2])
    parser.add_argument("--orders", type=int, default=0, help="random orders of the same decisions")
    parser.add_argument("--wrong-clicks", type=_shares, default=[0.0, 0.02, 0.10])
    wanted = parser.parse_args(words)
    pairs = [pair for folder in wanted.folders for pair in pairs_in(folder)]
    if wanted.folders and not pairs:
        print("No pair of clean and dirty CSV files is there.")
        return 1
    for pair in pairs or [made(f"made {seed}", wanted.rows, seed) for seed in wanted.seeds]:
        _table(pair, wanted.decisions, wanted.orders, wanted.wrong_clicks)
    return 0


def _part(name: str, words: list[str]) -> int:
    try:
        module = importlib.import_module(PARTS[name])
    except ModuleNotFoundError as error:
        if error.name != PARTS[name]:
            raise
        print(f"There is no {PARTS[name]} here: this part cannot be measured.")
        return 1
    return int(module.main(words) or 0)


def _table(pair: Pair, decisions: int, times: int, slips: list[float]) -> None:
    """Measure one table."""
    started = time.perf_counter()
    desk = opened(pair)
    errors = desk.errors
    doubted = sum(len(one.open) for one in desk.patterns.values() if one.detector != "spot check")
    print(
        f"\n{pair.name}: {len(pair.dirty):,} rows, {len(pair.fields)} columns,"
        f" {len(errors):,} wrong cells, {doubted:,} doubted"
    )
    print("  decisions  applied  precision  coverage  drop alone  with reviewer  actions/100  abstained")
    review(desk, decisions, MARKS, lambda one: print(line(one.tally())))
    if len(desk.decided) not in MARKS:
        print(line(desk.tally()))
    print(f"  {time.perf_counter() - started:.0f} s")
    if times:
        for share in slips:
            lowest, harmed, shown = orders(desk, times, share)
            print(
                f"  {times} orders with {share:.0%} wrong clicks: lowest drop {lowest:.3f},"
                f" {harmed} looks made it worse; {shown}"
            )


def opened(pair: Pair) -> Desk:
    """Return a desk with what the dirty table teaches and what is doubted in it."""
    known = learn(pair.dirty, pair.fields)
    neighbours = Neighbours(known.counts)
    return Desk(pair, known, neighbours, doubts(pair, known, neighbours))


def line(one: Tally) -> str:
    """Return one line of the learning curve."""
    precision = "        –" if one.precision is None else f"{one.precision:9.4f}"
    abstained = "–" if not one.unanswerable else f"{one.abstained / one.unanswerable:.3f} of {one.unanswerable}"
    return (
        f"  {one.decisions:9d}  {one.applied:7d}  {precision}  {one.coverage:8.3f}  {one.drop_alone:10.3f}"
        f"  {one.drop:13.3f}  {one.actions:11.0f}  {abstained}"
    )


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",")]


def _shares(text: str) -> list[float]:
    return [float(one) for one in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
