"""How attentively people decide: how often they overrule a suggestion, and how fast. A hint, not a judgement.

Who approves nearly all of many suggestions, each within seconds, may be right, for the suggestions may be good; or may
not look any more. Only a second look at a few of those decisions tells.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from statistics import median

import msgspec

from core.knowledge.tally import PAUSE_SECONDS
from core.model.corrections import Verdict

AT_ONCE_SECONDS = 0.5
"""Nobody decides so soon after the last decision: it was part of an approved list, or a program's."""
MANY = 100
HASTY_SECONDS = 2.0
NEARLY_ALL = 0.98


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """One decision: by whom, when, and what it was."""

    reviewer: int | str
    name: str
    at: datetime
    verdict: Verdict


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """One person's decisions in numbers. `override_rate` is the share that was rejected or changed.

    `at_once` were decided as part of a list or by a program; `median_seconds` is the time from one decision to the
    next of the others, pauses of more than five minutes aside, and None where there are no two.
    """

    reviewer: int | str
    name: str
    decisions: int
    approved: int
    changed: int
    rejected: int
    override_rate: float
    at_once: int
    median_seconds: float | None
    is_hasty: bool


def attention(decisions: Iterable[Reviewed]) -> list[Attention]:
    """Return each person's numbers, from decisions in time order; who decided most comes first."""
    by_person: dict[int | str, list[Reviewed]] = {}
    for one in decisions:
        by_person.setdefault(one.reviewer, []).append(one)
    found = [_of_one(mine) for mine in by_person.values()]
    return sorted(found, key=lambda one: (-one.decisions, one.name))


def _of_one(mine: list[Reviewed]) -> Attention:
    gaps = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(mine)]
    at_once = sum(1 for gap in gaps if gap < AT_ONCE_SECONDS)
    single = [gap for gap in gaps if AT_ONCE_SECONDS <= gap <= PAUSE_SECONDS]
    seconds = median(single) if single else None
    approved = sum(1 for one in mine if one.verdict is Verdict.APPROVED)
    hasty = len(single) >= MANY and seconds is not None and seconds < HASTY_SECONDS
    return Attention(
        reviewer=mine[-1].reviewer,
        name=mine[-1].name,
        decisions=len(mine),
        approved=approved,
        changed=sum(1 for one in mine if one.verdict is Verdict.MODIFIED),
        rejected=sum(1 for one in mine if one.verdict is Verdict.REJECTED),
        override_rate=1 - approved / len(mine),
        at_once=at_once,
        median_seconds=None if seconds is None else round(seconds, 1),
        is_hasty=hasty and approved / len(mine) > NEARLY_ALL,
    )
