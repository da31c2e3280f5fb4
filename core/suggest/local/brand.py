"""The brand in a title: the merchant's own brands as a gazetteer, longest match first, judged by what it was before.

A word that is a brand in one title is an ordinary word, or the phone that a case is made for, in another. For each
name the gazetteer knows how often it was the brand where it stood, by place in the title; a calibration from brands
that were held out says what that is worth. Below the threshold it abstains.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise

import msgspec

from core.suggest.local.examples import Example
from core.suggest.local.names import PLACES, folded, matches, together
from core.suggest.local.ranker import features, score

STRENGTH = 2.0
"""How many titles the merchant's average weighs, where little is known of one name."""

MOST_NAMES = 20_000

FEWEST_ALIASES = 4
STRONG = ("lead", "maker")
"""Places where a name is the brand of most titles."""

SURE_ALIAS = 0.9
"""The share of titles beginning with a word that is not in the brand, from which on the word stands for the brand."""

LEAST_BLANK = 0.1
"""Below this weight a title without a brand teaches nothing: it is taken for one whose brand was never filled in."""


class Entry(msgspec.Struct, array_like=True):
    """One name as it is written most, in how many records it is the brand, and by place its hits and strays.

    An alias has the brand's name and words of its own.
    """

    name: str
    records: int
    hits: dict[str, float]
    strays: dict[str, float]


