"""Replays what people decided at other numbers: what would have applied itself, and what became of that.

Each decision, and each correction that applied itself, is a moment at which the gate is asked again, with what was
known before it and the numbers on trial. The history says what a person thought of that very correction. Verdicts go
on teaching as they did; outcomes are those of the trial, so that a rule which fails too often switches itself off
here too. Every rule starts switched on, and every connection lets corrections apply themselves.

Time goes by `(at, number)`; what happened at a moment is known at the next one.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from core.knowledge.confidence import RECENT, confidence_of
from core.knowledge.gate import Standing, next_success_rate, would_open
from core.model.corrections import Safety, Verdict
from core.model.tuning import KnowledgeManagement


class GateKind(StrEnum):
    """Which gate a correction has to pass: the formula alone, or a certificate besides."""

    DOCUMENTED = "documented"
    CERTIFIED = "certified"


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers to try; None leaves one as it is. `since` is where counting begins; learning begins at the first."""

    threshold: float | None = None
    gate: GateKind | None = None
    min_occurrences: int | None = None
    since: datetime | None = None


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One program that a pattern has learned: how careful it must be, and its threshold (0 to 1) as it stands."""

    safety: Safety
    threshold: float


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A decision, or a correction that applied itself (`verdict` None), with what became of it.

    `taken_back_at` is when the correction was undone or refused by its channel, `revoked_at` when the decision was
    taken back, `settled` whether the end is known yet,
    `failed` whether it was the channel that refused it. `reproduces` are earlier moments, by number, with what they say
    of the program that was chosen here, which nobody knew then.
    """

    number: int
    at: datetime
    record: int
    verdict: Verdict | None
    suggested: str | None
    chosen: str | None
    revoked_at: datetime | None = None
    taken_back_at: datetime | None = None
    settled: bool = True
    failed: bool = False
    reproduces: tuple[tuple[int, Verdict], ...] = ()

    @property
    def undone_at(self) -> datetime | None:
        """Return when a person or the channel put an end to what was applied here."""
        known = [moment for moment in (self.revoked_at, self.taken_back_at) if moment is not None]
        return min(known, default=None)


class End(StrEnum):
    """What history says of a correction that the trial would have applied."""

    STOOD = "stood"
    REJECTED = "rejected"
    CHANGED = "changed"
    UNDONE = "undone"


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """One correction that the trial would have applied."""

    number: int
    program: str
    end: End


class _Program:
    """What is known of one program as time goes by."""

    def __init__(self, known: Known, tuning: KnowledgeManagement, trial: Trial) -> None:
        gate = {GateKind.DOCUMENTED: Safety.SAFE, GateKind.CERTIFIED: Safety.REVIEW}
        self.safety = known.safety
        if trial.gate is not None and known.safety is not Safety.DISPLAY:
            self.safety = gate[trial.gate]
        self.threshold = known.threshold if trial.threshold is None else trial.threshold
        self.tuning = tuning
        self.verdicts: list[tuple[int, Verdict]] = []
        self.inherited: dict[int, int] = {}
        self.approved = 0
        self.taken_back = 0
        self.success_rate = 1.0
        self.is_active = True

    def add(self, number: int, verdict: Verdict) -> None:
        self.verdicts.append((number, verdict))
        self.approved += verdict is Verdict.APPROVED

    def inherit(self, number: int, verdict: Verdict, bringer: int, order: Mapping[int, tuple[datetime, int]]) -> None:
        """Take over what an earlier moment says of this program, in its place in time."""
        if all(known != number for known, _ in self.verdicts):
            insort(self.verdicts, (number, verdict), key=lambda one: order[one[0]])
            self.inherited[number] = bringer
            self.approved += verdict is Verdict.APPROVED

    def forget(self, number: int) -> None:
        for index in range(len(self.verdicts) - 1, -1, -1):
            if self.verdicts[index][0] == number or self.inherited.get(self.verdicts[index][0]) == number:
                known, verdict = self.verdicts.pop(index)
                self.inherited.pop(known, None)
                self.approved -= verdict is Verdict.APPROVED

    def outcome(self, *, worked: bool) -> None:
        self.success_rate = next_success_rate(self.success_rate, worked=worked, learning_rate=self.tuning.learning_rate)
        self.is_active = self.is_active and self.success_rate >= self.tuning.success_floor

    @property
    def confidence(self) -> float:
        recent = sum(1 for _, verdict in self.verdicts[-RECENT:] if verdict is Verdict.REJECTED)
        return confidence_of(total=len(self.verdicts), approved=self.approved, recent=recent)

    def is_open(self) -> bool:
        borrowed = sum(1 for number, said in self.verdicts if number in self.inherited and said is Verdict.APPROVED)
        standing = Standing(
            is_active=self.is_active,
            safety=self.safety,
            approvals=self.approved,
            successes=self.approved - borrowed,
            failures=len(self.verdicts) - self.approved + self.taken_back,
            confidence=self.confidence,
            threshold=self.threshold,
            success_rate=self.success_rate,
        )
        return would_open(standing, self.tuning)


