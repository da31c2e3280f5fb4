"""Names for the shape of a value, so that issues with the same cause meet in one pattern.

The table is read from the top; the first shape that fits names the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_TAG = re.compile(r"<[a-zA-Z/!][^>]{0,500}>")
_SCRIPT = re.compile(r"<\s*script", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_INTEGER = re.compile(r"[+-]?\d{1,30}")
_POINT = re.compile(r"[+-]?\d{1,30}\.(\d{1,30})")
_COMMA = re.compile(r"[+-]?[\d.' ]{1,40},\d{1,30}")
_CODE = re.compile(r"\d[\d\- .]{5,30}[\dXx]")
_DIGITS = (8, 12, 13, 14)


def _text(test: Callable[[str], Any]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and bool(test(value))


def _decimals(text: str) -> str:
    found = _POINT.fullmatch(text)
    return "" if found is None else f"decimal_{min(len(found.group(1)), 4)}"


SHAPES: tuple[tuple[str, Callable[[Any], bool]], ...] = (
    ("missing", lambda value: value is None),
    ("boolean", lambda value: isinstance(value, bool)),
    ("negative", lambda value: isinstance(value, int | float) and value < 0),
    ("zero", lambda value: isinstance(value, int | float) and value == 0),
    ("number", lambda value: isinstance(value, int | float)),
    ("empty_list", lambda value: isinstance(value, list) and not value),
    ("list", lambda value: isinstance(value, list)),
    ("object", lambda value: isinstance(value, dict)),
    ("empty", _text(lambda text: not text.strip())),
    ("control_characters", _text(_CONTROL.search)),
    ("script", _text(_SCRIPT.search)),
    ("html", _text(_TAG.search)),
    ("edge_spaces", _text(lambda text: text != text.strip())),
    ("double_spaces", _text(lambda text: "  " in text or "\t" in text or "\n\n\n" in text)),
    ("digits", _text(lambda text: text.isdigit() and text.isascii() and len(text) in _DIGITS)),
    (
        "negative",
        _text(lambda text: text.startswith("-") and (_INTEGER.fullmatch(text) or _POINT.fullmatch(text))),
    ),
    ("zero", _text(lambda text: set(text) <= {"0", "."} and "0" in text)),
    ("integer", _text(_INTEGER.fullmatch)),
    ("decimal_1", _text(lambda text: _decimals(text) == "decimal_1")),
    ("decimal_2", _text(lambda text: _decimals(text) == "decimal_2")),
    ("decimal_3", _text(lambda text: _decimals(text) == "decimal_3")),
    ("decimal_many", _text(lambda text: _decimals(text) == "decimal_4")),
    ("decimal_comma", _text(_COMMA.fullmatch)),
    ("separated_digits", _text(_CODE.fullmatch)),
    ("url", _text(lambda text: text.startswith(("http://", "https://")))),
    ("shouting", _text(lambda text: text.isupper() and sum(map(str.isalpha, text)) > 8)),
    ("very_long", _text(lambda text: len(text) > 1000)),
    ("long", _text(lambda text: len(text) > 200)),
    ("text", _text(lambda text: True)),
)
"""Name and test, first match wins."""


def shape_of(value: Any) -> str:
    """Return the name of the value's shape."""
    for name, fits in SHAPES:
        if fits(value):
            return name
    return "other"
