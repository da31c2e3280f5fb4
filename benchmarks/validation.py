"""How fast records are judged, beside jsonschema-rs, pydantic and hand-written Python with the same rules.

    python benchmarks/validation.py --records 100000 --rounds 5

54 rules over products of some 2.8 KB with variants, 15 % of them defective; all issues are collected, with path and
message. Every pair is run by turns on the same records in one process on one core, and its times are CPU seconds; a
ratio is the median of the rounds, with the least and the greatest. First, what is found is compared with what the
hand-written rules find, issue by issue.

jsonschema-rs and pydantic cannot say all the rules without foreign code. `whole` they have the same rules, by
callbacks, with the check digits of GTINs computed by python-stdnum; `lent` they borrow this project's own faster
function for those; `spared` they leave those rules out. Needs the extra `bench`.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError
from stdnum import ean
from validation_by_hand import by_hand
from validation_catalogue import products
from validation_schemas import Product, spared_schema, whole_model, whole_schema

from core.corrections.steps.codes import valid_gtin
from core.model.records import RecordKind
from core.rules.evaluate import CompiledPack, compile_pack
from core.rules.folders import load_file

KIND = RecordKind.PRODUCT
Contestant = Callable[[Iterable[Any]], int]


def from_bytes(pack: CompiledPack) -> Contestant:
    """Judge JSON."""
    return lambda raw: sum(len(pack.evaluate_json(KIND, data)) for data in raw)


def from_objects(pack: CompiledPack) -> Contestant:
    """Judge decoded records."""
    return lambda records: sum(len(pack.evaluate(KIND, record)) for record in records)


def schema_objects(validator: Any) -> Contestant:
    """Collect the errors of jsonschema-rs, with path and message."""

    def run(records: Iterable[Any]) -> int:
        found = 0
        for record in records:
            for error in validator.iter_errors(record):
                error.message, error.instance_path  # noqa: B018 - what is compared is having them
                found += 1
        return found

    return run


def schema_bytes(validator: Any) -> Contestant:
    """Decode with orjson, then collect the errors of jsonschema-rs."""
    return decoded(schema_objects(validator))


def decoded(judge: Contestant) -> Contestant:
    """Decode with orjson first."""
    return lambda raw: judge(map(orjson.loads, raw))


def models(model: type[BaseModel]) -> Contestant:
    """Collect the errors of pydantic."""

    def run(raw: Iterable[bytes]) -> int:
        found = 0
        for data in raw:
            try:
                model.model_validate_json(data)
            except ValidationError as error:
                found += len(error.errors())
        return found

    return run


def hand_written(check: Callable[[str], bool]) -> Contestant:
    """Collect what the hand-written rules find."""
    return lambda records: sum(len(by_hand(record, check)) for record in records)


def known_gtin(gtin: str) -> bool:
    """Say whether a GTIN is right, by python-stdnum."""
    return len(gtin) in (8, 12, 13, 14) and bool(ean.is_valid(gtin))


def compare(pack: CompiledPack, records: list[Any], raw: list[bytes]) -> int:
    """See that the rulepack finds the very issues that the hand-written rules find, and return how many."""
    total = 0
    for record, data in zip(records, raw, strict=True):
        expected = sorted(by_hand(record, known_gtin))
        for found in (pack.evaluate(KIND, record), pack.evaluate_json(KIND, data)):
            assert sorted((one.rule, one.field, one.message) for one in found) == expected, record["external_id"]
        total += len(expected)
    return total


def seconds(contestant: Contestant, given: list[Any]) -> float:
    """Return the CPU seconds of one run."""
    began = time.process_time()
    contestant(given)
    return time.process_time() - began


def pair(ours: Contestant, other: Contestant, given: list[Any], rounds: int) -> tuple[list[float], float, float]:
    """Run two by turns; return the ratios of each round and the best rates of both."""
    ratios, mine, theirs = [], [], []
    for turn in range(rounds):
        first, second = (ours, other) if turn % 2 == 0 else (other, ours)
        times = {first: seconds(first, given), second: seconds(second, given)}
        ratios.append(times[other] / times[ours])
        mine.append(times[ours])
        theirs.append(times[other])
    return ratios, len(given) / min(mine), len(given) / min(theirs)


def main() -> None:
    """Run the benchmark and print a line a pair."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    pack = compile_pack(load_file(Path(__file__).with_name("validation_pack.yaml")))
    records = list(products(options.records))
    raw = [orjson.dumps(record) for record in records]
    size = sum(map(len, raw)) / len(raw)
    found = compare(pack, records, raw)
    print(f"{len(pack.rules)} rules, {len(records):,} records of {size:,.0f} bytes, {found:,} issues, all as by hand.")
    ours_raw, ours_records = from_bytes(pack), from_objects(pack)
    pairs: list[tuple[str, Contestant, Contestant, list[Any]]] = []
    for word, check in (("whole", known_gtin), ("lent", valid_gtin)):
        schema, model, hand = whole_schema(check), whole_model(check), hand_written(check)
        pairs += [
            (f"bytes    orjson + jsonschema-rs, {word}", ours_raw, schema_bytes(schema), raw),
            (f"bytes    pydantic, {word}", ours_raw, models(model), raw),
            (f"bytes    orjson + by hand, {word}", ours_raw, decoded(hand), raw),
            (f"objects  jsonschema-rs, {word}", ours_records, schema_objects(schema), records),
            (f"objects  by hand, {word}", ours_records, hand, records),
        ]
    schema = spared_schema()
    pairs += [
        ("bytes    orjson + jsonschema-rs, spared", ours_raw, schema_bytes(schema), raw),
        ("bytes    pydantic, spared", ours_raw, models(Product), raw),
        ("objects  jsonschema-rs, spared", ours_records, schema_objects(schema), records),
    ]
    print(f"{'from     beside':<44}{'ratio':>7}  {'(least to greatest)':<20}{'ours/s':>10}{'theirs/s':>10}")
    for name, ours, other, given in pairs:
        ratios, mine, theirs = pair(ours, other, given, options.rounds)
        spread = f"({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"{name:<44}{statistics.median(ratios):>7.2f}  {spread:<20}{mine:>10,.0f}{theirs:>10,.0f}", flush=True)


if __name__ == "__main__":
    main()
