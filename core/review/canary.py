"""Lets a correction spread on a connection as it proves itself there, and stops it when it does not."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.context import Context
from core.knowledge.canary import room, stage_of
from core.model.corrections import Stage
from core.review.learn import brake
from core.store import alerts, audit, canaries, issues
from core.store.applications import ApplicationRow
from core.store.auto_rules import AutoRuleRow
from core.store.canaries import CanaryRow

ACTOR = "marketwright"
WAVES = uuid.UUID("6a7d5c0e-3f86-4b1c-9b8e-2f0d1c9a4e57")
"""The namespace of the ids of waves."""


async def canary_of(context: Context, rule: AutoRuleRow, connection: int, *, push: bool) -> CanaryRow:
    """Return a rule's canary on a connection. Where it is new, what was verified before in this way counts for it.

    The caller holds the pattern's lock.
    """
    found = await canaries.get(rule.auto_rule_id, connection, push)
    if found is not None:
        return found
    verified, _ = await canaries.progress(rule.auto_rule_id, connection, push, rule.began)
    stage = stage_of(verified, context.tuning.knowledge_management.canary_few)
    return await canaries.add(rule.auto_rule_id, connection, push, stage, rule.began, context.clock())


async def has_room(context: Context, canary: CanaryRow) -> bool:
    """Tell whether one more correction may be begun. Exact while the caller holds the pattern's lock."""
    if canary.stage is Stage.ALL:
        return True
    verified, under_way = await canaries.progress(canary.auto_rule, canary.connection, canary.push, canary.began)
    few = context.tuning.knowledge_management.canary_few
    return room(canary.stage, verified=verified, under_way=under_way, few=few) != 0


def wave_of(canary: CanaryRow, now: datetime) -> str:
    """Return the handle of what a rule corrects on a connection in one stage and on one day (UTC)."""
    return str(uuid.uuid5(WAVES, f"{canary.id}:{canary.stage}:{canary.began}:{now:%Y-%m-%d}"))


async def verified(context: Context, application: ApplicationRow) -> bool:
    """Take a canary further after one of its corrections was verified, and tell whether more may be begun now.

    Called inside the transaction that verified it and holds the pattern's lock. The pattern's open issues of this
    connection are marked, so that the sweep comes to them even if nobody rings.
    """
    canary = await _canary(application)
    if canary is None or canary.stage in (Stage.ALL, Stage.STOPPED):
        return False
    count, _ = await canaries.progress(canary.auto_rule, canary.connection, canary.push, canary.began)
    stage = stage_of(count, context.tuning.knowledge_management.canary_few)
    if stage is canary.stage or stage is Stage.FIRST:
        return False
    if not await canaries.move(canary.id, canary.stage, stage, context.clock()):
        return False
    await issues.look_again(pattern=application.pattern, connection=application.connection)
    return True


async def freed(application: ApplicationRow) -> bool:
    """Let another issue take the place of one whose correction counted for nothing; tell whether one may.

    Called inside a transaction.
    """
    canary = await _canary(application)
    if canary is None or canary.stage in (Stage.ALL, Stage.STOPPED):
        return False
    await issues.look_again(pattern=application.pattern, connection=application.connection)
    return True


async def stopped(context: Context, application: ApplicationRow, name: str, why: str, *, by_person: bool) -> None:
    """Stop the wave when one of a canary's first corrections was undone or refused, switch the rule off, and say so.

    `name` is the connection's. A rule that is proven on another connection stays on there, unless a person said that
    it was wrong. Called inside the transaction that ends the application and holds the pattern's lock.
    """
    canary = await _canary(application)
    if canary is None or canary.stage in (Stage.ALL, Stage.STOPPED) or application.id <= canary.began:
        return
    now = context.clock()
    reason = f"One of its first corrections on {name} {why}"
    if not await canaries.move(canary.id, canary.stage, Stage.STOPPED, now, reason):
        return
    await audit.append(
        ACTOR, "canary.stopped", f"auto_rule:{canary.auto_rule}", now, merchant=application.merchant,
        connection=canary.connection, application=application.id,
    )  # fmt: skip
    if by_person or not await canaries.is_proven_elsewhere(canary):
        await brake(context, application.merchant, canary.auto_rule, reason)
        return
    subject = f"canary:{canary.auto_rule}:{canary.connection}"
    message = f"A correction stopped spreading on {name}. {reason}"
    await alerts.open_one(application.merchant, subject, message, now, connection=canary.connection)


async def _canary(application: ApplicationRow) -> CanaryRow | None:
    if application.auto_rule is None:
        return None
    return await canaries.get(application.auto_rule, application.connection, application.push)
