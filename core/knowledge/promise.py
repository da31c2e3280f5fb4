"""What the next decision on a pattern promises: the value it mends, and its part in opening the gate for the others.

People who decide in this order teach most for what they do. It orders work; it opens nothing.
"""

from __future__ import annotations

import msgspec

from core.knowledge.certificate import missing_approvals
from core.model.tuning import KnowledgeManagement

UNDECIDED = 8
"""Decisions from which on a pattern is judged by what was proposed, and not by how often something was wrong."""

CERTAIN = 12
"""How steeply a share of approvals below one lowers the hope for a certificate, which some forty of them make."""

NEW = 0.95
"""What is hoped of proposals that nobody has decided on."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one pattern. `expected` is how often its detector is right elsewhere, 0 to 1.

    `sure` counts decisions on proposals that may act alone, `approved` those of them that were approved; `share` is
    how many of what is open has such a proposal, 0 to 1.
    """

    open: int
    decided: int
    wrong: int
    expected: float
    sure: int
    approved: int
    share: float


def promise(one: Progress, rules: KnowledgeManagement) -> float:
    """Return how many values one decision mends, counting what applies itself later; only its order means something."""
    wrong = (one.wrong + 2 * one.expected) / (one.decided + 2)
    missing = missing_approvals(
        one.approved, one.sure - one.approved, precision=rules.certified_precision, level=rules.certified_level
    )
    if not missing:
        return wrong
    hope, share = (one.approved + NEW) / (one.sure + 1), one.share
    if one.decided < UNDECIDED and one.share < NEW:
        hope, share = 0.9 * (one.wrong + 1) / (one.decided + 1), 1.0
    served = max(one.open * share - missing, 0.0)
    return float(wrong + hope**CERTAIN * served / missing)
