"""Candidates from every strategy, judged on all pairs, held to where they are right, and tried on pairs left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from core.corrections import pieces
from core.corrections.apply import same
from core.corrections.induction.cost import cost_of
from core.corrections.induction.examples import (
    NOTHING,
    Example,
    Runner,
    Verdicts,
    chosen,
    distinct,
    judge,
)
from core.corrections.induction.formats import dates, measures, numbers
from core.corrections.induction.likeness import are_many, patterns
from core.corrections.induction.plain import plain, replaced
from core.corrections.induction.strings import rearranged
from core.corrections.induction.tables import constant, elsewhere, folded_table, table, telling_words, words
from core.model.corrections import Program

Strategy = Callable[[Sequence[Example]], Iterator[Program]]

GENERAL: tuple[Strategy, ...] = (plain, replaced, numbers, measures, dates, elsewhere, rearranged, words)
REMEMBERED: tuple[Strategy, ...] = (table, folded_table, telling_words, constant)
DEAR: tuple[Strategy, ...] = (dates, rearranged, words)
MOST_PROPOSED = 48
"""Programs that one strategy may propose."""

FIRST_LOOK = 24
"""Distinct values on which each proposal is judged before the best are judged on all."""

MOST_JUDGED = 24
OUTLIERS = 8
"""One pair in so many, and no more, may contradict a program: a wrong click must not take a right program with it."""

FOLDS = 4
TRIED_ON = 16

ENOUGH = 4.0
"""A program of this cost that explains all makes the dear strategies needless."""


class Candidate(NamedTuple):
    """A program with what it is right and wrong about, and the strategy that found it."""

    program: Program
    verdicts: Verdicts
    strategy: Strategy
    cost: float


def candidates(examples: Sequence[Example], strategies: Sequence[Strategy]) -> list[Candidate]:
    """Return programs that are right about some of the examples, the cheapest first."""
    changed = [one for one in examples if not same(one.before, one.after)]
    look = distinct((*changed, *examples), FIRST_LOOK)
    proposed: list[tuple[int, float, int, Program, Strategy]] = []
    seen: set[str] = set()
    for strategy in strategies:
        if strategy in DEAR and any(-score == len(look) and cost <= ENOUGH for score, cost, *_ in proposed):
            continue
        for program in islice(strategy(changed), MOST_PROPOSED):
            if (name := repr(program)) in seen:
                continue
            seen.add(name)
            verdicts = judge(program, look)
            if verdicts is not None and verdicts.right:
                score = verdicts.right.bit_count() - min(verdicts.wrong.bit_count(), 3)
                proposed.append((-score, cost_of(program), len(proposed), program, strategy))
    found: list[Candidate] = []
    for _, _, _, program, strategy in sorted(proposed)[:MOST_JUDGED]:
        found.extend(judged(program, strategy, examples))
    return sorted(found, key=lambda one: one.cost)


def judged(program: Program, strategy: Strategy, examples: Sequence[Example]) -> Iterator[Candidate]:
    """Yield a program as it is, where it may stand so, and held to values like those it is right about."""
    verdicts = judge(program, examples)
    if verdicts is None or verdicts.right == verdicts.kept:
        return
    is_open = strategy is not rearranged or _is_open(program, verdicts, examples)
    if is_open and tolerable(verdicts):
        yield Candidate(program, verdicts, strategy, cost_of(program))
    if is_open and not verdicts.wrong:
        return
    held = _guarded(program, verdicts, examples)
    if held is not None:
        narrowed = judge(held, examples)
        if narrowed is not None and narrowed.right != narrowed.kept and tolerable(narrowed):
            yield Candidate(held, narrowed, strategy, cost_of(held))


def tolerable(verdicts: Verdicts) -> bool:
    """Tell whether what contradicts a program may be wrong clicks."""
    return verdicts.wrong.bit_count() * OUTLIERS <= verdicts.right.bit_count()


def keeps(verdicts: Verdicts) -> bool:
    """Tell whether a program that leaves a value as it is says by that that the value is right."""
    return verdicts.kept.bit_count() > OUTLIERS * verdicts.idle.bit_count()


def _is_open(program: Program, verdicts: Verdicts, examples: Sequence[Example]) -> bool:
    """Tell whether a rearrangement may run on any text: it was right about texts of many builds, and hardly wrong."""
    texts = [one.text or "" for one in chosen(examples, verdicts.right)]
    wrong = verdicts.wrong.bit_count()
    return wrong * 2 * OUTLIERS <= verdicts.right.bit_count() and are_many(texts)


def _guarded(program: Program, verdicts: Verdicts, examples: Sequence[Example]) -> Program | None:
    """Return the program for values only that read like those it was right about; None where that cannot be said."""
    right = chosen(examples, verdicts.right)
    texts = [one.text for one in right if one.text]
    like = patterns((one.text, one.wanted or "") for one in right if one.text) if len(texts) == len(right) else None
    if not like:
        return None
    wrong = [one.text for one in chosen(examples, verdicts.wrong) if one.text]
    kept = []
    for pattern in like:
        against = sum(1 for text in wrong if pieces.reads_like(text, (pattern,)))
        speaking = sum(1 for text in texts if pieces.reads_like(text, (pattern,))) if against else 1
        if against * OUTLIERS <= speaking:
            kept.append(pattern)
    if not kept:
        return None
    ((name, given),) = program[-1].items()
    if len(program) == 1 and name == "rearrange":
        return ({name: {**given, "like": kept}},)
    return ({"only_where": {"like": kept}}, *program)


def holds_left_out(candidate: Candidate, examples: Sequence[Example]) -> bool:
    """Tell whether what the strategy learns from some of the pairs is right about those that were left out.

    Each fold is left out once. A pair on which nothing is said counts neither way, a wrong one as one too many unless
    it is as rare as a wrong click; where nothing was right at all, the program is but a memory of its pairs.
    """
    explained = distinct(chosen(examples, candidate.verdicts.right & ~candidate.verdicts.kept), TRIED_ON)
    folds = min(len(explained), FOLDS)
    if folds < 2:
        return len(examples) == 1
    right = wrong = 0
    for fold in range(folds):
        shown = [one for place, one in enumerate(explained) if place % folds != fold]
        kept = [one for place, one in enumerate(explained) if place % folds == fold]
        program = _cheapest(candidate.strategy, shown)
        if program is None:
            continue
        runner = Runner(program)
        for one in kept:
            after = runner(one)
            right += same(after, one.after)
            wrong += after is not NOTHING and not same(after, one.after) and not same(after, one.before)
    return right > 0 and wrong * OUTLIERS <= right


def _cheapest(strategy: Strategy, shown: Sequence[Example]) -> Program | None:
    whole = (1 << len(shown)) - 1
    best: tuple[float, Program] | None = None
    for program in islice(strategy(shown), MOST_PROPOSED):
        cost = cost_of(program)
        if best is not None and cost >= best[0]:
            continue
        verdicts = judge(program, shown, most_wrong=0)
        if verdicts is not None and verdicts.right == whole:
            best = (cost, program)
    return None if best is None else best[1]
