"""Decisions and applications over the API: what was decided, what was carried out, and taking it back."""

from typing import Annotated

from litestar import Controller, get, post
from litestar.params import QueryParameter

from core import review
from core.api.door import Caller, Installation
from core.api.parameters import After, Channel, ConnectionId, Id, Limit, PatternId, Text, Uuid
from core.model.corrections import ApplicationState
from core.store.listings import applications
from core.store.listings.applications import ApplicationFilters, ApplicationItem, DecisionItem
from core.store.listings.page import Page

By = Annotated[str | None, QueryParameter(max_length=100, description="Only those of this person.")]
InState = Annotated[ApplicationState | None, QueryParameter(name="state", description="Only those in this state.")]
Automatic = Annotated[
    bool | None, QueryParameter(description="Only what the machine did (true) or what people did (false).")
]
Sampled = Annotated[bool | None, QueryParameter(description="Only those put before a reviewer all the same.")]
OfBatch = Annotated[str | None, QueryParameter(max_length=40, description="Only what was corrected together.")]
Force = Annotated[bool, QueryParameter(description="Undo even though the record was edited since.")]


class Decisions(Controller):
    """Human verdicts."""

    path = "/decisions"
    tags = ("Decisions",)

    @get("/", summary="List decisions")
    async def listed(
        self, actor: Caller, by: By = None, pattern: PatternId = None, after: After = None, limit: Limit = 50
    ) -> Page[DecisionItem]:
        """Decisions, newest first."""
        return await applications.decisions(actor.merchant, pattern=pattern, by=by, after=after, limit=limit)

    @post("/{decision_id:str}/undo", status_code=204, summary="Take a decision back")
    async def undo(self, actor: Caller, context: Installation, decision_id: Uuid) -> None:
        """Forget a decision, undo its application, and open its issue again."""
        await review.undo_decision(context, actor, decision_id)


class Applications(Controller):
    """Corrections carried out on records."""

    path = "/applications"
    tags = ("Applications",)

    @get("/", summary="List applications")
    async def listed(
        self,
        actor: Caller,
        in_state: InState = None,
        automatic: Automatic = None,
        sampled: Sampled = None,
        channel: Channel = None,
        connection: ConnectionId = None,
        pattern: PatternId = None,
        batch: OfBatch = None,
        text: Text = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[ApplicationItem]:
        """Corrections carried out, newest first, each with before, after and outcome."""
        filters = ApplicationFilters(
            state=in_state,
            automatic=automatic,
            sampled=sampled,
            channel=channel,
            connection=connection,
            pattern=pattern,
            batch=batch,
            text=text,
        )
        return await applications.auto_corrected(actor.merchant, filters, after, limit)

    @post("/{application_id:int}/undo", status_code=204, summary="Undo an application")
    async def undo(self, actor: Caller, context: Installation, application_id: Id, force: Force = False) -> None:
        """Push what was there before. A record edited since is a conflict which shows the three versions."""
        await review.undo(context, actor, application_id, force=force)
