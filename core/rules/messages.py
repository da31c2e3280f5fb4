"""Messages with placeholders that can reach nothing but what they name: no attributes, no indices, no formats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.corrections.numerals import written
from core.corrections.regex import Regex

_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_LONGEST = 80
_MOST_ITEMS = 8
BUILT_IN = frozenset({"actual", "value", "field"})

Message = tuple[str, ...]
"""Literal text at even places, placeholder names at odd ones."""


def parse(text: str, allowed: frozenset[str]) -> Message:
    """Split a message at its placeholders; ValueError at a brace that is none, or a name that is not allowed."""
    pieces = _PLACEHOLDER.split(text)
    for place, piece in enumerate(pieces):
        if place % 2 and piece not in allowed:
            raise ValueError(f"the message names {{{piece}}}; it may name {', '.join(sorted(allowed))}")
        if place % 2 == 0 and ("{" in piece or "}" in piece):
            raise ValueError("a brace in a message holds one bare name, as in {actual}")
    return tuple(pieces)


def render(message: Message, values: Mapping[str, Any]) -> str:
    """Fill the placeholders; long values are cut in the middle."""
    if len(message) == 1:
        return message[0]
    return "".join(shown(values.get(piece)) if place % 2 else piece for place, piece in enumerate(message))


def shown(value: Any, *, nested: bool = False) -> str:
    """Write any value for a person, in at most some eighty characters."""
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "yes", False: "no"}[value]
    if isinstance(value, int):
        return str(value) if -(10**30) < value < 10**30 else "a number of more than 30 digits"
    if isinstance(value, tuple | list) and not nested:
        more = f" and {len(value) - _MOST_ITEMS} more" if len(value) > _MOST_ITEMS else ""
        return _cut(", ".join(shown(item, nested=True) for item in value[:_MOST_ITEMS]), 200) + more
    if isinstance(value, dict | list):
        return f"{'an object of' if isinstance(value, dict) else 'a list of'} {len(value)}"
    if isinstance(value, Decimal):
        value = written(value)
    return _cut(value.source if isinstance(value, Regex) else str(value))


def _cut(text: str, longest: int = _LONGEST) -> str:
    if len(text) <= longest:
        return text
    half = (longest - 1) // 2
    return f"{text[:half]}…{text[-half:]}"
