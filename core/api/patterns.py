"""Patterns and auto rules over the API: what was learned, and how far it may go by itself."""

from datetime import timedelta
from typing import Annotated

from litestar import Controller, get, post, put
from litestar.params import JSONBody, QueryParameter

from core import review
from core.api.bodies import FrozenList, Switch, Threshold
from core.api.door import Caller, Installation, admins_only
from core.api.parameters import After, Channel, Limit, PatternId, Text, Uuid
from core.knowledge.backtest import GateKind, Trial
from core.model.corrections import Phase
from core.review import Backtest, Decided, Frozen
from core.store.listings import patterns
from core.store.listings.page import Page
from core.store.listings.patterns import PatternFilters, PatternItem, PatternView

InPhase = Annotated[Phase | None, QueryParameter(description="Only those in this phase.")]
ToTry = Annotated[
    float | None, QueryParameter(ge=0, le=1, description="The threshold to try; none leaves each pattern its own.")
]
GateToTry = Annotated[
    GateKind | None, QueryParameter(description="The gate to try; none leaves each correction its own.")
]
CountToTry = Annotated[int | None, QueryParameter(ge=1, le=1000, description="The approvals to ask for instead.")]
PeopleToTry = Annotated[int | None, QueryParameter(ge=1, le=50, description="How many people to ask for instead.")]
CapToTry = Annotated[
    float | None, QueryParameter(gt=0, le=1, description="The largest share of the approvals that is one person's.")
]
Days = Annotated[int, QueryParameter(ge=1, le=3650, description="How many days back to count.")]


class Patterns(Controller):
    """The causes that issues share."""

    path = "/patterns"
    tags = ("Patterns",)

    @get("/", summary="List patterns")
    async def listed(
        self,
        actor: Caller,
        channel: Channel = None,
        phase: InPhase = None,
        text: Text = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[PatternItem]:
        """Patterns, the last seen first."""
        filters = PatternFilters(channel=channel, phase=phase, text=text)
        return await patterns.patterns(actor.merchant, filters, after, limit)

    @get("/backtest", summary="Try other numbers on the past")
    async def backtest(
        self,
        actor: Caller,
        context: Installation,
        threshold: ToTry = None,
        gate: GateToTry = None,
        min_occurrences: CountToTry = None,
        min_reviewers: PeopleToTry = None,
        reviewer_cap: CapToTry = None,
        days: Days = 30,
        pattern: PatternId = None,
        channel: Channel = None,
    ) -> Backtest:
        """What would have applied itself, how much of it people rejected or undid, and the minutes it saves.

        `trial` is at the numbers given, `now` at those in force. Nothing is changed.
        """
        since = context.clock() - timedelta(days=days)
        trial = Trial(
            threshold=threshold,
            gate=gate,
            min_occurrences=min_occurrences,
            min_reviewers=min_reviewers,
            reviewer_cap=reviewer_cap,
            since=since,
        )
        return await review.backtest(context, actor, trial, pattern_id=pattern, channel=channel)

    @get("/{pattern_id:str}", summary="Look at a pattern")
    async def one(self, actor: Caller, context: Installation, pattern_id: Uuid, after: After = None) -> PatternView:
        """A pattern with its auto rules, decisions (`after` pages them) and applications."""
        learning = context.tuning.knowledge_management
        return await patterns.one(actor.merchant, pattern_id, learning=learning, after=after)

    @put("/{pattern_id:str}/threshold", status_code=204, guards=[admins_only], summary="Set a threshold")
    async def threshold(
        self, actor: Caller, context: Installation, pattern_id: Uuid, data: JSONBody[Threshold]
    ) -> None:
        """Set the confidence from which this pattern's corrections apply themselves. Admins only."""
        await review.set_threshold(context, actor, pattern_id, data.threshold)

    @post("/{pattern_id:str}/freeze", status_code=200, summary="Freeze a pattern's open issues")
    async def freeze(self, actor: Caller, context: Installation, pattern_id: Uuid) -> Frozen:
        """A list that nothing joins any more, with a sample of what approving it would change. Nothing is decided."""
        return await review.freeze(context, actor, pattern_id)

    @post("/{pattern_id:str}/approve", status_code=200, summary="Approve a frozen list")
    async def approve(
        self, actor: Caller, context: Installation, pattern_id: Uuid, data: JSONBody[FrozenList]
    ) -> list[Decided]:
        """Approve the best suggestion of each issue in the list that `freeze` gave."""
        return await review.approve_frozen(context, actor, pattern_id, data.issue_ids, data.digest)


class AutoRules(Controller):
    """Learned corrections."""

    path = "/auto-rules"
    tags = ("Auto rules",)

    @put("/{auto_rule_id:str}/active", status_code=204, guards=[admins_only], summary="Switch an auto rule")
    async def switch(self, actor: Caller, context: Installation, auto_rule_id: Uuid, data: JSONBody[Switch]) -> None:
        """Let an auto rule apply itself, or stop it. Admins only."""
        await review.set_auto_rule(context, actor, auto_rule_id, is_active=data.is_active)
