"""How far one person's word goes: how many people have to agree, and what of one person's approvals counts.

Where one reviewer is enough, every approval counts. Where more are asked for, no one's approvals are more than the
share `reviewer_cap` of those that count. Leaving approvals out only lowers the wealth of the certificate's bet, so that
its bound stays valid; rejections are never left out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from core.knowledge.confidence import Judged
from core.model.corrections import Verdict
from core.model.tuning import KnowledgeManagement

_TINY = 1e-9
"""A share is written in decimals: 0.7 of 10 is 7."""


def approvals_by(program: str, decisions: Iterable[Judged]) -> tuple[int, ...]:
    """Return how often each person approved `program`, the most first; a modification approves what it chose."""
    counts: Counter[int | str | None] = Counter()
    for one in decisions:
        chose = one.verdict is Verdict.MODIFIED and one.chosen == program
        if chose or (one.verdict is Verdict.APPROVED and one.suggested == program):
            counts[one.reviewer] += 1
    return tuple(sorted(counts.values(), reverse=True))


def people_needed(rules: KnowledgeManagement) -> int:
    """Return how many people have to have approved: at a cap of 0.4 two cannot be the whole, so that it takes three."""
    if rules.min_reviewers < 2:
        return 1
    return max(rules.min_reviewers, math.ceil(1 / rules.reviewer_cap - _TINY))


def counted(by_reviewer: Sequence[int], rules: KnowledgeManagement) -> int:
    """Return how many approvals count: as many as can be with no one above the share that the cap allows."""
    total = sum(by_reviewer)
    if rules.min_reviewers < 2 or not total:
        return total
    low, high = 0, max(by_reviewer)
    while low < high:
        middle = (low + high + 1) // 2
        fits = middle <= rules.reviewer_cap * _within(by_reviewer, middle) + _TINY
        low, high = (middle, high) if fits else (low, middle - 1)
    return _within(by_reviewer, low)


def fewest_more(by_reviewer: Sequence[int], wanted: int, rules: KnowledgeManagement) -> int:
    """Return how few approvals more, given by whoever helps most, make `wanted` count and the people enough."""
    people = max(people_needed(rules) - len(by_reviewer), 0)
    if counted(by_reviewer, rules) >= wanted:
        return people
    if rules.min_reviewers < 2:
        return max(wanted - sum(by_reviewer), people)
    window = range(wanted, wanted + people_needed(rules) + 1)
    return max(min(total - _within(by_reviewer, _most_each(total, rules)) for total in window), people)


def _most_each(total: int, rules: KnowledgeManagement) -> int:
    return int(rules.reviewer_cap * total + _TINY)


def _within(by_reviewer: Iterable[int], most: int) -> int:
    """Return the approvals of all, of nobody more than `most`."""
    return sum(min(count, most) for count in by_reviewer)
