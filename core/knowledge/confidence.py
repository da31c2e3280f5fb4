"""How sure we are of one program for one pattern: the mission document's formula, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from core.model.corrections import Verdict

RECENT = 5
"""How many of the latest decisions are searched for rejections."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One decision as confidence sees it: the program that was suggested, the one that was chosen, the verdict.

    `also` is what it says, by what they would have done, of programs that were found later.
    """

    verdict: Verdict
    suggested: str | None
    chosen: str | None
    also: Mapping[str, Verdict] = msgspec.field(default_factory=dict)


def verdicts_on(program: str, decisions: Sequence[Judged]) -> list[Verdict]:
    """Return the verdicts that concern `program`, in the order given.

    A modified decision is neither approval nor rejection of the program that was suggested, and the first approval
    of the program that was chosen. Of a program that was found later it says what it said of its result.
    """
    found: list[Verdict] = []
    for decision in decisions:
        if decision.verdict is Verdict.MODIFIED and decision.chosen == program:
            found.append(Verdict.APPROVED)
        elif decision.suggested == program:
            found.append(decision.verdict)
        elif program in decision.also:
            found.append(decision.also[program])
    return found


def reproduced(program: str, decisions: Sequence[Judged]) -> int:
    """Return how many approvals of `program` are of its result alone, given before the program was found.

    The program was chosen because it explains them, so that they prove nothing of how it does on what comes: the
    formula counts them, a certificate does not.
    """
    direct = sum(1 for one in decisions if program in (one.suggested, one.chosen) for _ in _direct(program, one))
    return verdicts_on(program, decisions).count(Verdict.APPROVED) - direct


def _direct(program: str, decision: Judged) -> list[Verdict]:
    alone = msgspec.structs.replace(decision, also={})
    return [verdict for verdict in verdicts_on(program, [alone]) if verdict is Verdict.APPROVED]


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
