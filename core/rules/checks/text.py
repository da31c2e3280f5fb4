"""Checks on text. A value that is no text holds, except for `text` itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.corrections.regex import Regex, encodable
from core.rules.checks.kinds import FOR_TEXT, Check, Suspicion, define, size
from core.rules.checks.kinds import text as suspicious
from core.rules.shortcuts import found_by

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
    """Hold when the text is one of `values`; a whole number counts as it is written."""
    if isinstance(value, int) and not isinstance(value, bool) and -(10**30) < value < 10**30:
        value = str(value)
    if not isinstance(value, str):
        return False
    return value in values or (ignore_case and value.casefold() in {each.casefold() for each in values})


def not_in(value: object, *, values: tuple[str, ...], ignore_case: bool = False) -> bool:
    """Hold when the text is none of `values`; a whole number counts as it is written."""
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


def _by_pattern(arguments: Mapping[str, Any]) -> Suspicion:
    test, constants = found_by(arguments["regex"])
    return Suspicion(text=f"not ({test})", number=None, items=None, other=None, constants=constants, exact=True)


def _by_forbidden(arguments: Mapping[str, Any]) -> Suspicion:
    test, constants = found_by(arguments["regex"])
    return Suspicion(text=test, number=None, items=None, other=None, constants=constants, exact=True)


def _among(arguments: Mapping[str, Any]) -> Suspicion:
    return Suspicion(text="value not in known", constants={"known": frozenset(arguments["values"])})


def _not_among(arguments: Mapping[str, Any]) -> Suspicion:
    known = frozenset(arguments["values"])
    test = "True" if arguments["ignore_case"] else "value in known"
    return Suspicion(text=test, items=None, other=None, constants={"known": known})


TEXT: tuple[Check, ...] = (
    define(text, Suspicion(text=None)),
    define(min_length, suspicious("len(value.strip()) < limit"), actual=size),
    define(max_length, suspicious("len(value) > limit"), actual=size),
    define(max_bytes, suspicious("len(value) * 4 > limit"), actual=_bytes),
    define(min_bytes, suspicious("len(value) < limit"), actual=_bytes),
    define(pattern, _by_pattern),
    define(forbidden_pattern, _by_forbidden),
    define(one_of, _among),
    define(not_in, _not_among),
    define(contains_none_of, FOR_TEXT),
    define(no_edge_spaces, suspicious("len(value.strip()) < len(value)")),
    define(no_double_spaces, suspicious("'  ' in value or '\\t' in value or not value.isascii()")),
    define(
        tidy_spaces,
        suspicious("len(value.strip()) < len(value) or '  ' in value or '\\t' in value or not value.isascii()"),
    ),
    define(no_control_characters, suspicious("not value.isprintable()")),
    define(no_emoji, suspicious("not value.isascii()")),
    define(no_repeated_words, FOR_TEXT),
    define(no_shouting, suspicious("value.isupper()")),
)
