"""How values become words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from admin_ui import words

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\u202e", "RLO"),
        ("\u200b", "ZWSP"),
        ("\ufeff", "BOM"),
        ("\u00a0", "NBSP"),
        ("\x00", "U+0000"),
        ("\u2067", "RLI"),
    ],
)
def test_a_character_that_cannot_be_seen_is_spelled_out(character, name):
    shown = words.shown(f"invoice{character}gpj.exe")

    assert character not in shown
    assert f">{name}</span>" in shown


def test_markup_in_a_value_stays_text():
    assert words.shown('<b title="x">&') == "&lt;b title=&#34;x&#34;&gt;&amp;"


def test_the_joiner_inside_a_picture_stays():
    family = "\U0001f468\u200d\U0001f469"

    assert words.shown(family) == family


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=2), "2 d ago"),
        (timedelta(days=40), "14 Oct 2026"),
        (timedelta(seconds=-5), "just now"),
    ],
)
def test_a_time_is_told_in_the_largest_unit_that_fits(passed, said):
    assert words.ago(NOW - passed, NOW) == said


@pytest.mark.parametrize(("value", "said"), [(0.864, ".86"), (1.0, "1.0"), (0.0, ".00"), (None, "–"), (0.999, "1.0")])
def test_a_share_has_two_digits(value, said):
    assert words.share(value) == said


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x", "//evil.example", "/local", "https://", "http://a b",
        "https://x\"onclick=1", "file:///etc/passwd", None, 7,
        "http://[",
    ],
)  # fmt: skip
def test_only_web_addresses_become_links(url):
    assert words.link(url) is None


def test_a_web_address_becomes_a_link():
    assert words.link("https://shop.example/kettle?id=1&x=2") == "https://shop.example/kettle?id=1&x=2"


def test_a_long_value_is_cut_in_the_middle_and_whole_on_hover():
    cut = words.middle("A" * 40 + "B" * 40, 20)

    assert ">AAAAAAAAA…BBBBBBBBB<" in cut
    assert f'title="{"A" * 40}{"B" * 40}"' in cut


def test_an_excerpt_makes_white_space_visible_where_it_is_all_that_differs():
    assert words.excerpt("Wool  throw ", "Wool throw") == "Wool··throw·"
    assert words.excerpt("Wool throw", "Wool  throw ") == "Wool throw"


def test_an_excerpt_shows_where_two_long_values_begin_to_differ():
    before, after = "same " * 30 + "old end", "same " * 30 + "new end"

    assert "old" in words.excerpt(before, after).split(">", 1)[1]
    assert "new" in words.excerpt(after, before).split(">", 1)[1]
