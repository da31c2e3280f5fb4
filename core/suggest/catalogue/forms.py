"""The form of a text: what is left when letters and digits are counted as classes. `12.50 kg` has the form `9.9 a`."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 24
MOST_WORDS = 6
_DIGITS = re.compile(r"\d+")
_RUNS = re.compile(r"(?<!^)0?9+")
_LETTERS = re.compile(r"[^\W\d_]+")
_MISSING = frozenset(
    ["", "n/a", "na", "nan", "none", "null", "nil", "-", "--", "?", ".", "unknown", "not available", "not applicable",
     "missing", "undefined", "tbd", "k.a.", "unbekannt", "inconnu", "#n/a", "no data"]
)  # fmt: skip


@lru_cache(maxsize=200_000)
def form(text: str) -> str:
    """Return the form of a text, at most 24 characters.

    Words are `a`, `A` or `Aa`, numbers `9` for each digit up to four; a leading zero and decimals that are all zeros
    are said, since they tell one notation from another. Texts of many words are `words`.
    """
    if is_missing(text):
        return "missing"
    words = text.split()
    if len(words) > MOST_WORDS:
        return "words"
    found = _LETTERS.sub(_class, text[:200])
    return _DIGITS.sub(_number, found)[:LONGEST]


@lru_cache(maxsize=200_000)
def shape(text: str) -> str:
    """Return the form without lengths: what patterns of one cause have in common. `9:9 a.a.` is any time of day."""
    return _RUNS.sub("9", form(text)).replace("9+", "9").replace("99", "9")


def is_missing(text: str) -> bool:
    """Tell whether a text stands for nothing."""
    return len(text) < 20 and text.strip().casefold() in _MISSING


def looks_numeric(text: str) -> bool:
    """Tell whether most of a text is digits, so that a near one is another value and no other spelling."""
    digits = sum(one.isdigit() for one in text)
    return digits * 2 >= len(text.strip()) > 0


def is_odd_text(text: str) -> bool:
    """Tell whether a text holds what broken encodings and doubled escapes leave behind."""
    return bool(_BROKEN.search(text))


_BROKEN = re.compile(
    r"[\ufffd\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\ufeff\u0300-\u036f]"
    r"|[ÂÃâ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|''|&(?:amp|quot|lt|gt|#\d+);"
)


def _class(match: re.Match[str]) -> str:
    word = match.group()
    if word.islower():
        return "a"
    return "A" if word.isupper() else "Aa"


def _number(match: re.Match[str]) -> str:
    digits = match.group()
    if match.start() and match.string[match.start() - 1] in ".," and not digits.strip("0"):
        return "0"
    lead = "0" if len(digits) > 1 and digits[0] == "0" else ""
    return lead + ("9" * len(digits) if len(digits) <= 5 else "9+")
