"""Grouping by hand over the API: why issues are one cause, what is similar, splits and merges and their taking back."""

from litestar import Controller, get, post
from litestar.params import JSONBody

from core import review
from core.api.bodies import Merge, Split, Ungroup
from core.api.door import Caller, Installation, admins_only
from core.api.parameters import Id, Uuid
from core.knowledge.grouping import Condition
from core.review import Regrouped
from core.store.listings import kin
from core.store.listings.kin import Kin


class Groupings(Controller):
    """Which issues are one cause."""

    path = "/"
    tags = ("Patterns",)

    @get("/patterns/{pattern_id:str}/kin", summary="See why issues are one cause")
    async def kin(self, actor: Caller, pattern_id: Uuid) -> Kin:
        """The parts of the signature in words, the groupings by hand, and similar patterns with their distance."""
        return await kin.of(actor.merchant, pattern_id)

    @post("/patterns/{pattern_id:str}/split", status_code=200, guards=[admins_only], summary="Split a pattern")
    async def split(self, actor: Caller, context: Installation, pattern_id: Uuid, data: JSONBody[Split]) -> Regrouped:
        """Let what meets a condition be a cause of its own, now and from now on. Admins only.

        Each decision goes with its issue, and confidence follows from the decisions that a pattern has. With `preview`
        nothing is changed.
        """
        condition = Condition(by=data.by, how=data.how, value=data.value)
        return await review.split_pattern(
            context, actor, pattern_id, condition, reason=data.reason, preview=data.preview
        )

    @post("/patterns/{pattern_id:str}/merge", status_code=200, guards=[admins_only], summary="Merge patterns")
    async def merge(self, actor: Caller, context: Installation, pattern_id: Uuid, data: JSONBody[Merge]) -> Regrouped:
        """Let other patterns be one cause with this one, now and from now on. Admins only.

        The decisions of all of them count, in time order. With `preview` nothing is changed.
        """
        return await review.merge_patterns(
            context, actor, pattern_id, data.pattern_ids, reason=data.reason, preview=data.preview
        )

    @post("/groupings/{grouping_id:int}/take-back", status_code=200, guards=[admins_only], summary="Ungroup")
    async def take_back(
        self, actor: Caller, context: Installation, grouping_id: Id, data: JSONBody[Ungroup]
    ) -> Regrouped:
        """Take a split or a merge back; decisions taken since go with their issues. Admins only."""
        return await review.ungroup(context, actor, grouping_id, preview=data.preview)
