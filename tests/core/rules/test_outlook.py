"""What another edition means for records, counted as they stream by."""

from __future__ import annotations

import msgspec
import pytest

from core.model.records import RecordKind
from core.rules.diff import impact
from core.rules.outlook import MOST_EXAMPLES, MOST_OF_ONE_RULE, Outlook
from core.rules.packs import Library

RULE = """  - id: {id}
    title: Title of {id}
    kind: product
    category: format_validation
    severity: {severity}
    field: {field}
    check: {{max_length: {limit}}}
    message: "{{actual}} characters."
    source: test
    cases: [{{fail: {{{field}: "{text}"}}}}]
"""


def write(folder, version, *rules):
    """Write a version of a pack of rules given as (id, field, limit, severity)."""
    file = folder / "demo" / f"{version}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(
        RULE.format(id=name, field=field, limit=limit, severity=severity, text="x" * (limit + 1))
        for name, field, limit, severity in rules
    )
    file.write_text(f"rulepack: demo\nversion: {version}\nrules:\n{text}")


def outlook(folder, records):
    """Look at products by the older and the newer of two versions."""
    library = Library.open([folder])
    old, new = (library.pack("demo", version) for version in library.versions("demo")[::-1])
    found = Outlook(old, new)
    found.look((number, RecordKind.PRODUCT, msgspec.json.encode(record)) for number, record in enumerate(records))
    return found


@pytest.mark.parametrize(
    ("old", "new"), [("shopify", "woocommerce"), ("woocommerce", "shopify"), ("common", "shopify")]
)
def test_the_counts_are_those_of_judging_each_record_by_both_in_full(library, old, new):
    before, after = library.pack(old).latest, library.pack(new).latest
    records = [
        case.record
        for pack in (before, after)
        for rule in pack.rules
        for case in rule.cases
        if rule.kind is RecordKind.PRODUCT
    ]

    found = Outlook(before, after)
    found.look((number, RecordKind.PRODUCT, msgspec.json.encode(record)) for number, record in enumerate(records))

    expected = impact(before, after, RecordKind.PRODUCT, records)
    assert (found.newly_fail, found.newly_pass) == (len(expected.newly_fail), len(expected.newly_pass))
    assert {one.record_id for one in found.failing} <= set(expected.newly_fail)
    assert {one.record_id for one in found.passing} <= set(expected.newly_pass)


def test_a_record_that_fails_for_another_reason_neither_newly_fails_nor_passes(tmp_path):
    write(tmp_path, "2026.10", ("title.a", "title", 20, "error"), ("brand.a", "brand", 3, "error"))
    write(tmp_path, "2026.11", ("title.a", "title", 5, "error"), ("brand.a", "brand", 3, "error"))

    found = outlook(tmp_path, [{"title": "x" * 9}, {"title": "x" * 9, "brand": "Alder"}, {"title": "x"}])

    assert (found.judged, found.newly_fail, found.newly_pass) == (3, 1, 0)
    assert found.newly == {"title.a": 2}


def test_a_warning_that_becomes_an_error_is_newly_violated_as_one(tmp_path):
    write(tmp_path, "2026.10", ("title.a", "title", 5, "warning"))
    write(tmp_path, "2026.11", ("title.a", "title", 5, "error"))

    found = outlook(tmp_path, [{"title": "x" * 9}])

    assert (found.newly_fail, dict(found.newly), dict(found.no_longer)) == (1, {"title.a": 1}, {})


def test_examples_are_few_and_not_all_of_one_rule(tmp_path):
    write(tmp_path, "2026.10", ("sku.a", "sku", 90, "error"))
    write(tmp_path, "2026.11", ("title.a", "title", 5, "error"), ("brand.a", "brand", 3, "error"))

    found = outlook(tmp_path, [{"title": "x" * 9}] * 50 + [{"brand": "Alder"}] * 50)

    assert found.newly_fail == 100
    assert [one.rule for one in found.failing].count("title.a") == MOST_OF_ONE_RULE
    assert len(found.failing) == MOST_EXAMPLES
