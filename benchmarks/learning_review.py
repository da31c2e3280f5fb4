"""A reviewer with the clean table, deciding on doubts one by one, and the machine that learns from it.

What the machine knows and does is the product's: candidates, programs, ranker, confidence and gate. Here is only who
clicks, in which order, and what was clicked.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.learning_data import Pair
from benchmarks.learning_detect import SPOT, Doubt
from benchmarks.learning_tally import Tally
from core.knowledge.confidence import Judged, confidence, verdicts_on
from core.knowledge.gate import Standing, would_open
from core.knowledge.promise import Progress, promise
from core.model.corrections import Safety, Verdict
from core.model.tuning import KnowledgeManagement
from core.suggest.catalogue import fitting, programs
from core.suggest.catalogue.candidates import Candidate, candidates, joined
from core.suggest.catalogue.confirmed import Confirmed
from core.suggest.catalogue.features import Case
from core.suggest.catalogue.nearest import Neighbours
from core.suggest.catalogue.ranker import Judge, Ranked, Ranker
from core.suggest.catalogue.tables import Catalogue

CATALOGUE = "catalogue"
RULES = KnowledgeManagement()
LEARN_EVERY = 20
LEAST_SHOWN = 0.05
LOOKS = 3
FEW = 30
APPLY_EVERY = 3
GLANCE = 60
PRIOR_WRONG = {"missing": 0.3, SPOT: 0.06}


@dataclass
class Pattern:
    """The doubts of one cause, those still open, and what was decided on it."""

    name: str
    open: list[Doubt]
    judged: list[Judged] = field(default_factory=list)
    pairs: list[programs.Decided] = field(default_factory=list)
    programs: list[programs.Counted] = field(default_factory=list)
    share: float = 0.0
    surest: list[Doubt] | None = None
    stale: int = 0
    patience: int = 3
    wrong: int = 0

    @property
    def detector(self) -> str:
        """Return who doubts here."""
        return self.name.split(" | ")[1]


class Desk:
    """One table under review: its doubts by pattern, what was decided and what the machine applied."""

    def __init__(self, pair: Pair, known: Catalogue, neighbours: Neighbours, found: Sequence[Doubt]) -> None:
        self.pair, self.known, self.neighbours, self.doubts = pair, known, neighbours, found
        self.patterns: dict[str, Pattern] = {}
        for one in sorted(found, key=_lot):
            self.patterns.setdefault(one.pattern, Pattern(one.pattern, [])).open.append(one)
        self.errors = pair.errors()
        self.judge = Judge(Ranker(), known)
        self.confirmed = Confirmed()
        self.decided: list[tuple[Doubt, str | None]] = []
        self.applied: dict[tuple[int, str], str] = {}
        self.by_hand: dict[tuple[int, str], str] = {}
        self._tables: dict[tuple[int, str], list[Candidate]] = {}

    def anew(self) -> Desk:
        """Return the same table with nothing decided yet."""
        fresh = Desk(self.pair, self.known, self.neighbours, self.doubts)
        fresh._tables, fresh.errors = self._tables, self.errors
        return fresh

    def found(self, one: Doubt, decided: str | None = None) -> list[Candidate]:
        """Return the candidates for a cell; `decided` is what a decision on this very cell wanted: it says nothing."""
        row, where = self.pair.dirty[one.row], (one.row, one.field)
        if where not in self._tables:
            self._tables[where] = candidates(self.known, self.neighbours, row, one.field, inside=True)
        counted = self.patterns[one.pattern].programs
        if decided is not None:
            counted = [programs.without(each, (row, one.field, decided)) for each in counted]
        written = programs.written(counted, row, one.field) if counted else []
        said = self.confirmed.of(self.known, row, one.field, without=decided)
        return joined(self._tables[where], one.value, written, said)

    def best(self, several: Sequence[Doubt]) -> list[Ranked | None]:
        """Return the surest candidate for each cell, None where there is none worth showing."""
        ranked = self.judge.rank_all([(case_of(one), self.found(one)) for one in several])
        return [each[0] if each and each[0].confidence >= LEAST_SHOWN else None for each in ranked]

    def next_of(self, pattern: Pattern) -> Doubt:
        """Return the doubt to decide next: of those whose proposal may act alone the first, if there are some."""
        if pattern.surest is None and self.judge.ranker.decisions:
            some = pattern.open[:GLANCE]
            pattern.surest = [
                one for one, best in zip(some, self.best(some), strict=True) if best is not None and self.unit_of(best)
            ]
            pattern.share = len(pattern.surest) / len(some)
        while pattern.surest:
            one = pattern.surest.pop(0)
            if one in pattern.open:
                return one
        return pattern.open[0]

    def decide(self, one: Doubt, *, slip: bool = False) -> None:
        """Let the reviewer decide on a doubt; a `slip` approves what is wrong, or refuses what is right."""
        pattern, row = self.patterns[one.pattern], self.pair.dirty[one.row]
        truth = self.pair.clean[one.row][one.field]
        wanted = None if truth == one.value else truth
        (best,) = self.best([one])
        shown = None if best is None else best.candidate.value
        if slip and shown is not None:
            wanted = None if shown == wanted else shown
        verdict = Verdict.REJECTED if wanted is None else Verdict.MODIFIED
        if shown is not None and wanted == shown:
            verdict = Verdict.APPROVED
        suggested = None if best is None else self.unit_of(best)
        pattern.judged.append(Judged(verdict=verdict, suggested=suggested, chosen=None))
        pattern.open.remove(one)
        self.decided.append((one, wanted))
        self.confirmed.note(self.known, row, one.field, one.value if wanted is None else wanted)
        if wanted is not None:
            pattern.wrong += 1
            self.by_hand[one.row, one.field] = wanted
        pattern.pairs.append((row, one.field, one.value if wanted is None else wanted))
        pattern.stale += 1
        explained = wanted is None or any(each.written and each.value == wanted for each in self.found(one))
        if pattern.wrong >= 3 and pattern.stale >= (25 if explained else pattern.patience):
            pattern.surest = None
            pattern.stale, pattern.patience = 0, min(pattern.patience * 2, 40)
            pattern.programs = programs.learned(pattern.pairs)

    def learn(self, *, glance: bool = True) -> None:
        """Fit the ranker anew to all decisions; a `glance` at each pattern says how much of it may act alone."""
        judged = [
            fitting.Judged(
                case=case_of(one),
                found=tuple(self.found(one, one.value if wanted is None else wanted)),
                wanted=wanted,
            )
            for one, wanted in self.decided
        ]
        self.judge = Judge(fitting.fit(self.known, judged), self.known)
        often = glance and len(self.decided) % 100 in range(20)
        for pattern in self.patterns.values():
            pattern.surest = None
            if often and len(pattern.open) >= 2 * FEW:
                some = pattern.open[:FEW]
                sure = sum(best is not None and self.unit_of(best) is not None for best in self.best(some))
                pattern.share = sure / len(some)

    def open_units(self, pattern: Pattern) -> set[str]:
        """Return the ways of a pattern whose gate is open."""
        units = {CATALOGUE}
        return {unit for unit in units if would_open(standing(unit, pattern.judged), RULES)}

    def apply(self, pattern: Pattern) -> int:
        """Apply to what is open of a pattern what its gate lets through and the ranker is sure of."""
        units = self.open_units(pattern)
        if not units:
            return 0
        left = []
        for one, best in zip(pattern.open, self.best(pattern.open), strict=True):
            if best is not None and self.unit_of(best) in units:
                self.applied[one.row, one.field] = best.candidate.value
            else:
                left.append(one)
        done = len(pattern.open) - len(left)
        pattern.open = left
        return done

    def unit_of(self, one: Ranked) -> str | None:
        """Return whose success a suggestion counts for: what is not sure is a value for this cell alone."""
        return CATALOGUE if one.confidence >= self.judge.ranker.threshold else None

    def tally(self) -> Tally:
        """Return where things stand."""
        clean, dirty = self.pair.clean, self.pair.dirty
        right = broken = worse = 0
        for (at, name), value in self.applied.items():
            right += clean[at][name] == value
            broken += clean[at][name] == dirty[at][name] != value
        for (at, name), value in self.by_hand.items():
            worse += clean[at][name] == dirty[at][name] != value
        mended = sum(clean[at][name] == value != dirty[at][name] for (at, name), value in self.by_hand.items())
        unanswerable = abstained = 0
        for pattern in self.patterns.values():
            for one in pattern.open:
                if (one.row, one.field) in self.errors and not self._is_answerable(one):
                    unanswerable, abstained = unanswerable + 1, abstained + 1
        for at, name in self.applied:
            missed = (at, name) in self.errors and self.applied[at, name] != clean[at][name]
            unanswerable += missed and not any(
                each.value == clean[at][name] for each in self._tables.get((at, name), ())
            )
        return Tally(
            decisions=len(self.decided),
            errors=len(self.errors),
            applied=len(self.applied),
            right=right,
            broken=broken,
            by_hand=mended - worse,
            unanswerable=unanswerable,
            abstained=abstained,
        )

    def _is_answerable(self, one: Doubt) -> bool:
        truth = self.pair.clean[one.row][one.field]
        return any(each.value == truth for each in self.found(one))


def review(desk: Desk, budget: int, marks: Sequence[int], at_mark: Callable[[Desk], None]) -> None:
    """Decide up to `budget` doubts, the most promising pattern first, and learn on the way."""
    while len(desk.decided) < budget:
        pattern = _next(desk)
        if pattern is None:
            break
        desk.decide(desk.next_of(pattern))
        if len(desk.decided) % (LEARN_EVERY if len(desk.decided) <= 300 else 2 * LEARN_EVERY) == 0:
            desk.learn()
            for each in desk.patterns.values():
                desk.apply(each)
        elif desk.judge.ranker.decisions and len(pattern.judged) % APPLY_EVERY == 0:
            desk.apply(pattern)
        if len(desk.decided) in marks:
            at_mark(desk)


def _next(desk: Desk) -> Pattern | None:
    """Return the pattern whose next decision promises most cells mended."""
    best, most = None, 0.0
    wide: dict[str, list[int]] = {}
    for pattern in desk.patterns.values():
        seen = wide.setdefault(pattern.detector, [0, 0])
        seen[0] += pattern.wrong
        seen[1] += len(pattern.judged)
    for pattern in desk.patterns.values():
        if pattern.open:
            wrong, times = wide[pattern.detector]
            worth = promise(_progress(pattern, wrong, times), RULES)
            if len(pattern.judged) < LOOKS and len(pattern.open) >= FEW:
                worth += len(pattern.open) / 1000
            if worth > most:
                best, most = pattern, worth
    return best


def _progress(pattern: Pattern, wrong: int, times: int) -> Progress:
    sure = [each for each in pattern.judged if each.suggested == CATALOGUE]
    return Progress(
        open=len(pattern.open),
        decided=len(pattern.judged),
        wrong=pattern.wrong,
        expected=(wrong + 4 * PRIOR_WRONG.get(pattern.detector, 0.5)) / (times + 4),
        sure=len(sure),
        approved=sum(each.verdict is Verdict.APPROVED for each in sure),
        share=pattern.share,
    )


def standing(unit: str, judged: Sequence[Judged]) -> Standing:
    """Return what is known of one way in one pattern, as the product counts it."""
    verdicts = verdicts_on(unit, judged)
    approvals = sum(1 for verdict in verdicts if verdict is Verdict.APPROVED)
    return Standing(
        is_active=True,
        safety=Safety.REVIEW,
        approvals=approvals,
        successes=approvals,
        failures=len(verdicts) - approvals,
        confidence=confidence(verdicts),
        threshold=0.80,
        success_rate=1.0,
    )


def case_of(one: Doubt) -> Case:
    """Return a doubt as the ranker sees it."""
    return Case(detector=one.detector, field=one.field, pattern=one.pattern, value=one.value)


def _lot(one: Doubt) -> tuple[int, int, str]:
    return zlib.crc32(f"{one.row} {one.field}".encode()), one.row, one.field
