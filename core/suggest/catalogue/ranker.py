"""One ranker over all candidates: which value is right, how sure that is, and when to say nothing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from core.suggest.catalogue.candidates import Candidate
from core.suggest.catalogue.features import Case, numbers, prior_of, wrong_circles
from core.suggest.catalogue.forest import Answers, Forest
from core.suggest.catalogue.tables import Catalogue
from core.suggest.catalogue.trust import Trust

SUREST = 0.99
SURE = 0.90
"""From here on a value is sure enough to act alone, while the ranker knows of no better limit."""


class Ranker(msgspec.Struct, frozen=True, kw_only=True):
    """A small forest over the features of a candidate, or none while too little was decided.

    `knots` turn what the forest says into the share that was right when held out; below `threshold` (0 to 1) an
    answer is not sure enough to act alone.
    """

    trust: Trust = msgspec.field(default_factory=Trust)
    forest: Forest = msgspec.field(default_factory=Forest)
    knots: list[tuple[float, float]] = msgspec.field(default_factory=list)
    threshold: float = SURE
    decisions: int = 0


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate with how likely it is right, 0 to 1."""

    candidate: Candidate
    confidence: float


class Judge:
    """A ranker made ready to answer."""

    def __init__(self, ranker: Ranker, known: Catalogue) -> None:
        self.ranker, self.known = ranker, known
        self._answers = Answers(ranker.forest) if ranker.forest.roots else None

    def rank(self, case: Case, found: Sequence[Candidate]) -> list[Ranked]:
        """Return candidates with their confidence, surest first."""
        return self.rank_all([(case, found)])[0]

    def rank_all(self, asked: Sequence[tuple[Case, Sequence[Candidate]]]) -> list[list[Ranked]]:
        """Return the same for many cases at once."""
        if self._answers is None:
            return [self._by_priors(case, found) for case, found in asked]
        rows = [row for case, found in asked for row in numbers(self.known, self.ranker.trust, case, found)]
        raw = iter(self._answers.chances(rows).tolist() if rows else ())
        return [_ordered([(one, calibrated(self.ranker.knots, next(raw))) for one in found]) for _, found in asked]

    def _by_priors(self, case: Case, found: Sequence[Candidate]) -> list[Ranked]:
        wrong = self.ranker.trust.rate(wrong_circles(case))
        return _ordered([(one, prior_of(one, wrong)) for one in found])


def _ordered(chances: Sequence[tuple[Candidate, float]]) -> list[Ranked]:
    """Return them surest first; what is likely for two values is sure for neither."""
    total = max(sum(chance for _, chance in chances), 1.0)
    ranked = [Ranked(candidate=one, confidence=min(chance / total, SUREST)) for one, chance in chances]
    return sorted(ranked, key=lambda one: (-one.confidence, one.candidate.value))


def calibrated(knots: Sequence[tuple[float, float]], raw: float) -> float:
    """Return what a raw answer is worth: straight lines between the knots that were learned."""
    if not knots:
        return raw
    index = bisect_right(knots, (raw, 2.0))
    if index in (0, len(knots)):
        return knots[0][1] if index == 0 else knots[-1][1]
    (low, below), (high, above) = knots[index - 1], knots[index]
    return below + (above - below) * (raw - low) / (high - low) if high > low else above