class Gazetteer(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Names by their folded words; `rates` is how often a name is the brand, by place, over all names.

    `weights` are the ranker's; without them a name counts by what it was before. `knots` turn a raw score into the
    share that was right when held out; what scores below `threshold` is not said. `blank` is what a title without a
    brand weighs, 0 to 1: 0 where such titles name brands as often as others do, so that theirs are only missing, 1
    where they name none.
    """

    entries: dict[str, Entry] = msgspec.field(default_factory=dict)
    rates: dict[str, float] = msgspec.field(default_factory=dict)
    knots: list[tuple[float, float]] = msgspec.field(default_factory=list)
    threshold: float = 0.8
    weights: list[float] = msgspec.field(default_factory=list)
    blank: float = 1.0

    @cached_property
    def joined(self) -> dict[str, str]:
        """Return the folded names by their letters."""
        return {together(key.split()): key for key in reversed(self.entries)}


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
    return max((found for found, _ in candidates(gazetteer, title)), key=lambda one: one.raw, default=None)


def candidates(gazetteer: Gazetteer, title: str) -> list[tuple[Found, list[float]]]:
    """Return the names in a title as they are scored, each with the numbers that the ranker weighs."""
    there = matches(gazetteer.joined, title)
    before = [_scored(gazetteer.entries[one.key], gazetteer.rates.get(one.place, 0.5), one.place) for one in there]
    shares = [
        ((one.hits + 1) / (one.times + 2), gazetteer.entries[match.key].records)
        for one, match in zip(before, there, strict=True)
    ]
    numbers = features(there, [one.raw for one in before], shares)
    if not gazetteer.weights:
        return list(zip(before, numbers, strict=True))
    raws = [score(gazetteer.weights, one) for one in numbers]
    ranked = [
        msgspec.structs.replace(found, raw=raw, confidence=calibrated(gazetteer, raw))
        for found, raw in zip(before, raws, strict=True)
    ]
    return list(zip(ranked, numbers, strict=True))


def count(examples: Sequence[Example]) -> Gazetteer:
    """Return a gazetteer of the brands of these examples, not calibrated yet."""
    branded = [(one, folded(one.brand)) for one in examples if one.brand is not None and folded(one.brand)]
    spellings: dict[str, Counter[str]] = {}
    for one, key in branded:
        spellings.setdefault(key, Counter())[str(one.brand)] += 1
    common = sorted(spellings, key=lambda key: (-spellings[key].total(), key))[:MOST_NAMES]
    entries = {
        key: Entry(max(spellings[key], key=lambda name: (spellings[key][name], name)), spellings[key].total(), {}, {})
        for key in common
    }
    entries |= _aliases(branded, entries)
    found = Gazetteer(entries=entries)
    named = _note(found, branded, 1.0)
    blanks = [(one, "") for one in examples if one.brand is None]
    blank = _weight_of(found, blanks, named / max(len(branded), 1))
    if blank >= LEAST_BLANK:
        _note(found, blanks, blank)
    return Gazetteer(entries=entries, rates=_rates(entries.values()), blank=blank)


def _note(gazetteer: Gazetteer, titles: Iterable[tuple[Example, str]], weight: float) -> int:
    """Count where each name stood and was or was not the brand; return in how many titles one led or was the maker."""
    named = 0
    for one, brand in titles:
        strong = False
        for key, place, _ in matches(gazetteer.joined, one.title):
            entry = gazetteer.entries[key]
            counts = entry.hits if folded(entry.name) == brand else entry.strays
            counts[place] = counts.get(place, 0.0) + weight
            strong = strong or (place in STRONG and entry.records > 1)
        named += strong
    return named


def _weight_of(gazetteer: Gazetteer, blanks: Sequence[tuple[Example, str]], share: float) -> float:
    """Return what a title without a brand weighs: less, the more of them name one where other titles have theirs."""
    if not blanks or not share:
        return 1.0
    named = 0
    for one, _ in blanks:
        there = matches(gazetteer.joined, one.title)
        named += any(place in STRONG and gazetteer.entries[key].records > 1 for key, place, _ in there)
    return max(1.0 - named / len(blanks) / share, 0.0)


def _aliases(branded: Sequence[tuple[Example, str]], entries: dict[str, Entry]) -> dict[str, Entry]:
    """Return first words of titles that stand for a brand which is written otherwise, as `HP` for `Hewlett-Packard`."""
    leads: dict[str, Counter[str]] = {}
    for one, brand in branded:
        words = folded(one.title).split()[:1]
        if words and words[0] not in entries and not words[0].isdigit():
            leads.setdefault(words[0], Counter())[brand] += 1
    found = {}
    for word, brands in leads.items():
        brand, times = brands.most_common(1)[0]
        stands_in = word in brand.split() or together(brand.split()).startswith(word)
        if times >= FEWEST_ALIASES and times >= SURE_ALIAS * brands.total() and not stands_in and brand in entries:
            found[word] = Entry(entries[brand].name, times, {}, {})
    return found


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


def _rates(entries: Iterable[Entry]) -> dict[str, float]:
    """Return by place how often a name is the brand; one record of each name does not count, for it named it."""
    rates = {}
    entries = list(entries)
    for place in PLACES:
        hits = sum(max(one.hits.get(place, 0.0) - 1, 0.0) for one in entries)
        strays = sum(one.strays.get(place, 0) for one in entries)
        rates[place] = (hits + 1) / (hits + strays + 2)
    return rates


def _scored(entry: Entry, rate: float, place: str) -> Found:
    """Return how often a name was the brand in a place, drawn to what it was elsewhere and to other names there."""
    elsewhere = sum(entry.hits.values()) - entry.hits.get(place, 0)
    astray = sum(entry.strays.values()) - entry.strays.get(place, 0)
    prior = (elsewhere / 2 + rate * STRENGTH) / ((elsewhere + astray) / 2 + STRENGTH)
    hits, strays = entry.hits.get(place, 0), entry.strays.get(place, 0)
    raw = (hits + prior * STRENGTH) / (hits + strays + STRENGTH)
    return Found(
        brand=entry.name,
        place=place,
        raw=raw,
        confidence=raw,
        hits=round(hits + elsewhere),
        times=round(hits + strays + elsewhere + astray),
    )


def smoothed_knots(scores: Sequence[float], fitted: Sequence[float]) -> list[tuple[float, float]]:
    """Return few knots, strictly rising in the score, for scores in order and what was fitted to them."""
    knots: list[tuple[float, float]] = []
    for raw, value in zip(scores, fitted, strict=True):
        if not knots or raw > knots[-1][0]:
            knots.append((raw, float(value)))
    inner = [
        knots[index]
        for index, (before, after) in enumerate(pairwise([knots[0], *knots, knots[-1]]))
        if index < len(knots) and (before[1] != after[1] or index in (0, len(knots) - 1))
    ]
    return inner or knots
