"""The audit sample: corrections that applied themselves, drawn by chance and put before a person."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.model.corrections import ApplicationState, AuditVerdict
from core.store.tables import Application


async def judge(application_id: int, verdict: AuditVerdict, name: str, now: datetime) -> bool:
    """Store what a person said of one of the sample, and tell whether this caller was the first."""
    judged = (
        await Application.update(
            {Application.audit_verdict: verdict, Application.audited_by: name, Application.audited_at: now}
        )
        .where(
            (Application.id == application_id)
            & Application.is_sampled.eq(True)
            & Application.audit_verdict.is_null()
            & (Application.state == ApplicationState.VERIFIED)
        )
        .returning(Application.id)
    )
    return bool(judged)


async def audited(auto_rule: str, began: int, limit: int) -> list[bool]:
    """Return what people said of a rule's sample after the id `began`, in the order said: True where it was right.

    Of a long past the newest `limit`.
    """
    rows = await (
        Application.select(Application.audit_verdict)
        .where(
            (Application.auto_rule == uuid.UUID(auto_rule))
            & (Application.id > began)
            & Application.audit_verdict.is_not_null()
        )
        .order_by(Application.audited_at, ascending=False)
        .order_by(Application.id, ascending=False)
        .limit(limit)
    )
    return [row["audit_verdict"] == AuditVerdict.CONFIRMED for row in reversed(rows)]
