"""What the pipeline shows: only what mends the issue, surest first, with decisions weighed in."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.model.corrections import Safety, Source
from core.model.issues import IssueState
from core.model.records import RecordKind
from core.model.tuning import Tuning
from core.rules.packs import Library
from core.store.auto_rules import AutoRuleRow
from core.store.issues import IssueRow
from core.store.records import RecordRow
from core.suggest.pipeline import propose
from core.suggest.proposal import Proposal

CONTEXT: Any = SimpleNamespace(tuning=Tuning())
SOUND = {
    "title": "Enamel kettle", "sku": "K-1", "description": "Holds 1.5 litres.", "brand": "Alder", "category": "Kettles",
    "price": "39.00", "currency": "EUR", "quantity": 4, "images": [{"url": "https://img.example.com/k.jpg"}],
    "weight": {"value": "0.9", "unit": "kg"}, "status": "active",
}  # fmt: skip


def offered(library: Library, wrong: dict[str, Any], field: str, rules: Any = (), rejected: Any = ()) -> list[Proposal]:
    pack = library.pack("ebay", None)
    record = {**SOUND, **wrong}
    row = RecordRow(
        id=1, merchant=1, connection=1, kind=RecordKind.PRODUCT, external_id="1", sku=None, title=None, record=record,
        raw={}, content_hash="", source_version=1, checked_with=None, keyed_with=None,
        deleted_at=None,
    )  # fmt: skip
    one = next(one for one in pack.evaluate(RecordKind.PRODUCT, record) if one.field == field)
    issue = IssueRow(
        id=1, merchant=1, connection=1, record=1, pattern="", channel="ebay", pack=one.pack, rule=one.rule,
        category=one.category, severity=one.severity, field=one.field, message=one.message, actual=one.actual,
        fix=(), fix_safety=None, state=IssueState.OPEN,
    )  # fmt: skip
    return propose(CONTEXT, pack, issue, row, rules, rejected)


@pytest.mark.parametrize(
    ("wrong", "field", "after"),
    [
        ({"price": "11,95"}, "price", "11.95"),
        ({"title": " Enamel  kettle "}, "title", "Enamel kettle"),
        ({"weight": {"value": "1,5", "unit": "kg"}}, "weight.value", "1.5"),
        ({"weight": {"value": "1.5", "unit": "Kilogramm"}}, "weight.unit", "kg"),
        ({"gtin": "400638-1333931"}, "gtin", "4006381333931"),
    ],
)
def test_notation_is_mended_without_a_fix_of_the_rule(
    library: Library, wrong: dict[str, Any], field: str, after: str
) -> None:
    best = offered(library, wrong, field)[0]

    assert (best.source, best.changes[0].after, best.safety) == (Source.LOCAL, after, Safety.SAFE)
    assert best.evidence


@pytest.mark.parametrize(
    ("wrong", "field"), [({"price": "1,234"}, "price"), ({"gtin": "4006381333932"}, "gtin"), ({"brand": ""}, "brand")]
)
def test_what_may_mean_two_things_is_left_to_people(library: Library, wrong: dict[str, Any], field: str) -> None:
    assert offered(library, wrong, field) == []


def test_what_was_rejected_is_not_shown_again_by_another_name(library: Library) -> None:
    best = offered(library, {"price": "11,95"}, "price")[0]

    assert offered(library, {"price": "11,95"}, "price", rejected={best.program_hash}) == []


def test_decisions_on_a_program_weigh_in_its_confidence(library: Library) -> None:
    best = offered(library, {"price": "11,95"}, "price")[0]
    refused = AutoRuleRow(
        auto_rule_id="", pattern_id="", program=best.program, program_hash=best.program_hash, safety=Safety.SAFE,
        threshold=0.8, success_rate=1.0, applications=0, approvals=0, rejections=4, confidence=0.0, is_active=True,
        off_reason=None,
    )  # fmt: skip

    after = offered(library, {"price": "11,95"}, "price", [refused])[0]

    assert after.confidence == pytest.approx(best.confidence / 2)


def test_what_is_wrong_across_records_is_left_to_people(library: Library) -> None:
    pack = library.pack("ebay", None)
    rule = next(one for one in pack.across.ids if pack.rule(one).field in ("sku", "gtin", "title"))
    record = {**SOUND, "sku": " K-1 ", "gtin": "4006381-333931", "title": " Enamel  kettle "}
    row = RecordRow(
        id=1, merchant=1, connection=1, kind=RecordKind.PRODUCT, external_id="1", sku=None, title=None, record=record,
        raw={}, content_hash="", source_version=1, checked_with=None, keyed_with=None, deleted_at=None,
    )  # fmt: skip
    field = pack.rule(rule).field
    issue = IssueRow(
        id=1, merchant=1, connection=1, record=1, pattern="", channel="ebay", pack=pack.name, rule=rule,
        category="business_rule", severity="error", field=field, message="", actual=record[field], fix=(),
        fix_safety=None, state=IssueState.OPEN,
    )  # fmt: skip

    assert propose(CONTEXT, pack, issue, row, ()) == []