def tuned(tuning: KnowledgeManagement, trial: Trial) -> KnowledgeManagement:
    """Return the installation's numbers with those of the trial."""
    if trial.min_occurrences is None:
        return tuning
    return msgspec.structs.replace(tuning, min_occurrences=trial.min_occurrences)


def replay(
    moments: Sequence[Moment], known: Mapping[str, Known], trial: Trial, tuning: KnowledgeManagement
) -> list[Applied]:
    """Return what one pattern would have applied by itself, in time order, learning from all of its moments.

    A program that `known` lacks needs a certificate and total confidence.
    """
    numbers = tuned(tuning, trial)
    unknown = Known(safety=Safety.REVIEW, threshold=1.0)
    names = {name for moment in moments for name in (moment.suggested, moment.chosen) if name is not None}
    order = {moment.number: (moment.at, moment.number) for moment in moments}
    past = _Past({name: _Program(known.get(name, unknown), numbers, trial) for name in names}, order)
    for _, _, event, moment in sorted(_events(moments), key=lambda one: one[:3]):
        if event == _HAPPENED:
            past.meet(moment)
        elif event == _REVOKED:
            past.revoke(moment)
        else:
            past.take_back(moment)
    return past.applied


_HAPPENED, _REVOKED, _TAKEN_BACK = range(3)


def _events(moments: Iterable[Moment]) -> Iterator[tuple[datetime, int, int, Moment]]:
    for moment in moments:
        yield moment.at, moment.number, _HAPPENED, moment
        if moment.revoked_at is not None:
            yield moment.revoked_at, moment.number, _REVOKED, moment
        if moment.taken_back_at is not None:
            yield moment.taken_back_at, moment.number, _TAKEN_BACK, moment


class _Past:
    """One pattern as time goes by: its programs, what people refused for which record, what applied itself."""

    def __init__(self, programs: dict[str, _Program], order: Mapping[int, tuple[datetime, int]]) -> None:
        self.programs = programs
        self.order = order
        self.forgotten: set[int] = set()
        self.rejected: Counter[tuple[int, str]] = Counter()
        self.taken_back: set[tuple[int, str]] = set()
        self.undone_later: dict[int, str] = {}
        self.applied: list[Applied] = []

    def meet(self, moment: Moment) -> None:
        """Ask the gate, then learn what the person said."""
        name = self._surest_open(moment)
        end = None if name is None else end_of(moment, name)
        if name is not None and end is not None:
            self.applied.append(Applied(number=moment.number, program=name, end=end))
            if end is End.UNDONE:
                self.undone_later[moment.number] = name
            else:
                self.programs[name].outcome(worked=end is End.STOOD)
        if moment.chosen is not None:
            for number, verdict in moment.reproduces:
                if number in self.order and number not in self.forgotten:
                    self.programs[moment.chosen].inherit(number, verdict, moment.number, self.order)
        for taught, verdict in taught_by(moment):
            self.programs[taught].add(moment.number, verdict)
            self.rejected[moment.record, taught] += verdict is Verdict.REJECTED

    def revoke(self, moment: Moment) -> None:
        """Forget a decision that was taken back."""
        self.forgotten.add(moment.number)
        for program in self.programs.values():
            program.forget(moment.number)
        for taught, verdict in taught_by(moment):
            self.rejected[moment.record, taught] -= verdict is Verdict.REJECTED
        self._undo(moment)

    def take_back(self, moment: Moment) -> None:
        """Count a correction that was undone or refused, which never applies itself to that record again."""
        if moment.chosen is not None:
            self.taken_back.add((moment.record, moment.chosen))
            self.programs[moment.chosen].taken_back += moment.verdict is None or moment.failed
        self._undo(moment)

    def _undo(self, moment: Moment) -> None:
        name = self.undone_later.pop(moment.number, None)
        if name is not None:
            self.programs[name].outcome(worked=False)

    def _surest_open(self, moment: Moment) -> str | None:
        names = [name for name in (moment.suggested, moment.chosen) if name is not None]
        free = [
            name
            for name in names
            if not self.rejected[moment.record, name]
            and (moment.record, name) not in self.taken_back
            and self.programs[name].is_open()
        ]
        return max(free, key=lambda name: self.programs[name].confidence, default=None)


def taught_by(moment: Moment) -> tuple[tuple[str, Verdict], ...]:
    """Return the programs that a decision teaches, each with what it says of it."""
    if moment.verdict is None:
        return ()
    taught = {}
    if moment.suggested is not None:
        taught[moment.suggested] = moment.verdict
    if moment.verdict is Verdict.MODIFIED and moment.chosen is not None:
        taught[moment.chosen] = Verdict.APPROVED
    return tuple(taught.items())


def end_of(moment: Moment, program: str) -> End | None:
    """Return what history says of applying `program` at this moment; None where it does not say."""
    if program == moment.chosen:
        if moment.undone_at is not None:
            return End.UNDONE
        return End.STOOD if moment.settled else None
    if moment.revoked_at is not None:
        return None
    return End.CHANGED if moment.verdict is Verdict.MODIFIED else End.REJECTED
