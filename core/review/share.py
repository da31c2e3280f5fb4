"""Sharing: a merchant's learned corrections for others, by the opt-in of both sides, without records."""

from __future__ import annotations

import msgspec

from core.context import Context
from core.errors import NotFound, Refused
from core.knowledge.transfer import writes_values
from core.model.people import Actor
from core.review.tune import tunable
from core.store import audit, auto_rules, issues, merchants, shared
from core.store.engine import transaction


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """How many corrections of a pattern are shared, and how many stay because they may hold values of records."""

    shared: int
    left_out: int


async def share(context: Context, actor: Actor, pattern_id: str) -> Shared:
    """Let what this pattern has learned be proposed to other merchants: programs that hold no values, and counts."""
    pattern = await tunable(actor, pattern_id)
    learned = [rule for rule in await auto_rules.of_pattern(pattern_id) if rule.approvals > 0]
    fit = [rule for rule in learned if not writes_values(rule.program)]
    if not fit:
        raise Refused(
            "Nothing of this pattern can be shared: what it has learned writes values of your own."
            if learned
            else "Nothing was approved here yet that could be shared.",
            code="nothing_to_share",
        )
    now = context.clock()
    async with transaction():
        await shared.share([rule.auto_rule_id for rule in fit], actor.name, now)
        await audit.append(
            actor.name, "pattern.share", f"pattern:{pattern_id}", now, merchant=pattern.merchant, corrections=len(fit)
        )
    await _look_again(context, await shared.receivers(pattern_id))
    return Shared(shared=len(fit), left_out=len(learned) - len(fit))


async def take_back(context: Context, actor: Actor, pattern_id: str) -> int:
    """Share nothing of a pattern any more, and return how many corrections that were.

    What people elsewhere have decided on meanwhile is theirs and stays.
    """
    pattern = await tunable(actor, pattern_id)
    now = context.clock()
    async with transaction():
        number = await shared.take_back(pattern_id)
        if number:
            await audit.append(
                actor.name, "pattern.unshare", f"pattern:{pattern_id}", now, merchant=pattern.merchant,
                corrections=number,
            )  # fmt: skip
    await _look_again(context, await shared.receivers(pattern_id))
    return number


async def receive(context: Context, actor: Actor, *, merchant: int | None = None, receives: bool) -> None:
    """Have what other merchants share proposed to one, or have it no more."""
    if not actor.is_admin:
        raise Refused("Only an admin may decide this.", code="admin_only")
    whose = actor.merchant if merchant is None else merchant
    if whose is None:
        raise Refused("Say for which merchant.", code="merchant_missing")
    if actor.merchant not in (None, whose) or not await merchants.exists(whose):
        raise NotFound("There is no such merchant.")
    now = context.clock()
    async with transaction():
        await shared.set_receives(whose, receives=receives)
        await audit.append(
            actor.name, "merchant.receives_shared", f"merchant:{whose}", now, merchant=whose, receives=receives
        )
    await _look_again(context, await shared.served(whose))


async def _look_again(context: Context, pattern_ids: list[str]) -> None:
    for pattern_id in pattern_ids:
        await issues.look_again(pattern=pattern_id)
        await context.queue.enqueue("suggest_again", pattern_id)
