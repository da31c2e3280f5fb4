"""Shared corrections over the API: share a pattern, take it back, receive what others share."""

from typing import Annotated

import msgspec
from litestar import delete, get, post, put
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from core import review
from core.api.door import Caller, Installation, admins_only
from core.api.parameters import LARGEST, Uuid
from core.errors import NotFound, Refused
from core.model.people import Actor
from core.review import Shared
from core.store import merchants, shared

Whose = Annotated[
    int | None, QueryParameter(ge=1, le=LARGEST, description="Whose; may be left out by people of one merchant.")
]


class Receiving(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether what other merchants share is proposed here."""

    receives: Annotated[bool, Meta(description="On or off.", examples=[True])]


@post("/patterns/{pattern_id:str}/share", status_code=200, guards=[admins_only], tags=["Patterns"],
      summary="Share a pattern")  # fmt: skip
async def share_pattern(actor: Caller, context: Installation, pattern_id: Uuid) -> Shared:
    """Let what this pattern has learned be proposed to other merchants: programs that hold no values, with their
    counts, never a record. Admins only."""
    return await review.share(context, actor, pattern_id)


@delete("/patterns/{pattern_id:str}/share", status_code=204, guards=[admins_only], tags=["Patterns"],
        summary="Take a shared pattern back")  # fmt: skip
async def unshare_pattern(actor: Caller, context: Installation, pattern_id: Uuid) -> None:
    """Propose nothing of this pattern to others any more; what they decided on is theirs. Admins only."""
    await review.unshare(context, actor, pattern_id)


@get("/shared-corrections", tags=["Patterns"], summary="Read whether shared corrections are received")
async def read_receiving(actor: Caller, merchant: Whose = None) -> Receiving:
    """Whether corrections that other merchants share are proposed to one."""
    return Receiving(receives=await shared.receives(await _seen(actor, merchant)))


@put("/shared-corrections", status_code=204, guards=[admins_only], tags=["Patterns"],
     summary="Receive shared corrections")  # fmt: skip
async def set_receiving(
    actor: Caller, context: Installation, data: JSONBody[Receiving], merchant: Whose = None
) -> None:
    """Have what other merchants share proposed, at a discount; it applies itself only once people here have approved
    it as often as anything else. Admins only."""
    await review.receive(context, actor, merchant=merchant, receives=data.receives)


async def _seen(actor: Actor, merchant: int | None) -> int:
    whose = actor.merchant if merchant is None else merchant
    if whose is None:
        raise Refused("Say for which merchant.", code="merchant_missing")
    if actor.merchant not in (None, whose) or not await merchants.exists(whose):
        raise NotFound("There is no such merchant.")
    return whose
