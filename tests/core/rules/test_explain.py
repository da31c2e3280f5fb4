"""A rule told in words."""

from __future__ import annotations

from core.rules.explain import explain

MORE = """    when: {all: [{field: status, one_of: [active]}, {not: {field: category, inside_categories: [Media]}}]}
    effective: {from: 2026-07-27}
    fix: [{shorten_at_word: 75}]
    fix_safety: review
"""


def test_a_rule_says_what_it_asks_where_since_when_and_what_mends_it(one_rule):
    told = explain(one_rule("title", "{max_length: 75}", more=MORE, message='"{actual} of {limit}"').rules[0])

    assert told.what == (
        'title: max_length (limit 75), where status: one_of (values ["active"])'
        ' and not category: inside_categories (paths ["Media"])'
    )
    assert told.effective == "from 2026-07-27"
    assert told.fix == "Cut after the last whole word within 75 characters."
    assert told.message == "{actual} of {limit}"
    assert told.cases == ("fails: {}",)


def test_long_texts_in_cases_are_cut(library):
    told = explain(library.pack("shopify").rule("title.length"))

    assert any("… (256 characters)" in case for case in told.cases)
    assert all(len(case) < 700 for case in told.cases)
