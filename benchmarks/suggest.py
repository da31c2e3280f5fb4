"""How long 10,000 issues take to get their suggestions without a model server: `python -m benchmarks.suggest`.

The catalogue is made with a seed: records with brands, categories, weights and dimensions, then damaged in the ways
that merchants' exports are. Learning is timed apart; suggesting is one core, without the database. The same issues are
then given what similar causes have learned, at the worst: each issue is a pattern of its own, looked at beside as many
others as the store hands over for one cause.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from core.corrections import apply
from core.knowledge.shapes import shape_of
from core.knowledge.signature import Signature, field_without_indices
from core.model.corrections import Safety
from core.model.issues import IssueState
from core.model.records import RecordKind
from core.model.tuning import Tuning
from core.rules.packs import Library
from core.store.auto_rules import AutoRuleRow
from core.store.issues import IssueRow
from core.store.records import RecordRow
from core.store.similar import OF_A_FAMILY, OF_A_FIELD, OF_A_RULE, Taught
from core.suggest.local import examples, training
from core.suggest.local.models import pack
from core.suggest.pipeline import propose
from core.suggest.proposal import Proposal
from core.suggest.similar import nearby

ROOT = Path(__file__).resolve().parents[1]
BRANDS = [f"{first}{last}" for first in ("Al", "Bir", "Ce", "Dor", "El", "Fen") for last in ("der", "ka", "lon", "mar")]
THINGS = ["kettle", "teapot", "pan", "lamp", "chair", "table", "rug", "clock", "mirror", "shelf", "vase", "bowl"]
STUFF = ["steel", "oak", "glass", "enamel", "cotton", "copper", "linen", "pine"]


def record(draw: random.Random, number: int) -> dict[str, Any]:
    """Return a sound record."""
    brand, at, stuff = draw.choice(BRANDS), draw.randrange(len(THINGS)), draw.choice(STUFF)
    sides = [draw.randint(5, 60) for _ in range(3)]
    grams = sides[0] * sides[1] * sides[2] * (at + 2) / 20 * draw.lognormvariate(0, 0.15)
    return {
        "title": f"{brand} {THINGS[at]} of {stuff} no. {number}", "sku": f"S{number}", "brand": brand,
        "description": f"A {THINGS[at]} made of {stuff}, for every day.", "category": f"Home > {THINGS[at].title()}s",
        "price": f"{draw.randint(5, 200)}.90", "currency": "EUR", "quantity": draw.randint(1, 20),
        "gtin": "4006381333931", "condition": "new", "policies": {"return": "1", "payment": "1", "shipping": "1"},
        "images": [{"url": f"https://img.example.com/{number}.jpg"}], "status": "active", "locale": "en",
        "weight": {"value": f"{grams / 1000:.3f}", "unit": "kg"},
        "attributes": {"material": stuff, "merchant_location_key": "main", "aspects": {"Material": [stuff]}},
        "dimensions": {"length": str(sides[0]), "width": str(sides[1]), "height": str(sides[2]), "unit": "cm"},
    }  # fmt: skip


def damaged(draw: random.Random, sound: dict[str, Any]) -> dict[str, Any]:
    """Return the record with two things wrong."""
    bad = dict(sound)
    wrongs: list[dict[str, Any]] = [
        {"brand": ""}, {"category": None}, {"description": ""}, {"weight": None}, {"price": "11,95"},
        {"gtin": "400638-1333931"}, {"gtin": "36000291452"}, {"title": f"  {sound['title']} "},
        {"title": f"{sound['title']} " * 8}, {"description": "<script>x()</script><p>Fine</p>"},
        {"weight": {"value": "1,5", "unit": "Kilogramm"}}, {"images": sound["images"] * 2},
    ]  # fmt: skip
    for wrong in draw.sample(wrongs, 2):
        bad |= wrong
    return bad


def main() -> None:
    """Learn, damage, suggest, and print what that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--issues", type=int, default=10_000)
    parser.add_argument("--channel", default="ebay")
    wanted = parser.parse_args()
    draw = random.Random(11)
    sample = [examples.example(at, wanted.channel, record(draw, at)) for at in range(5_000)]
    started = time.perf_counter()
    models = training.train([one for one in sample if one is not None])
    took = time.perf_counter() - started
    print(f"learned from {models.examples:,} records in {took:.1f} s, {len(pack(models)):,} bytes")
    rules = Library.open([ROOT / "rulepacks"]).pack(wanted.channel, None)
    work = issues_of(draw, rules, wanted.channel, wanted.issues)
    context = cast(Any, SimpleNamespace(tuning=Tuning()))
    propose(context, rules, *work[0], [], (), models)
    alone = timed(work, lambda issue, row: propose(context, rules, issue, row, [], (), models))
    others = taught_elsewhere(draw, work)
    print(f"{len(others)} similar patterns, {sum(len(one.rules) for one in others)} corrections")

    def beside(issue: IssueRow, row: RecordRow) -> list[Proposal]:
        near = nearby(signature_of(issue, row), others, {})
        return propose(context, rules, issue, row, [], (), models, near=near)

    print(f"with similar patterns: {timed(work, beside) / alone:.2f} times as long")


