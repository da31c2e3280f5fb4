"""Small changes of a rule, and whether its cases notice."""

from __future__ import annotations

import pytest

from core.rules.evaluate import compile_pack
from core.rules.mutate import mutants, survey
from core.rules.parse import parse

RULE = """rulepack: demo
version: 2026.11
rules:
  - id: one
    title: One
    kind: product
    category: format_validation
    severity: error
    field: {field}
    check: {check}
    message: "no"
    source: a test
"""


def surviving(field: str, check: str, *cases: str, when: str = "") -> list[str]:
    lines = [f"    when: {when}\n" if when else "", "    cases:\n", *(f"      - {case}\n" for case in cases)]
    pack = compile_pack(parse(RULE.format(field=field, check=check) + "".join(lines), "demo.yaml"))
    return [one.reason.removeprefix("no case notices ") for one in survey(pack).survivors]


@pytest.mark.parametrize(
    ("cases", "left"),
    [
        (("pass: {title: abc}", "fail: {title: abcd}"), []),
        (("pass: {title: ab}", "fail: {title: abcd}"), ["limit 3 → 2"]),
        (("pass: {title: abc}", "fail: {title: abcde}"), ["limit 3 → 4"]),
        (("fail: {title: abcdef}",), ["limit 3 → 4", "limit 3 → 2"]),
    ],
)
def test_a_limit_is_tried_one_step_to_either_side(cases, left):
    assert surviving("title", "{max_length: 3}", *cases) == left


def test_a_decimal_limit_moves_by_one_unit_of_its_last_place():
    check, fail = "{range: {minimum: 0.99}}", "fail: {price: '0.98'}"

    assert surviving("price", check, "pass: {price: '0.99'}", fail) == []
    assert surviving("price", check, "pass: {price: '1.00'}", fail) == ["minimum 0.99 → 1.00"]


def test_an_expression_is_tried_without_its_anchors():
    check = "{pattern: '^[0-9]+$'}"

    assert surviving("sku", check, "pass: {sku: '12'}", "fail: {sku: ab}") == ["regex without ^", "regex without $"]
    assert surviving("sku", check, "pass: {sku: '12'}", "fail: {sku: a1}", "fail: {sku: 1a}") == []


def test_a_condition_is_left_out_whole_and_part_by_part():
    when = "{all: [{field: status, one_of: [active]}, {field: brand, required: true}]}"
    told = "fail: {status: active, brand: Riess}"

    assert surviving("title", "required", told, when=when) == [
        "its condition left out", "part 1 of its condition left out", "part 2 of its condition left out",
    ]  # fmt: skip
    assert (
        surviving("title", "required", told, "pass: {status: draft, brand: Riess}", "pass: {status: active}", when=when)
        == []
    )


def test_a_switch_is_turned_over():
    check = "{url: {https: true}}"
    good, bad = "pass: {url: 'https://a.example'}", "fail: {url: 'a b'}"

    assert surviving("url", check, good, bad) == ["https true → false"]
    assert surviving("url", check, good, "fail: {url: 'http://a.example'}") == []


def test_arguments_that_stand_at_their_default_are_no_limits_of_the_author():
    pack = compile_pack(parse(RULE.format(field="url", check="url") + "    cases: [{fail: {url: x}}]\n", "demo.yaml"))

    assert list(mutants(pack.rules[0])) == []


def test_every_shipped_rule_is_held_by_its_cases(library):
    surveys = [survey(pack) for pack in library]

    assert sum(each.tried for each in surveys) > 1_000
    assert [one for each in surveys for one in each.survivors] == []
