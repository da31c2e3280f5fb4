"""How sure we are of one program for one pattern: the mission document's formula, exactly."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.model.corrections import Verdict

RECENT = 5
"""How many of the latest decisions are searched for rejections."""

NEVER = 10_000
"""More approvals than anybody gives: so many stand for a threshold that is not reached any more."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One decision: the program that was suggested, the one that was chosen, the verdict, and who gave it.

    `reviewer` is the account's id, or a name where no account is known.
    """

    verdict: Verdict
    suggested: str | None
    chosen: str | None
    reviewer: int | str | None = None


def verdicts_on(program: str, decisions: Sequence[Judged]) -> list[Verdict]:
    """Return the verdicts that concern `program`, in the order given.

    A modified decision is neither approval nor rejection of the program that was suggested, and the first approval
    of the program that was chosen.
    """
    found: list[Verdict] = []
    for decision in decisions:
        if decision.verdict is Verdict.MODIFIED and decision.chosen == program:
            found.append(Verdict.APPROVED)
        elif decision.suggested == program:
            found.append(decision.verdict)
    return found


def confidence(verdicts: Sequence[Verdict]) -> float:
    """Return 0 to 1 from verdicts in time order.

    `clamp(approval_rate * 0.8 + min(n / 10, 0.2) - 0.1 * rejections among the last 5, 0, 1)`; none is 0.
    """
    return confidence_of(
        total=len(verdicts),
        approved=sum(1 for verdict in verdicts if verdict is Verdict.APPROVED),
        recent=sum(1 for verdict in verdicts[-RECENT:] if verdict is Verdict.REJECTED),
    )


def confidence_of(*, total: int, approved: int, recent: int) -> float:
    """Return the same from counts: of all verdicts, of approvals, of rejections among the last five."""
    approval_rate = approved / total if total > 0 else 0.0
    data_boost = min(total / 10, 0.2)
    return min(max(approval_rate * 0.8 + data_boost - recent * 0.1, 0.0), 1.0)


def approvals_to_reach(threshold: float, *, total: int, approved: int, lately: Sequence[Verdict]) -> int:
    """Return with how many more approvals in a row confidence reaches a threshold; `NEVER` where it does not.

    `lately` are the last verdicts, at least five where there are so many. Approvals only ever raise confidence, so
    that it is found by halving.
    """

    def reaches(more: int) -> bool:
        after = [*lately, *[Verdict.APPROVED] * min(more, RECENT)][-RECENT:]
        recent = sum(1 for verdict in after if verdict is Verdict.REJECTED)
        return confidence_of(total=total + more, approved=approved + more, recent=recent) >= threshold

    if reaches(0):
        return 0
    if not reaches(NEVER):
        return NEVER
    low, high = 0, NEVER
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high
