"""Records, alerts and the audit log over the API."""

from typing import Annotated

from litestar import Controller, get
from litestar.params import QueryParameter

from core.api.door import Caller, admins_only
from core.api.parameters import After, Channel, ConnectionId, Id, Limit, Text
from core.model.records import RecordKind
from core.store.listings import alerts, audit, records
from core.store.listings.alerts import AlertItem
from core.store.listings.audit import AuditFilters, AuditItem
from core.store.listings.page import Page
from core.store.listings.records import RecordFilters, RecordItem, RecordView

OfKind = Annotated[RecordKind | None, QueryParameter(description="Only of this kind.")]
WithIssues = Annotated[bool | None, QueryParameter(description="Only with (true) or without (false) an open issue.")]
Closed = Annotated[bool, QueryParameter(description="Closed alerts rather than open ones.")]
By = Annotated[str | None, QueryParameter(max_length=100, description="Only what this person did.")]
Action = Annotated[str | None, QueryParameter(max_length=80, description="Only this action.")]
Subject = Annotated[str | None, QueryParameter(max_length=200, description="Only about this thing: `issue:12`.")]


class Records(Controller):
    """Canonical products, orders and stock levels."""

    path = "/records"
    tags = ("Records",)

    @get("/", summary="List records")
    async def listed(
        self,
        actor: Caller,
        kind: OfKind = None,
        channel: Channel = None,
        connection: ConnectionId = None,
        with_issues: WithIssues = None,
        text: Text = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[RecordItem]:
        """Records that their channels still have, newest first."""
        filters = RecordFilters(kind=kind, channel=channel, connection=connection, with_issues=with_issues, text=text)
        return await records.records(actor.merchant, filters, after, limit)

    @get("/{record_id:int}", summary="Look at a record")
    async def one(self, actor: Caller, record_id: Id) -> RecordView:
        """A record with the platform's own payload and its open issues."""
        return await records.one(actor.merchant, record_id)


@get("/alerts", tags=["Installation"], summary="List alerts")
async def list_alerts(actor: Caller, closed: Closed = False, after: After = None, limit: Limit = 50) -> Page[AlertItem]:
    """What a person should know, newest first."""
    return await alerts.alerts(actor.merchant, after, limit, closed=closed)


@get("/audit", tags=["Installation"], guards=[admins_only], summary="List the audit log")
async def list_audit(
    actor: Caller,
    by: By = None,
    action: Action = None,
    subject: Subject = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[AuditItem]:
    """Who did what to which thing, newest first. Admins only."""
    return await audit.entries(actor.merchant, AuditFilters(actor=by, action=action, subject=subject), after, limit)
