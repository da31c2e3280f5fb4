"""What answers in place of RE2 gives RE2's answers, and never backtracks without a bound."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from core.corrections.regex import Regex, encodable
from core.corrections.shapes import shape_of

CHEAP = {
    r"<script": "contains", r"^https://": "begins", r"\.jpg$": "ends", r"^[A-Za-z0-9._-]+$": "consists",
    r"[!$?_{}^|]": "matches", r"^[0-9]{1,9}(\.[0-9]{1,4})?$": "matches", r"\.[0-9]{2}$": "matches",
    r"^([0-9]{8}|[0-9]{12,14})$": "matches", r"^[^@]+@[a-z]{1,5}$": "matches", r"^$": "matches", r"a.c": "matches",
    r"^a*$": "matches", r"^[a-z]*$": "matches", r"colou?r": "matches",
}  # fmt: skip
ONLY_RE2 = [
    r"(?i)free", r"\d+", r"\bsale\b", r"^(a|b)*$", r"(a+)+$", r"a+", r"^a+b+$", r"[[:alpha:]]", r"\pL", r"é", r"^\S+$",
    r"a{1,200}", r"^([a-z]{1,30} ?){1,30}$", r"(?P<name>a)", r"[a-z]{1,60}[a-z]{1,60}$",
]  # fmt: skip
TEXTS = st.text(st.sampled_from("ab0189.@<>!-_ /\n:AZhtpscrifcoluéß😀"), max_size=14)


@pytest.mark.parametrize("source", CHEAP)
def test_a_simple_expression_has_a_cheaper_answer(source):
    shape = shape_of(source)

    assert shape is not None
    assert shape.test == CHEAP[source]


@pytest.mark.parametrize("source", ONLY_RE2)
def test_what_could_backtrack_or_means_something_else_is_left_to_re2(source):
    assert shape_of(source) is None


@pytest.mark.parametrize("source", CHEAP)
@settings(max_examples=200, derandomize=True, deadline=None)
@given(text=TEXTS)
def test_the_cheaper_answer_is_that_of_re2(source, text):
    assert Regex(source).found(text) == (re2.compile(source).search(encodable(text)) is not None)


@pytest.mark.parametrize("text", ["https://", "x.jpg", "ab\n", "\n", "10.00\n", "a\nc", "", "10.00"])
@pytest.mark.parametrize("source", CHEAP)
def test_line_ends_and_empty_text_are_judged_as_re2_does(source, text):
    assert Regex(source).found(text) == (re2.compile(source).search(text) is not None)
