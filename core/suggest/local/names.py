"""Names in a title: the words of a brand, however they are spaced, and the place where they stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

LONGEST = 5
SHORTEST_JOINED = 4
"""Letters of a name from which on `vexpal` counts for `Vex Pal`: shorter ones meet by chance."""

_WORD = re.compile(r"\w+")
_AND = frozenset(["and", "und", "et", "y", "e", "n"])
_BEFORE_MAKER = frozenset(["by", "von", "de", "par", "di", "from"])
_BEFORE_OTHER = frozenset(
    ["for", "fits", "fit", "pour", "fur", "per", "para", "voor", "with", "mit", "avec", "compatible", "kompatibel"]
)
_OPENERS = frozenset(["new", "neu", "neuf", "nouveau", "original", "genuine", "the", "used"])
PLACES = ("lead", "maker", "other", "end", "inside", "number")


class Match(NamedTuple):
    """A name in a title: its folded words, the kind of place, and the number of words before it."""

    key: str
    place: str
    start: int


def matches(joined: Mapping[str, str], title: str) -> list[Match]:
    """Return the names in a title with their place; of names that overlap the longest from the left counts.

    `joined` has names by their letters: `joined(name)` of each.
    """
    words = folded(title).split()
    found = []
    start = 0
    while start < len(words):
        for length in range(min(LONGEST, len(words) - start), 0, -1):
            key = joined.get(together(words[start : start + length]))
            if key is not None and (length == key.count(" ") + 1 or len(key) >= SHORTEST_JOINED):
                found.append(Match(key, _place(words, start, length), start))
                start += length - 1
                break
        start += 1
    return found


def together(words: Sequence[str]) -> str:
    """Return the letters of a name, without spaces and without an "and" between its words."""
    if len(words) < 3:
        return "".join(words)
    return "".join([words[0], *(word for word in words[1:-1] if word not in _AND), words[-1]])


def folded(text: str) -> str:
    """Return the words of a text, without case, accents and punctuation, one space between them."""
    flat = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(_WORD.findall(flat.replace("'", "").replace("’", "").replace("&", " ").replace("_", " ")))


def _place(words: Sequence[str], start: int, length: int) -> str:
    previous = words[start - 1] if start else ""
    if words[start].isdigit() and length == 1:
        return "number"
    if start == 0 or (start == 1 and previous in _OPENERS):
        return "lead"
    if previous in _BEFORE_OTHER or (start > 1 and words[start - 2] in _BEFORE_OTHER):
        return "other"
    if previous in _BEFORE_MAKER:
        return "maker"
    return "end" if start + length == len(words) else "inside"
