"""Corrections that people approved for a similar cause: proposed at a discount, as nobody's approval."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from core.corrections import apply
from core.knowledge.safety import safety_of
from core.knowledge.signature import Signature
from core.knowledge.similar import discount, distance, leaf_of
from core.knowledge.transfer import writes_values
from core.model.corrections import Safety, Source
from core.model.records import Record
from core.store.auto_rules import CAREFUL, AutoRuleRow
from core.store.similar import Taught
from core.suggest.proposal import Proposal

MOST = 5
"""Most corrections of similar causes that are tried on an issue."""
CONSTANTS = frozenset({"set_value", "default"})


class Nearby(msgspec.Struct, frozen=True, kw_only=True):
    """A correction learned for a similar cause. `confidence` is what it is worth here; `where` names its cause."""

    rule: AutoRuleRow
    distance: float
    confidence: float
    where: str


def nearby(mine: Signature, taught: Sequence[Taught], titles: Mapping[str, str]) -> list[Nearby]:
    """Return what similar causes have learned, the surest here first; of one correction the surest cause.

    `titles` are the names of channels for people.
    """
    best: dict[str, Nearby] = {}
    for other in taught:
        apart = distance(mine, other.signature)
        weight = discount(apart)
        if not apart or not weight:
            continue
        for rule in other.rules:
            sure = weight * rule.confidence
            held = best.get(rule.program_hash)
            if (held is None or held.confidence < sure) and _carries(rule, mine, other.signature):
                where = f"{titles.get(other.signature.channel, other.signature.channel)}, {other.signature.rule}"
                best[rule.program_hash] = Nearby(rule=rule, distance=apart, confidence=sure, where=where)
    return sorted(best.values(), key=lambda one: (-one.confidence, one.rule.program_hash))[:MOST]


def _carries(rule: AutoRuleRow, mine: Signature, theirs: Signature) -> bool:
    """Tell whether a correction can mean the same for another cause.

    A constant is one only for the same rule, after two people's decisions agree on it; what holds values of records
    stays with fields of the same name.
    """
    steps = {name for step in rule.program for name in step}
    if steps & CONSTANTS:
        return mine.rule == theirs.rule and mine.field == theirs.field and rule.approvals > 1
    return not writes_values(rule.program) or leaf_of(mine.field) == leaf_of(theirs.field)


def propose(
    near: Sequence[Nearby], decided: Collection[str], record: Record, field: str, fix_safety: Safety | None
) -> list[Proposal]:
    """Return what corrections of similar causes would do.

    Those in `decided` (hashes) are not proposed: people have decided on them for this very cause.
    """
    found = []
    for one in near:
        if one.rule.program_hash in decided:
            continue
        changes = apply.run(one.rule.program, record, field)
        if changes:
            found.append(
                Proposal(
                    source=Source.LEARNED,
                    program=one.rule.program,
                    program_hash=one.rule.program_hash,
                    changes=changes,
                    confidence=one.confidence,
                    evidence=(_evidence(one),),
                    safety=_safety(one.rule, fix_safety),
                )
            )
    return found


def _evidence(one: Nearby) -> str:
    total = one.rule.approvals + one.rule.rejections
    return f"{one.rule.approvals} of {total} decisions on a similar cause ({one.where}) approved it."


def _safety(rule: AutoRuleRow, fix_safety: Safety | None) -> Safety:
    """Return how careful it must be here: as careful as there, as its steps ask for, and as this rule's own fix is.

    That another rule declares a fix safe says nothing of this one; only steps of pure notation are safe everywhere.
    """
    return max(rule.safety, safety_of(rule.program, fix_safety), key=lambda one: CAREFUL[one])
