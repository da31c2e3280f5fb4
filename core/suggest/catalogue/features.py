"""What is known of one candidate, as numbers for the ranker."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from core.suggest.catalogue.candidates import Candidate
from core.suggest.catalogue.confirmed import ITSELF
from core.suggest.catalogue.forms import form, is_missing, looks_numeric
from core.suggest.catalogue.tables import Catalogue
from core.suggest.catalogue.trust import Trust, circles

NAMES = (
    "voted", "share", "margin", "support", "accuracy", "agreeing", "against", "near", "likeness", "distance",
    "times more", "nearest", "numeric", "common form", "same form", "own share", "share of value", "weakest share",
    "prior", "wrong", "decided", "written", "explained", "explains", "sources", "ways", "best way", "said", "denied",
    "wanted before", "refused before", "alone",
)  # fmt: skip


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One value under doubt: who doubts it (`detector`), in which field and pattern, and what stands there."""

    detector: str
    field: str
    pattern: str
    value: str


Outcome = tuple[bool, frozenset[str]]
"""A decision on the very case whose numbers are taken: was the value wrong, and which ways found the right one."""


def numbers(
    known: Catalogue, trust: Trust, case: Case, found: Sequence[Candidate], outcome: Outcome | None = None
) -> list[list[float]]:
    """Return the features of each candidate; what the case itself taught is left out where it was decided."""
    was_wrong = None if outcome is None else outcome[0]
    around = wrong_circles(case)
    wrong = trust.rate(around, without=was_wrong)
    decided = trust.times(around[-1], without=was_wrong)
    rows = []
    for one in found:
        ways = ways_of(one)
        rates = [
            trust.rate(way_circles(case, way), without=None if outcome is None else way in outcome[1]) for way in ways
        ]
        written = max(((each.right + 1) / (each.times + 2) for each in one.written), default=0.0)
        rows.append(
            [
                *fixed(known, case.field, case.value, one),
                logit(prior_of(one, wrong)),
                logit(wrong),
                math.log1p(decided),
                float(bool(one.written)),
                written,
                math.log1p(max((each.right for each in one.written), default=0)),
                float(bool(one.votes) + (one.near is not None) + bool(one.written) + bool(one.said)),
                logit(_together(rates)),
                logit(max(rates, default=0.05)),
                math.log1p(max((each.times for each in one.said), default=0)),
                math.log1p(one.denied),
                math.log1p(sum(each.times for each in one.said if each.by == ITSELF)),
                math.log1p(one.refused),
                float(len(found) == 1),
            ]
        )
    return rows


def fixed(known: Catalogue, field: str, own: str, one: Candidate) -> tuple[float, ...]:
    """Return the features that no decision changes."""
    filled = max(known.filled.get(field, 0), 1)
    counts = known.counts.get(field, {})
    best = max(one.votes, key=lambda vote: (vote.times / vote.total, vote.times), default=None)
    times, near = 0 if is_missing(own) else counts.get(own, 0), one.near
    ours = form(one.value)
    return (
        float(best is not None),
        0.0 if best is None else best.times / best.total,
        0.0 if best is None else max(best.times - best.second, 0) / best.total,
        0.0 if best is None else math.log1p(best.times),
        max((vote.accuracy * vote.times / vote.total for vote in one.votes), default=0.0),
        len(one.votes) / max(one.tables, 1),
        one.against,
        float(near is not None),
        0.0 if near is None else near.likeness,
        0.0 if near is None else near.distance / max(len(own), 1),
        0.0 if near is None else math.log(near.times / max(times, 1)),
        float(near is not None and one.rank == 0),
        float(near is not None and looks_numeric(own)),
        known.forms.get(field, {}).get(ours, 0) / filled,
        float(ours == form(own)),
        times / filled,
        min(counts.get(one.value, 0) / filled, 0.2),
        min((vote.times / vote.total for vote in one.votes), default=0.0),
    )


def ways_of(one: Candidate) -> list[str]:
    """Return the ways in which a candidate was found: each is trusted by itself."""
    found = ["table " + "+".join(vote.by) for vote in one.votes if vote.times > vote.second]
    if one.near is not None:
        found.append("near" if one.rank == 0 else "near, not nearest")
    found.extend("said " + "+".join(said.by) for said in one.said if said.times > said.denied)
    return [*found, *(f"program {written.program[:16]}" for written in one.written)]


def wrong_circles(case: Case) -> tuple[str, ...]:
    """Return where it is counted whether what a detector doubts was wrong, from wide to narrow."""
    return _wrong(case.detector, case.pattern)


def way_circles(case: Case, way: str) -> tuple[str, ...]:
    """Return where it is counted whether a way found the right value, from wide to narrow."""
    return _way(case.detector, case.field, case.pattern, way)


@lru_cache(maxsize=10_000)
def _wrong(detector: str, pattern: str) -> tuple[str, ...]:
    return circles("wrong", {"detector": detector, "pattern": pattern})


@lru_cache(maxsize=50_000)
def _way(detector: str, field: str, pattern: str, way: str) -> tuple[str, ...]:
    kind = way.split(" ", 1)[0]
    names = {"detector": f"{detector} {kind}", "field": f"{field} {way}", "pattern": f"{pattern} {way}"}
    return circles(f"way {kind}", names)


def prior_of(one: Candidate, wrong: float) -> float:
    """Return the expected success before anybody has decided on anything, given how likely the value is wrong."""
    chances = [0.02]
    chances.extend(vote.times / (vote.total + 1) * min(vote.accuracy + 0.1, 1.0) for vote in one.votes)
    if one.near is not None and one.rank == 0:
        chances.append(max(one.near.likeness - 0.2, 0.05))
    chances.extend((each.right + 0.5) / (each.times + 1.5) for each in one.written)
    chances.extend((each.times + 0.5) / (each.times + each.denied + 1.5) for each in one.said)
    return min(max(wrong * _together(chances) * (1 - 0.5 * one.against), 0.01), 0.97)


def _together(rates: Iterable[float]) -> float:
    """Return the chance that one of several ways is right, as if they failed independently, the two best alone."""
    missed = 1.0
    for rate in sorted(rates, reverse=True)[:2]:
        missed *= 1 - min(rate, 0.97)
    return 1 - missed


def logit(chance: float) -> float:
    """Return the log of the odds, within bounds."""
    bounded = min(max(chance, 0.005), 0.995)
    return math.log(bounded / (1 - bounded))
