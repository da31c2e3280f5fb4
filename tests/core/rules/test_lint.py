"""What the linter says of rules that contradict, overshadow, cost or are told in half a language."""

from __future__ import annotations

import pytest

from core.rules.evaluate import compile_pack
from core.rules.lint import lint
from core.rules.parse import parse

HEAD = "rulepack: demo\nversion: 2026.11\nrules:\n"
RULE = """  - id: {id}
    title: {title}
    kind: product
    category: format_validation
    severity: {severity}
    field: {field}
    check: {check}
    message: "no"
    source: a test
    cases: [{{pass: {{}}}}, {{fail: {{}}}}]
"""


def rule(name: str, field: str, check: str, *, severity: str = "error", more: str = "") -> str:
    return RULE.format(id=name, title=f"Title {name}", severity=severity, field=field, check=check) + more


def findings(*rules: str, after: str = "") -> set[tuple[str, str]]:
    pack = compile_pack(parse(HEAD + "".join(rules) + after, "demo.yaml"))
    return {(one.rule, one.code) for one in lint(pack)}


@pytest.mark.parametrize(
    ("field", "left", "right"),
    [
        ("title", "{min_length: 10}", "{max_length: 9}"),
        ("price", "{range: {minimum: 5}}", "{range: {below: 5}}"),
        ("status", "{one_of: [active]}", "{one_of: [publish]}"),
        ("status", "{one_of: [active]}", "{not_in: [active, draft]}"),
        ("brand", "required", "missing"),
        ("images", "{item_count: {minimum: 3}}", "{item_count: {maximum: 2}}"),
    ],
)
def test_rules_that_no_value_satisfies_contradict_each_other(field, left, right):
    assert ("a", "contradiction") in findings(rule("a", field, left), rule("b", field, right))


def test_rules_that_meet_at_a_limit_do_not():
    assert findings(rule("a", "title", "{min_length: 9}"), rule("b", "title", "{max_length: 9}")) == set()


def test_a_looser_rule_of_the_same_severity_is_overshadowed():
    strict, loose = rule("a", "title", "{max_length: 80}"), rule("b", "title", "{max_length: 255}")

    assert findings(strict, loose) == {("b", "shadowed")}
    assert findings(rule("a", "title", "{max_length: 80}", severity="warning"), loose) == set()


def test_rules_of_different_days_live_side_by_side():
    old = rule("a", "title", "{max_length: 200}", more="    effective: {until: 2026-07-27}\n")
    new = rule("b", "title", "{max_length: 75}", more="    effective: {from: 2026-07-27}\n")

    assert findings(old, new) == set()


@pytest.mark.parametrize(
    "when",
    [
        "{all: [{field: status, one_of: [a]}, {field: status, one_of: [b]}]}",
        "{all: [{field: status, one_of: [a]}, {field: status, missing: true}]}",
        "{all: [{field: status, required: true}, {field: status, missing: true}]}",
    ],
)
def test_a_condition_that_nothing_meets_is_found(when):
    assert findings(rule("a", "title", "required", more=f"    when: {when}\n")) == {("a", "unreachable")}


def test_a_large_expression_is_costly():
    assert findings(rule("a", "title", "{pattern: '([a-zé]{1,30} ?){1,30}'}")) == {("a", "costly")}


def test_a_language_that_was_begun_is_finished():
    translations = "translations:\n  fr:\n    a: {title: Titre, message: non}\n"

    assert findings(rule("a", "title", "text"), rule("b", "brand", "text"), after=translations) == {
        ("b", "untranslated")
    }
