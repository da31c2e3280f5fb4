"""What people say of the audit sample: right, or wrong. A wrong one is undone, and a bad sample stops its rule."""

from __future__ import annotations

from typing import Any

import msgspec

from core.context import Context
from core.errors import Conflict, NotFound, Refused
from core.knowledge.drift import has_turned
from core.model.corrections import ApplicationState, AuditVerdict
from core.model.people import Actor
from core.review.learn import brake, note_outcome
from core.review.undo import begin
from core.store import applications, audit, auto_rules, patterns, samples
from core.store.applications import ApplicationRow
from core.store.engine import transaction

LOOKED_AT = 1000
"""Of a rule's sample the test looks at so many, the newest."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a check came to. `versions` are before, after and now of a wrong one that was edited since."""

    application_id: int
    verdict: AuditVerdict
    undoing: bool
    message: str
    versions: dict[str, Any] | None = None


async def check(context: Context, actor: Actor, application_id: int, verdict: AuditVerdict) -> Checked:
    """Say of one of the sample whether it was right. It counts for or against its rule; a wrong one is undone.

    Refused where it is none of the sample, or was judged already.
    """
    application = await applications.get(application_id)
    if application is None or (actor.merchant is not None and application.merchant != actor.merchant):
        raise NotFound("There is no such application.")
    if not application.is_sampled or application.auto_rule is None:
        raise Refused("It is none of those that were drawn for a check.", code="not_sampled")
    await _judge(context, actor, application, application.auto_rule, verdict)
    told = Checked(application_id=application_id, verdict=verdict, undoing=False, message="Confirmed. Thank you.")
    if verdict is AuditVerdict.CONFIRMED:
        return told
    judged = await applications.get(application_id)
    assert judged is not None
    try:
        await begin(context, actor.name, judged)
    except (Conflict, Refused) as error:
        versions = error.versions if isinstance(error, Conflict) else None
        message = f"Noted as wrong. It was not undone: {error.message}"
        return msgspec.structs.replace(told, message=message, versions=versions)
    message = "Noted as wrong; the earlier value is being put back."
    return msgspec.structs.replace(told, undoing=True, message=message)


async def _judge(
    context: Context, actor: Actor, application: ApplicationRow, auto_rule: str, verdict: AuditVerdict
) -> None:
    """Store the verdict, count it, and switch the rule off where the sample has turned bad."""
    now, tuning = context.clock(), context.tuning.knowledge_management
    async with transaction():
        await patterns.lock(application.pattern)
        if not await samples.judge(application.id, verdict, actor.name, now):
            raise Refused(_why_not(application), code="already_checked")
        await note_outcome(context, application.merchant, auto_rule, worked=verdict is AuditVerdict.CONFIRMED, added=0)
        await audit.append(
            actor.name, "application.check", f"application:{application.id}", now, merchant=application.merchant,
            verdict=verdict,
        )  # fmt: skip
        rule = await auto_rules.get(auto_rule)
        if rule is None:
            return
        said = await samples.audited(auto_rule, rule.began, LOOKED_AT)
        if has_turned(said, floor=tuning.sample_floor, level=tuning.certified_level):
            wrong = sum(1 for one in said if not one)
            reason = (
                f"Of {len(said)} corrections that people checked {wrong} were wrong, which shows that fewer than"
                f" {tuning.sample_floor:.0%} of the newest are right."
            )
            await brake(context, application.merchant, auto_rule, reason)


def _why_not(application: ApplicationRow) -> str:
    if application.state is not ApplicationState.VERIFIED:
        return f"It is {application.state} by now; there is nothing to check."
    return "Somebody checked it already."
