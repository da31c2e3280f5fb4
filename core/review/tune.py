"""What admins tune: a pattern's threshold, an auto rule on or off."""

from __future__ import annotations

from core.context import Context
from core.errors import NotFound, Refused
from core.model.people import Actor
from core.review.learn import note_pattern
from core.store import alerts, audit, auto_rules, issues, patterns
from core.store.engine import transaction
from core.store.patterns import PatternRow


async def set_threshold(context: Context, actor: Actor, pattern_id: str, threshold: float) -> None:
    """Set the confidence (0 to 1) from which the pattern's corrections may apply themselves."""
    pattern = await tunable(actor, pattern_id)
    if not 0.0 <= threshold <= 1.0:
        raise Refused(f"A threshold lies between 0 and 1; {threshold:g} does not.", code="out_of_range")
    now = context.clock()
    async with transaction():
        await patterns.lock(pattern_id)
        await auto_rules.set_threshold(pattern_id, threshold)
        await note_pattern(context, pattern_id)
        await issues.look_again(pattern=pattern_id)
        await audit.append(
            actor.name, "pattern.threshold", f"pattern:{pattern_id}", now, merchant=pattern.merchant,
            threshold=threshold,
        )  # fmt: skip
    await context.queue.enqueue("auto_correct_pattern", pattern_id)


async def set_auto_rule(context: Context, actor: Actor, auto_rule_id: str, *, is_active: bool) -> None:
    """Switch an auto rule on or off."""
    rule = await auto_rules.get(auto_rule_id)
    if rule is None:
        raise NotFound("There is no such auto rule.")
    pattern = await tunable(actor, rule.pattern_id)
    now = context.clock()
    async with transaction():
        await patterns.lock(pattern.pattern_id)
        reason = None if is_active else f"Switched off by {actor.name}."
        await auto_rules.switch(auto_rule_id, is_active=is_active, reason=reason)
        if is_active:
            await issues.look_again(pattern=pattern.pattern_id)
            await alerts.close(pattern.merchant, f"auto_rule:{auto_rule_id}", now)
        await note_pattern(context, pattern.pattern_id)
        await audit.append(
            actor.name, "auto_rule.switch", f"auto_rule:{auto_rule_id}", now, merchant=pattern.merchant,
            is_active=is_active,
        )  # fmt: skip
    if is_active:
        await context.queue.enqueue("auto_correct_pattern", pattern.pattern_id)


async def tunable(actor: Actor, pattern_id: str) -> PatternRow:
    """Return a pattern that the actor may tune; Refused for a reviewer, NotFound outside the scope."""
    pattern = await patterns.get(pattern_id)
    if pattern is None or (actor.merchant is not None and pattern.merchant != actor.merchant):
        raise NotFound("There is no such pattern.")
    if not actor.is_admin:
        raise Refused("Only an admin may change what applies itself.", code="admin_only")
    return pattern
