"""Cases of a pack that come out otherwise than written, and what the linter says."""

from __future__ import annotations

import pytest

from core.rules import cases
from core.rules.evaluate import compile_pack
from core.rules.lint import lint
from core.rules.parse import parse

PACK = """rulepack: demo
version: 2026.11
rules:
  - id: title.length
    title: Title too long
    kind: product
    category: format_validation
    severity: error
    field: title
    check: {max_length: 12}
    message: no
    source: test
    fix: [{shorten_at_word: 12}]
    fix_safety: review
    cases:
      - pass: {title: "thirteen chars"}
      - fail: {title: "short"}
      - fail: {title: "Enamel kettle blue"}
        fixed: {title: "Enamel kettle"}
  - id: title.long_enough
    title: Title too short
    kind: product
    category: format_validation
    severity: error
    field: title
    check: {min_length: 8}
    message: no
    source: test
    cases: [{fail: {title: "x"}}]
  - id: order.mail
    title: Mail malformed
    kind: order
    category: format_validation
    severity: error
    field: buyer.email
    check: email
    message: "{actual} is wrong"
    source: test
    cases: [{pass: {}}, {fail: {buyer: {email: x}}}]
  - id: order.mail.again
    title: Mail malformed again
    kind: order
    category: format_validation
    severity: error
    field: buyer.email
    check: email
    when: {field: buyer.email, missing: true}
    message: no
    source: test
    cases: [{pass: {}}, {fail: {buyer: {email: x}}}]
  - id: price.range
    title: Price outside its limits
    kind: product
    category: business_rule
    severity: error
    field: price
    check: {range: {minimum: 5, maximum: 4}}
    message: no
    source: test
    fix: [parse_number]
    fix_safety: safe
    cases: [{pass: {}}, {fail: {price: "1"}}]
"""


def test_each_case_that_comes_out_otherwise_is_named_with_its_line():
    pack = compile_pack(parse(PACK, "demo.yaml"))

    found = {(failure.rule, failure.line): failure.reason for failure in cases.run(pack)}

    assert found[("title.length", 16)] == "should pass, and is violated at title"
    assert found[("title.length", 17)] == "should fail, and passes"
    assert ("order.mail.again", 50) in found


def test_a_fix_that_makes_something_else_or_breaks_a_rule_fails_its_case():
    pack = compile_pack(parse(PACK, "demo.yaml"))

    reasons = [failure.reason for failure in cases.run(pack) if failure.line == 18]

    assert reasons == [
        "title should be fixed to 'Enamel kettle', and is 'Enamel'",
        "the fix breaks title.long_enough at title",
    ]


def test_the_linter_names_what_nothing_proves():
    findings = {(finding.rule, finding.code) for finding in lint(compile_pack(parse(PACK, "demo.yaml")))}

    assert findings == {
        ("title.long_enough", "no_pass_case"),
        ("order.mail", "personal_data"),
        ("order.mail.again", "unreachable"),
        ("price.range", "contradiction"),
        ("price.range", "untried_fix"),
    }


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("title too short", "title_style"),
        ("Title too short.", "title_style"),
        ("Title Too Short", "title_style"),
        ("Too short for Demo", "title_names_channel"),
        ("Title too long", "same_title"),
    ],
)
def test_the_linter_names_titles_that_tell_people_too_little(title, code):
    text = PACK.replace("title: Title too short", f"title: {title}")

    findings = {(finding.rule, finding.code) for finding in lint(compile_pack(parse(text, "demo.yaml")))}

    assert ("title.long_enough", code) in findings


def test_a_title_is_compared_with_inherited_ones():
    inherited = parse(PACK, "common.yaml").rules
    own = parse(PACK.replace("id: title.long_enough", "id: title.enough"), "demo.yaml")

    findings = {finding.rule for finding in lint(compile_pack(own, inherited)) if finding.code == "same_title"}

    assert findings == {"title.enough"}
