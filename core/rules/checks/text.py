"""Checks on text. A value that is no text holds, except for `text` itself."""

from __future__ import annotations

import re

from core.corrections.regex import Regex, encodable
from core.rules.checks.kinds import Check, define, size

_DOUBLE = re.compile(r"[ \t\u00a0]{2}|\t")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\ud800-\udfff]")
_REPEATED = re.compile(r"\b(\w{3,40}) +\1\b", re.IGNORECASE)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f]")
_LETTERS = 12


def text(value: object) -> bool:
    """Hold when the value is text."""
    return isinstance(value, str)


def min_length(value: object, *, limit: int) -> bool:
    """Hold when the text has at least `limit` characters, spaces at its ends not counted."""
    return not isinstance(value, str) or len(value.strip()) >= limit


def max_length(value: object, *, limit: int) -> bool:
    """Hold when the text has at most `limit` characters."""
    return not isinstance(value, str) or len(value) <= limit


def max_bytes(value: object, *, limit: int) -> bool:
    """Hold when the text has at most `limit` bytes in UTF-8."""
    return not isinstance(value, str) or _bytes(value) <= limit


def min_bytes(value: object, *, limit: int) -> bool:
    """Hold when the text has at least `limit` bytes in UTF-8."""
    return not isinstance(value, str) or _bytes(value) >= limit


def pattern(value: object, *, regex: Regex) -> bool:
    """Hold when the expression is found in the text; anchor it with `^` and `$` to match the whole."""
    return not isinstance(value, str) or regex.found(value)


def forbidden_pattern(value: object, *, regex: Regex) -> bool:
    """Hold when the expression is not found in the text."""
    return not isinstance(value, str) or not regex.found(value)


def one_of(value: object, *, values: tuple[str, ...], ignore_case: bool = False) -> bool:
    """Hold when the text is one of `values`."""
    if not isinstance(value, str):
        return False
    return value in values or (ignore_case and value.casefold() in {each.casefold() for each in values})


def not_in(value: object, *, values: tuple[str, ...], ignore_case: bool = False) -> bool:
    """Hold when the text is none of `values`."""
    return not one_of(value, values=values, ignore_case=ignore_case)


def contains_none_of(value: object, *, words: tuple[str, ...]) -> bool:
    """Hold when none of `words` stands in the text as a whole word, letter case aside."""
    if not isinstance(value, str):
        return True
    folded = value.casefold()
    return not any(
        word.casefold() in folded and re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", folded) for word in words
    )


def no_edge_spaces(value: object) -> bool:
    """Hold when the text neither begins nor ends with white space."""
    return not isinstance(value, str) or value == value.strip()


def no_double_spaces(value: object) -> bool:
    """Hold when no two spaces follow each other in the text, and no tab stands in it."""
    return not isinstance(value, str) or _DOUBLE.search(value.strip()) is None


def tidy_spaces(value: object) -> bool:
    """Hold when no white space stands at the ends of the text, and no two spaces follow each other in it."""
    return no_edge_spaces(value) and no_double_spaces(value)


def no_control_characters(value: object) -> bool:
    """Hold when every character can be seen: no control, zero-width or broken ones."""
    return not isinstance(value, str) or _CONTROL.search(value) is None


def no_emoji(value: object) -> bool:
    """Hold when the text has no emoji or pictograms."""
    return not isinstance(value, str) or value.isascii() or _EMOJI.search(value) is None


def no_repeated_words(value: object) -> bool:
    """Hold when no word of three letters or more stands twice in a row."""
    return not isinstance(value, str) or len(value) > 20_000 or _REPEATED.search(value) is None


def no_shouting(value: object) -> bool:
    """Hold unless a text of twelve letters or more is written in capitals only."""
    if not isinstance(value, str) or not value.isupper():
        return True
    return sum(character.isalpha() for character in value[:200]) < _LETTERS


def _bytes(value: object) -> int:
    if not isinstance(value, str):
        return 0
    return len(value) if value.isascii() else len(encodable(value).encode())


TEXT: tuple[Check, ...] = (
    define(text, fails="not isinstance(value, str)"),
    define(min_length, actual=size, fails="isinstance(value, str) and len(value.strip()) < limit"),
    define(max_length, actual=size, fails="isinstance(value, str) and len(value) > limit"),
    define(max_bytes, actual=_bytes),
    define(min_bytes, actual=_bytes),
    define(pattern),
    define(forbidden_pattern),
    define(one_of),
    define(not_in),
    define(contains_none_of),
    define(no_edge_spaces, fails="isinstance(value, str) and (value[0].isspace() or value[-1].isspace())"),
    define(no_double_spaces),
    define(
        tidy_spaces,
        fails="isinstance(value, str) and (value[0].isspace() or value[-1].isspace()"
        " or '  ' in value or '\\t' in value or not (value.isascii() or call))",
    ),
    define(no_control_characters),
    define(no_emoji),
    define(no_repeated_words),
    define(no_shouting),
)
