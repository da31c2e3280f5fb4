"""A digest in words: counts, and strangers' text that can be nothing but text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.model.notices import About, Digest, Example, News, NewsKind
from core.notifications import words

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


def digest(title: str = "Price without decimals", example: str = "Kettle", **changed) -> Digest:
    news = News(
        kind=NewsKind.FAILED, title=title, count=1200, path="/knowledge/p", where="ebay · main",
        examples=(Example(text=example, path="/issues/7"),),
    )  # fmt: skip
    counts = {NewsKind.FAILED: 1200, NewsKind.BRAKED: 1}
    plain = {"about": About.TROUBLE, "since": NOW, "until": NOW, "counts": counts, "news": (news,)}
    return Digest(**plain | changed)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Kettle\r\nBcc: x", "Kettle Bcc: x"),
        ("a\u202eb\u200bc\x00d", "a b c d"),
        ("see https://evil.example now", "see https //evil.example now"),
        ("JavaScript:alert(1) www.evil.example", "JavaScript alert(1) www evil.example"),
        ("write to ann@shop.example", "write to ***"),
        ("x" * 300, "x" * 119 + "…"),
    ],
)
def test_a_strangers_text_is_one_line_without_links_hidden_characters_or_addresses(given, shown):
    assert words.plain(given, words.LONGEST_EXAMPLE) == shown


def test_a_subject_holds_counts_only():
    assert words.subject(digest("evil\r\nBcc: x")) == (
        "Marketwright: 1 correction switched itself off, 1,200 corrections failed"
    )


def test_html_escapes_what_is_in_it_and_links_to_us_alone():
    html = words.html(digest('<img src=x onerror="a">', '"><script>'), "https://m.example")

    assert "<img" not in html
    assert "<script" not in html
    assert html.count("href=") == html.count('href="https://m.example/')


def test_without_an_address_of_ours_there_are_no_links():
    found = words.html(digest(), "") + words.text(digest(), "")

    assert "href" not in found
    assert "/issues/7" not in found


def test_causes_that_are_not_spelled_out_are_counted():
    assert "And 3 more causes." in words.text(digest(left_out=3), "https://m.example")
