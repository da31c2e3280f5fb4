"""What earlier decisions say of a program that was found only now: the results that people saw speak for it too.

A decision is a person's word on a result. A program that gives the very result which was chosen before has that as an
approval; one that would have done something else there has it against it, and one that gives a result which was refused
has a rejection. Where it would have done nothing, the decision says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.corrections import apply
from core.model.corrections import Program, Verdict
from core.review import precedents
from core.review.precedents import Precedent
from core.store import auto_rules, decisions


async def inherit(pattern_id: str, decision_id: str, program: Program, program_hash: str) -> None:
    """Let a program that a decision has just brought have what earlier ones say of it.

    Programs that it gives all the approved results of, and that nobody decided on but by giving a value, leave their
    place to it. Called inside the transaction that holds the pattern's lock, before anything is learned of it.
    """
    if await auto_rules.find(pattern_id, program_hash) is not None:
        return
    earlier = await precedents.of_pattern(pattern_id)
    earlier = [one for one in earlier if program_hash not in (one.outcome.suggested, one.outcome.chosen)]
    said = verdicts_of(program, earlier)
    if not said:
        return
    await decisions.note_reproduced(decision_id, sorted((one.outcome.sequence, verdict) for one, verdict in said))
    rules = await auto_rules.of_pattern(pattern_id)
    kept = {rule.program_hash for rule in rules if rule.applications or rule.rejections}
    kept |= {one.outcome.suggested or "" for one in earlier}
    approved = {one.outcome.sequence for one, verdict in said if verdict is Verdict.APPROVED}
    kept |= {one.outcome.chosen or "" for one in earlier if one.was_chosen and one.outcome.sequence not in approved}
    taken = {one.outcome.chosen or "" for one, verdict in said if verdict is Verdict.APPROVED}
    await auto_rules.replace(pattern_id, sorted(taken - kept), program_hash)


def verdicts_of(program: Program, earlier: Sequence[Precedent]) -> list[tuple[Precedent, Verdict]]:
    """Return what each earlier decision says of a program; those on which it does nothing say nothing."""
    found = []
    for one in earlier:
        change = one.outcome.change
        made = apply.run(program, one.record, change.field)
        if not made:
            continue
        is_same = apply.same(made[0].after, change.after)
        if one.was_chosen:
            found.append((one, Verdict.APPROVED if is_same else Verdict.MODIFIED))
        elif is_same:
            found.append((one, Verdict.REJECTED))
    return found
