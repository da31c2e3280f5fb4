"""The review queue over the API: list, look, decide."""

from typing import Annotated

from litestar import Controller, get, post
from litestar.params import JSONBody, QueryParameter

from core import review
from core.api.bodies import Approval, Modification, Rejection
from core.api.door import Caller, Installation
from core.api.parameters import After, Channel, ConnectionId, Id, Limit, PatternId, Text
from core.model.issues import Category, Resolution, Severity
from core.review import Decided, Preview
from core.store.listings import groups, history, issues
from core.store.listings import review as listing
from core.store.listings.groups import QueueGroup
from core.store.listings.history import HistoryFilters, HistoryItem
from core.store.listings.issues import IssueView
from core.store.listings.page import Page
from core.store.listings.review import Counts, QueueFilters, QueueItem, Sort

Order = Annotated[Sort, QueryParameter(description="What comes first.")]
OfSeverity = Annotated[Severity | None, QueryParameter(description="Only of this severity.")]
OfCategory = Annotated[Category | None, QueryParameter(description="Only of this category.")]
Ended = Annotated[Resolution | None, QueryParameter(description="Only those that ended so.")]


class Issues(Controller):
    """Rules violated by records, and the decisions on them."""

    path = "/issues"
    tags = ("Issues",)

    @get("/", summary="List the review queue")
    async def queue(
        self,
        actor: Caller,
        sort: Order = Sort.BENEFIT,
        channel: Channel = None,
        severity: OfSeverity = None,
        category: OfCategory = None,
        pattern: PatternId = None,
        connection: ConnectionId = None,
        text: Text = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[QueueItem]:
        """Open issues, each with its record and its best suggestion."""
        filters = QueueFilters(
            sort=sort,
            channel=channel,
            severity=severity,
            category=category,
            pattern=pattern,
            connection=connection,
            text=text,
        )
        return await listing.queue(actor.merchant, filters, after, limit)

    @get("/groups", summary="List the review queue by cause")
    async def groups(
        self,
        actor: Caller,
        sort: Order = Sort.BENEFIT,
        channel: Channel = None,
        severity: OfSeverity = None,
        category: OfCategory = None,
        connection: ConnectionId = None,
        text: Text = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[QueueGroup]:
        """Patterns that have open issues, with the count of these."""
        filters = QueueFilters(
            sort=sort, channel=channel, severity=severity, category=category, connection=connection, text=text
        )
        return await groups.groups(actor.merchant, filters, after, limit)

    @get("/counts", summary="Count what waits")
    async def counts(self, actor: Caller, context: Installation) -> Counts:
        """How many issues are open, what was corrected by itself today, and what failed."""
        return await listing.counts(actor.merchant, context.clock())

    @get("/closed", summary="List closed issues")
    async def closed(
        self,
        actor: Caller,
        channel: Channel = None,
        resolution: Ended = None,
        pattern: PatternId = None,
        connection: ConnectionId = None,
        text: Text = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[HistoryItem]:
        """Closed issues and how each of them ended, the last closed first."""
        filters = HistoryFilters(
            channel=channel, resolution=resolution, pattern=pattern, connection=connection, text=text
        )
        return await history.history(actor.merchant, filters, after, limit)

    @get("/{issue_id:int}", summary="Look at an issue")
    async def one(self, actor: Caller, context: Installation, issue_id: Id) -> IssueView:
        """An issue with its record, its pattern, its suggestions and what was decided on the same cause."""
        return await issues.one(actor.merchant, issue_id, learning=context.tuning.knowledge_management)

    @post("/{issue_id:int}/approve", status_code=200, summary="Approve a suggestion")
    async def approve(self, actor: Caller, context: Installation, issue_id: Id, data: JSONBody[Approval]) -> Decided:
        """Carry out a suggestion on the record, push it to the channel, and teach the pattern."""
        return await review.approve(context, actor, issue_id, suggestion_id=data.suggestion_id)

    @post("/{issue_id:int}/reject", status_code=200, summary="Reject a suggestion")
    async def reject(self, actor: Caller, context: Installation, issue_id: Id, data: JSONBody[Rejection]) -> Decided:
        """Leave the record as it is and teach the pattern that this was wrong."""
        return await review.reject(context, actor, issue_id, suggestion_id=data.suggestion_id, reason=data.reason)

    @post("/{issue_id:int}/dismiss", status_code=204, summary="Dismiss an issue")
    async def dismiss(self, actor: Caller, context: Installation, issue_id: Id) -> None:
        """Leave the record as it is and teach nothing. The issue opens again when its value changes."""
        await review.dismiss(context, actor, issue_id)

    @post("/{issue_id:int}/reopen", status_code=204, summary="Reopen a dismissed issue")
    async def reopen(self, actor: Caller, context: Installation, issue_id: Id) -> None:
        """Put a dismissed issue back into the queue."""
        await review.reopen(context, actor, issue_id)

    @post("/{issue_id:int}/preview", status_code=200, summary="Preview a value of one's own")
    async def preview(
        self, actor: Caller, context: Installation, issue_id: Id, data: JSONBody[Modification]
    ) -> Preview:
        """What modifying to this value would teach and change, and which rules it would violate. Nothing is kept."""
        return await review.preview_modify(context, actor, issue_id, value=data.value)

    @post("/{issue_id:int}/modify", status_code=200, summary="Correct with a value of one's own")
    async def modify(self, actor: Caller, context: Installation, issue_id: Id, data: JSONBody[Modification]) -> Decided:
        """Give the field this value, push it, and teach the pattern how it was reached."""
        return await review.modify(context, actor, issue_id, value=data.value)
