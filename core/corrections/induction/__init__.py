"""Find what people meant: from values before and after, the simplest programs that lead from one to the other.

`induce` finds one program for all pairs, `several` splits them where one does not do. Candidates come from strategies
(core.corrections.induction.search), are judged on every pair, held to values like those they were right about, tried
on pairs left out, and taken by how little they say for how much they explain. What holds only as a memory of pairs, a
table or a constant, is kept as that. The work is bound by counts of pairs, candidates and positions, never by time.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.corrections import apply
from core.corrections.induction.cost import remembers
from core.corrections.induction.examples import (
    MOST_PAIRS,
    Example,
    Pair,
    Verdicts,
    chosen,
    distinct,
    examples_of,
    judge,
)
from core.corrections.induction.search import (
    GENERAL,
    OUTLIERS,
    REMEMBERED,
    Candidate,
    candidates,
    holds_left_out,
    judged,
    keeps,
)
from core.corrections.induction.tables import constant, folded_table, table, telling_words
from core.corrections.paths import get
from core.model.corrections import Program

__all__ = ["MOST_PAIRS", "Learned", "Pair", "counted", "explains", "find", "induce", "several"]

MOST_PROGRAMS = 8
WORTH = 4.0
"""What explaining one more pair is worth, in the coin of a program's description length."""


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """One program with the places of the pairs it explains and of those it contradicts; it abstains from all others.

    `is_memory` where it remembers values (a table, a constant) and says nothing of others. `keeps` where a value that
    it leaves as it is may be taken to be right, as it was with most of the pairs.
    """

    program: Program
    explains: tuple[int, ...]
    contradicts: tuple[int, ...]
    is_memory: bool
    keeps: bool


def induce(pairs: Sequence[Pair]) -> Program | None:
    """Return the simplest program that turns each before into its after, None where there is none.

    Of eight pairs and more, one in eight may be a wrong click that the program does not explain.
    """
    learned = find(pairs)
    return None if learned is None else learned.program


def find(pairs: Sequence[Pair]) -> Learned | None:
    """Return the same with the pairs that it explains and contradicts."""
    examples = examples_of(pairs)
    if not examples or all(apply.same(one.before, one.after) for one in examples):
        return None
    whole = (1 << len(examples)) - 1
    found = candidates(examples, (*GENERAL, *REMEMBERED))
    for best in found:
        if best.verdicts.right == whole and _stands(best, examples):
            return _learned(best)
    most = len(examples) // OUTLIERS
    close = [one for one in found if len(examples) - one.verdicts.right.bit_count() <= most]
    for best in sorted(close, key=lambda one: (-one.verdicts.right.bit_count(), one.cost)):
        if not best.verdicts.right & best.verdicts.wrong and _stands(best, examples):
            return _learned(best)
    return None


def several(pairs: Sequence[Pair], most: int = MOST_PROGRAMS) -> list[Learned]:
    """Split pairs into those that one program explains each, in the order in which they are to be asked.

    A table of the values that no program explains comes first, for it speaks of these very values only; then the
    programs that explain most for least, then what values in another spelling, and words, may tell. A program is wrong
    on few of the pairs or on none, and abstains from values unlike those it is right about.
    """
    examples = examples_of(pairs)
    if not examples or all(apply.same(one.before, one.after) for one in examples):
        return []
    found = candidates(examples, GENERAL)
    taken: list[Candidate] = []
    left = (1 << len(examples)) - 1
    refused: set[int] = set()
    while left and len(taken) < most:
        best = _best(found, left, examples, refused)
        if best is None:
            break
        if not _stands(found[best], examples):
            refused.add(best)
            continue
        taken.append(found[best])
        refused.add(best)
        left &= ~found[best].verdicts.right
    table, others = _remembered(examples, left)
    return [_learned(one) for one in (*table, *taken, *others)]


def counted(program: Program, pairs: Sequence[Pair]) -> Learned:
    """Return a program with the pairs it explains and those it contradicts."""
    verdicts = judge(program, examples_of(pairs))
    return _learned(Candidate(program, verdicts or Verdicts(0, 0), constant, 0.0))


def explains(program: Program, pairs: Sequence[Pair]) -> bool:
    """Say whether `program` turns each before into exactly its after."""
    return all(apply.same(_after(program, record, field), after) for record, field, after in pairs)


def _after(program: Program, record: object, field: str) -> object:
    changes = apply.run(program, record, field)  # type: ignore[arg-type]  # a record is what JSON gives
    return changes[0].after if changes else get(record, field)


def _best(found: Sequence[Candidate], left: int, examples: Sequence[Example], refused: set[int]) -> int | None:
    """Return the place of the candidate that gains most on what is left; none where no gain is left."""
    gains = []
    for place, one in enumerate(found):
        if place in refused:
            continue
        explained = one.verdicts.right & left
        if len(examples) > 1 and len(distinct(chosen(examples, explained), 2)) < 2:
            continue
        gain = WORTH * (explained.bit_count() - 2 * one.verdicts.wrong.bit_count()) - one.cost
        gains.append((gain, -place))
    if not gains or max(gains)[0] <= 0:
        return None
    return -max(gains)[1]


def _stands(candidate: Candidate, examples: Sequence[Example]) -> bool:
    """Tell whether a candidate may be generalised: it holds for pairs left out, or it is a memory that claims no more.

    Of two pairs each speaks for the other.
    """
    if remembers(candidate.program) and candidate.strategy in REMEMBERED:
        return True
    return len(examples) <= 2 or holds_left_out(candidate, examples)


def _remembered(examples: Sequence[Example], left: int) -> tuple[list[Candidate], list[Candidate]]:
    """Return what is kept as a memory: the table of what no program explains, and what values of other spelling and
    words may be told by.
    """
    rest = chosen(examples, left)
    exact = [one for program in table(rest) for one in judged(program, table, examples)]
    others = [one for one in candidates(examples, (folded_table, telling_words)) if one.verdicts.right & left]
    return exact, others


def _learned(candidate: Candidate) -> Learned:
    right, wrong = candidate.verdicts.right, candidate.verdicts.wrong
    return Learned(
        program=candidate.program,
        explains=tuple(place for place in range(right.bit_length()) if right >> place & 1),
        contradicts=tuple(place for place in range(wrong.bit_length()) if wrong >> place & 1),
        is_memory=remembers(candidate.program),
        keeps=keeps(candidate.verdicts),
    )
