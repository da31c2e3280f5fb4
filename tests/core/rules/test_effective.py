"""Rules that begin and end on a day, and what that makes of a pack."""

from __future__ import annotations

from datetime import date

import pytest

from core.errors import RulepackError
from core.model.records import RecordKind
from core.rules import cases
from core.rules.evaluate import compile_pack
from core.rules.packs import Library
from core.rules.parse import parse

PACK = """rulepack: demo
version: 2026.11
rules:
  - id: title.length
    title: Title too long
    kind: product
    category: marketplace_rule
    severity: error
    field: title
    check: {max_length: 20}
    effective: {until: 2026-07-27}
    message: "no"
    source: a test
    cases: [{pass: {title: "12345678901234567890"}}, {fail: {title: "123456789012345678901"}}]
  - id: title.length.short
    title: Title too long for buyers
    kind: product
    category: marketplace_rule
    severity: error
    field: title
    check: {max_length: 7}
    effective: {from: 2026-07-27}
    when: {not: {field: category, inside_categories: [Media]}}
    message: "no"
    source: a test
    cases:
      - pass: {title: "1234567"}
      - pass: {title: "12345678", category: "Media > Books"}
      - fail: {title: "12345678"}
"""


def violated(day: str, record: dict[str, str]) -> list[str]:
    pack = compile_pack(parse(PACK, "demo.yaml")).on(date.fromisoformat(day))
    return [one.rule for one in pack.evaluate(RecordKind.PRODUCT, record)]


def test_the_day_itself_belongs_to_the_new_rule():
    assert violated("2026-07-26", {"title": "12345678"}) == []
    assert violated("2026-07-27", {"title": "12345678"}) == ["title.length.short"]
    assert violated("2026-07-26", {"title": "x" * 21}) == ["title.length"]
    assert violated("2030-01-01", {"title": "x" * 21, "category": "Media"}) == []


def test_an_edition_names_the_last_of_its_days_that_has_come():
    pack = compile_pack(parse(PACK, "demo.yaml"))

    assert pack.on(date(2026, 7, 26)).edition == "demo@2026.11"
    assert pack.on(date(2026, 7, 27)).edition == pack.latest.edition == "demo@2026.11+2026-07-27"
    assert pack.on(date(2026, 7, 27)).evaluate(RecordKind.PRODUCT, {"title": "12345678"})[0].pack == pack.latest.edition


def test_a_pack_without_days_is_the_same_on_every_day(one_rule):
    pack = one_rule("title", "required")

    assert pack.on(date(2020, 1, 1)) is pack


def test_cases_are_tried_on_a_day_on_which_their_rule_counts():
    assert cases.run(compile_pack(parse(PACK, "demo.yaml"))) == []


def test_an_edition_leads_back_to_its_rules(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/2026.11.yaml").write_text(PACK, encoding="utf-8")

    rule = Library.open([tmp_path]).rule("demo@2026.11+2026-07-27", "title.length.short")

    assert rule.since == date(2026, 7, 27)


@pytest.mark.parametrize(
    ("effective", "reason"),
    [
        ("{from: 2026-13-01}", "month must be"),
        ("{from: tomorrow}", "written as YYYY-MM-DD"),
        ("{since: 2026-01-01}", "effective is"),
        ("{from: 2026-08-01, until: 2026-08-01}", "ends before it begins"),
        ("{}", "effective is"),
    ],
)
def test_days_that_make_no_sense_are_refused(effective, reason):
    with pytest.raises(RulepackError, match=reason):
        parse(PACK.replace("{until: 2026-07-27}", effective), "demo.yaml")


@pytest.mark.parametrize(
    ("day", "category", "length", "severity"),
    [
        ("2026-07-26", "Home", 201, "error"), ("2026-07-26", "Home", 76, None), ("2026-07-27", "Home", 76, "warning"),
        ("2026-07-27", "Home", 75, None), ("2026-07-27", "Media", 200, None), ("2026-07-27", "Media", 201, "error"),
    ],
)  # fmt: skip
def test_amazons_titles_are_judged_by_day_and_category(library, day, category, length, severity):
    pack = library.pack("amazon").on(date.fromisoformat(day))
    words = ("kettle lid " * 40)[: length - 1] + "x"
    record = {"title": words, "category": category, "attributes": {"marketplace_id": "ATVPDKIKX0DER"}}

    found = {one.severity.value for one in pack.evaluate(RecordKind.PRODUCT, record) if "title.length" in one.rule}

    assert found == ({severity} if severity else set())
