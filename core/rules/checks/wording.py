"""Checks on what a text says: repeated words, links, ways to reach the seller, the length that buyers read."""

from __future__ import annotations

import html
import re
from collections import Counter

from core.corrections.regex import regex
from core.rules.checks.kinds import FOR_TEXT, Check, define, text

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_LINK = r"(?i)\b(?:https?://|www\.)[^\s<>\"']|<a\s[^>]*href"
_EMAIL = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24}"
_PHONE = r"(?:\+|\b00)[1-9](?:[ ./()-]{0,2}[0-9]){7,14}\b"
_TAG = r"<[a-zA-Z/!][^>]*>"
_LONGEST = 200_000


def max_word_repeats(value: object, *, limit: int, shortest: int = 3) -> bool:
    """Hold when no word of at least `shortest` letters stands more than `limit` times in the text, case aside."""
    return most_repeats(value, shortest=shortest) <= limit


def most_repeats(value: object, *, shortest: int) -> int:
    """Return how often the most repeated word stands in a text."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return 0
    words = Counter(word for word in _WORD.findall(value.casefold()) if len(word) >= shortest)
    return max(words.values(), default=0)


def no_links(value: object) -> bool:
    """Hold when no web address and no link stands in the text."""
    return not isinstance(value, str) or not regex(_LINK).found(value)


def no_contact_details(value: object) -> bool:
    """Hold when no e-mail address and no international phone number stands in the text."""
    if not isinstance(value, str):
        return True
    return not (("@" in value and regex(_EMAIL).found(value)) or regex(_PHONE).found(value))


def max_visible_length(value: object, *, limit: int) -> bool:
    """Hold when the text, its HTML tags left out and entities read, has at most `limit` characters."""
    return not isinstance(value, str) or len(value) <= limit or visible_length(value) <= limit


def min_visible_length(value: object, *, limit: int) -> bool:
    """Hold when the text, its HTML tags left out and entities read, has at least `limit` characters."""
    return not isinstance(value, str) or visible_length(value) >= limit


def visible_length(value: object) -> int:
    """Return the number of characters that are left of a text once its tags are gone; runs of space count once."""
    if not isinstance(value, str):
        return 0
    return len(" ".join(html.unescape(regex(_TAG).substitute(" ", value)).split()))


WORDING: tuple[Check, ...] = (
    define(max_word_repeats, FOR_TEXT, actual=most_repeats),
    define(no_links, text("'//' in value or '.' in value or '<' in value")),
    define(no_contact_details, text("'@' in value or '+' in value or '00' in value")),
    define(max_visible_length, text("len(value) > limit"), actual=visible_length),
    define(min_visible_length, FOR_TEXT, actual=visible_length),
)
