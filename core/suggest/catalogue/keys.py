"""What of a row may determine another field: a field as it stands, or the beginning or end of a code in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from core.suggest.catalogue.forms import is_missing

Row = Mapping[str, str]
"""One record as flat texts by field."""

LONGEST = 120
_SPLIT = re.compile(r"[\s\-_/|:.,;#]+")
_PARTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "": ("{field}", lambda text: text),
    "head": ("beginning of {field}", lambda text: _SPLIT.split(text, maxsplit=1)[0]),
    "tail": ("end of {field}", lambda text: _SPLIT.split(text)[-1]),
    "3": ("first 3 characters of {field}", lambda text: text[:3]),
    "7": ("first 7 characters of {field}", lambda text: text[:7]),
}


def part(key: str, text: str | None) -> str | None:
    """Return what a key such as `mpn` or `mpn:head` takes from a text, None where that is nothing or all of it."""
    if text is None or is_missing(text):
        return None
    text = text.strip()
    name = key.partition(":")[2]
    found = _PARTS[name][1](text)
    if not found or (name and len(found) == len(text)):
        return None
    return found[:LONGEST].casefold() if name else found[:LONGEST]


def key_of(by: Sequence[str], row: Row) -> str | None:
    """Return the value of a key of one or two parts, None where the row lacks one."""
    found = []
    for key in by:
        one = part(key, row.get(key.partition(":")[0]))
        if one is None:
            return None
        found.append(one)
    return "\x1f".join(found)


def derived(field: str, texts: Sequence[str]) -> list[str]:
    """Return the keys worth trying for a field whose values are nearly all different."""
    full = [text for text in texts if not is_missing(text)]
    if len(full) < 20:
        return []
    digits = sum(text.strip().isdigit() for text in full)
    if digits * 2 > len(full):
        longest = sum(len(text) for text in full) / len(full)
        return [f"{field}:3", f"{field}:7"] if longest >= 10 else [f"{field}:3"] if longest >= 4 else []
    return [f"{field}:head", f"{field}:tail"]


def spoken(by: Sequence[str]) -> str:
    """Return a key in words: `beginning of mpn and category`."""
    words = [_PARTS[key.partition(":")[2]][0].format(field=key.partition(":")[0]) for key in by]
    return " and ".join(words)
