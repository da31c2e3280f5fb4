"""HTML drawn without life."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_ui.inert import PLAIN, rendered

PAYLOADS: list[str] = json.loads((Path(__file__).parent / "hostile.json").read_text("utf-8"))
TAG = re.compile(r"<[^>]*>")
OURS = {f"<{tag}>" for tag in PLAIN.values()} | {f"</{tag}>" for tag in PLAIN.values()} | {"<br>"}


def foreign(drawn):
    """Return the tags that are neither ours nor the mark of a hidden character."""
    return [tag for tag in TAG.findall(drawn) if tag not in OURS and not re.match(r'<span class="unseen"|</span>', tag)]


def test_plain_markup_reads_as_it_is_meant():
    drawn = rendered("<h2>Kettle</h2><div>Made of <b>steel</b><br>&amp; wood</div><ul><li>1.5 l</li></ul>")

    assert drawn == ("<h4>Kettle</h4><p>Made of <strong>steel</strong><br>&amp; wood</p><ul><li>1.5 l</li></ul>")


def test_what_is_no_html_is_not_drawn():
    assert rendered("1 < 2 and 3 > 2") is None
    assert rendered({"a": "<b>x</b>"}) is None


def test_what_was_left_open_is_closed():
    assert rendered("<ul><li><b>x") == "<ul><li><strong>x</strong></li></ul>"


def test_scripts_and_styles_leave_nothing():
    assert rendered("<p>a<script>alert(1)</script><style>b{}</style>c</p>") == "<p>ac</p>"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_markup_becomes_plain(payload):
    assert foreign(rendered(f"<p>{payload}</p>") or "") == []


@given(st.text(alphabet="<>/ab pscript\"'=&;!-[]\n", max_size=80))
def test_no_text_whatever_draws_a_tag_that_is_not_ours(text):
    assert foreign(rendered(f"<p>{text}") or "") == []
