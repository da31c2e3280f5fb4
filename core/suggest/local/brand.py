"""The brand in a title: the merchant's own brands as a gazetteer, longest match first, judged by what it was before.

A word that is a brand in one title is an ordinary word, or the phone that a case is made for, in another. For each
name the gazetteer knows how often it was the brand where it stood, by place in the title; a calibration from brands
that were held out says what that is worth. Below the threshold it abstains.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from core.suggest.local.examples import Example

LONGEST = 5
STRENGTH = 2.0
"""How many titles the merchant's average weighs, where little is known of one name."""

MOST_NAMES = 20_000
_WORD = re.compile(r"\w+")
_BEFORE_MAKER = frozenset(["by", "von", "de", "par", "di", "from"])
_BEFORE_OTHER = frozenset(
    ["for", "fits", "fit", "pour", "fur", "per", "para", "voor", "with", "mit", "avec", "compatible", "kompatibel"]
)
PLACES = ("lead", "maker", "other", "inside", "number")


class Entry(msgspec.Struct, array_like=True):
    """One name as it is written most, in how many records it is the brand, and by place its hits and strays."""

    name: str
    records: int
    hits: dict[str, int]
    strays: dict[str, int]


class Gazetteer(msgspec.Struct, frozen=True, kw_only=True):
    """Names by their folded words; `rates` is how often a name is the brand, by place, over all names.

    `knots` turn a raw score into the share that was right when held out; what scores below `threshold` is not said.
    """

    entries: dict[str, Entry] = msgspec.field(default_factory=dict)
    rates: dict[str, float] = msgspec.field(default_factory=dict)
    knots: list[tuple[float, float]] = msgspec.field(default_factory=list)
    threshold: float = 0.8


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A brand found in a title: `confidence` is calibrated, `hits` of `times` titles it was the brand there."""

    brand: str
    place: str
    raw: float
    confidence: float
    hits: int
    times: int


def find(gazetteer: Gazetteer, title: str) -> Found | None:
    """Return the brand that stands in a title, None where no name is sure enough."""
    best = best_of(gazetteer, title)
    return best if best is not None and best.raw >= gazetteer.threshold else None


def best_of(gazetteer: Gazetteer, title: str) -> Found | None:
    """Return the likeliest name in a title, however unsure."""
    found = [_scored(gazetteer, key, place) for key, place in matches(gazetteer.entries, title)]
    return max(found, key=lambda one: one.raw, default=None)


def count(examples: Sequence[Example]) -> Gazetteer:
    """Return a gazetteer of the brands of these examples, not calibrated yet."""
    spellings: dict[str, Counter[str]] = {}
    for one in examples:
        if one.brand is not None and (key := folded(one.brand)):
            spellings.setdefault(key, Counter())[one.brand] += 1
    common = sorted(spellings, key=lambda key: (-spellings[key].total(), key))[:MOST_NAMES]
    entries = {
        key: Entry(max(spellings[key], key=lambda name: (spellings[key][name], name)), spellings[key].total(), {}, {})
        for key in common
    }
    for one in examples:
        brand = folded(one.brand or "")
        for key, place in matches(entries, one.title):
            counts = entries[key].hits if key == brand else entries[key].strays
            counts[place] = counts.get(place, 0) + 1
    return Gazetteer(entries=entries, rates=_rates(entries.values()))


def matches(entries: dict[str, Entry], title: str) -> list[tuple[str, str]]:
    """Return the names in a title with their place; of names that overlap the longest from the left counts."""
    words = folded(title).split()
    found = []
    start = 0
    while start < len(words):
        for length in range(min(LONGEST, len(words) - start), 0, -1):
            key = " ".join(words[start : start + length])
            if key in entries:
                found.append((key, _place(words, start, length)))
                start += length - 1
                break
        start += 1
    return found


def folded(text: str) -> str:
    """Return the words of a text, without case, accents and punctuation, one space between them."""
    flat = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(_WORD.findall(flat.replace("'", "").replace("’", "").replace("&", " ").replace("_", " ")))


def calibrated(gazetteer: Gazetteer, raw: float) -> float:
    """Return what a raw score is worth, between the knots that were learned."""
    knots = gazetteer.knots
    if not knots:
        return raw
    index = bisect_right([at for at, _ in knots], raw)
    if index in (0, len(knots)):
        return knots[0][1] if index == 0 else knots[-1][1]
    (left, low), (right, high) = knots[index - 1], knots[index]
    return low + (high - low) * (raw - left) / (right - left)


def _place(words: Sequence[str], start: int, length: int) -> str:
    previous = words[start - 1] if start else ""
    if words[start].isdigit() and length == 1:
        return "number"
    if start == 0:
        return "lead"
    if previous in _BEFORE_OTHER or (start > 1 and words[start - 2] in _BEFORE_OTHER):
        return "other"
    return "maker" if previous in _BEFORE_MAKER else "inside"


def _rates(entries: Iterable[Entry]) -> dict[str, float]:
    """Return by place how often a name is the brand; one record of each name does not count, for it named it."""
    rates = {}
    entries = list(entries)
    for place in PLACES:
        hits = sum(max(one.hits.get(place, 0) - 1, 0) for one in entries)
        strays = sum(one.strays.get(place, 0) for one in entries)
        rates[place] = (hits + 1) / (hits + strays + 2)
    return rates


def _scored(gazetteer: Gazetteer, key: str, place: str) -> Found:
    entry = gazetteer.entries[key]
    rate = gazetteer.rates.get(place, 0.5)
    elsewhere = sum(entry.hits.values()) - entry.hits.get(place, 0)
    astray = sum(entry.strays.values()) - entry.strays.get(place, 0)
    prior = (elsewhere / 2 + rate * STRENGTH) / ((elsewhere + astray) / 2 + STRENGTH)
    hits, strays = entry.hits.get(place, 0), entry.strays.get(place, 0)
    raw = (hits + prior * STRENGTH) / (hits + strays + STRENGTH)
    return Found(
        brand=entry.name,
        place=place,
        raw=raw,
        confidence=calibrated(gazetteer, raw),
        hits=hits + elsewhere,
        times=hits + strays + elsewhere + astray,
    )


def smoothed_knots(points: Sequence[tuple[float, bool]], fitted: Sequence[float]) -> list[tuple[float, float]]:
    """Return few knots, strictly rising in the score, for points in order of their score and what was fitted."""
    knots: list[tuple[float, float]] = []
    for (raw, _), value in zip(points, fitted, strict=True):
        if not knots or raw > knots[-1][0]:
            knots.append((raw, float(value)))
    inner = [
        knots[index]
        for index, (before, after) in enumerate(pairwise([knots[0], *knots, knots[-1]]))
        if index < len(knots) and (before[1] != after[1] or index in (0, len(knots) - 1))
    ]
    return inner or knots