def timed(work: list[tuple[IssueRow, RecordRow]], suggest: Callable[[IssueRow, RecordRow], list[Proposal]]) -> float:
    """Suggest for all, print what that took, and return the seconds of one core."""
    counted: Counter[str] = Counter()
    started = time.process_time()
    for issue, row in work:
        found = suggest(issue, row)
        counted[found[0].source if found else "none"] += 1
    took = time.process_time() - started
    print(f"{len(work):,} issues in {took:.2f} s of one core, {took / len(work) * 1e6:.0f} µs each")
    print("best by source:", ", ".join(f"{source} {times:,}" for source, times in counted.most_common()))
    return took


def signature_of(issue: IssueRow, row: RecordRow) -> Signature:
    """Return the signature of an issue as a pattern of its own would have it."""
    return Signature(
        channel=issue.channel,
        rule=issue.rule,
        field=field_without_indices(issue.field),
        shape=shape_of(issue.actual),
        context={"category": f"{row.record.get('category')} {row.id}", "locale": "en"},
    )


def taught_elsewhere(draw: random.Random, work: list[tuple[IssueRow, RecordRow]]) -> list[Taught]:
    """Return as many patterns as the store hands over for one rule, field and family, with what they have learned."""
    steps: tuple[dict[str, Any], ...] = (
        {"trim": {}}, {"collapse_spaces": {}}, {"decimal_places": {"places": 2}}, {"strip_html": {}},
    )  # fmt: skip
    programs = [(step,) for step in steps]
    found = []
    for number, (issue, row) in enumerate(draw.sample(work, OF_A_RULE + OF_A_FIELD + OF_A_FAMILY)):
        rules = tuple(
            AutoRuleRow(
                auto_rule_id="", pattern_id="", program=program, program_hash=apply.program_hash(program),
                safety=Safety.REVIEW, threshold=0.8, success_rate=1.0, applications=0, approvals=9, rejections=1,
                confidence=draw.random(), is_active=True, off_reason=None,
            )
            for program in draw.sample(programs, 2)
        )  # fmt: skip
        cause = signature_of(issue, row)
        found.append(Taught(pattern_id=str(number), merchant=1, signature=cause, title="", rules=rules))
    return found


def issues_of(draw: random.Random, rules: Any, channel: str, count: int) -> list[tuple[IssueRow, RecordRow]]:
    """Return so many issues with their records."""
    found: list[tuple[IssueRow, RecordRow]] = []
    number = 10_000
    while len(found) < count:
        number += 1
        bad = damaged(draw, record(draw, number))
        row = RecordRow(
            id=number, merchant=1, connection=1, kind=RecordKind.PRODUCT, external_id=str(number), sku=None, title=None,
            record=bad, raw={}, content_hash="", source_version=1, checked_with=None, keyed_with=None,
            deleted_at=None,
        )  # fmt: skip
        for one in rules.evaluate(RecordKind.PRODUCT, bad):
            issue = IssueRow(
                id=len(found), merchant=1, connection=1, record=number, pattern="", channel=channel, pack=one.pack,
                rule=one.rule, category=one.category, severity=one.severity, field=one.field, message=one.message,
                actual=one.actual, fix=one.fix, fix_safety=one.fix_safety, state=IssueState.OPEN,
            )  # fmt: skip
            found.append((issue, row))
    return found[:count]


if __name__ == "__main__":
    main()
