"""What language models were asked over the API, and what it cost."""

from datetime import timedelta
from typing import Annotated

import msgspec
from litestar import Controller, get
from litestar.params import QueryParameter

from core.api.door import Caller, Installation, admins_only
from core.api.metrics import Days
from core.api.parameters import LARGEST, After, Id, Limit, PatternId
from core.store.listings import model_calls
from core.store.listings.model_calls import CallFilters, CallItem, CallView, DaySpending
from core.store.listings.page import Page
from core.store.model_calls import CallState

OfIssue = Annotated[int | None, QueryParameter(ge=1, le=LARGEST, description="Only what was asked about this issue.")]
OfState = Annotated[CallState | None, QueryParameter(description="Only those that ended so.")]


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """What models used, and what all merchants of the installation together may use in a day."""

    days: list[DaySpending]
    daily_calls: int
    daily_tokens: int


class ModelCalls(Controller):
    """Questions to language models."""

    path = "/model-calls"
    tags = ("Models",)
    guards = (admins_only,)

    @get("/", summary="List what models were asked")
    async def listed(
        self,
        actor: Caller,
        pattern: PatternId = None,
        issue: OfIssue = None,
        outcome: OfState = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[CallItem]:
        """Questions to language models, the newest first, each with its state, its tokens and its cost."""
        filters = CallFilters(pattern=pattern, issue=issue, state=outcome)
        return await model_calls.calls(actor.merchant, filters, after, limit)

    @get("/{call_id:int}", summary="Look at what a model saw")
    async def one(self, actor: Caller, call_id: Id) -> CallView:
        """Exactly what was sent, after personal data was taken out, and what came back."""
        return await model_calls.one(actor.merchant, call_id)

    @get("/spending", summary="Read what models cost")
    async def spending(self, actor: Caller, context: Installation, days: Days = 30) -> Spending:
        """What each of the last days used, beside the budget of a day."""
        tuning = context.tuning.ai_monitoring
        since = (context.clock() - timedelta(days=days - 1)).date().isoformat()
        found = await model_calls.spending(actor.merchant, since)
        return Spending(days=found, daily_calls=tuning.daily_calls, daily_tokens=tuning.daily_tokens)
