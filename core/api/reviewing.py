"""How people review over the API."""

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter

from core import review
from core.api.door import Caller, Installation
from core.knowledge.attention import Attention

Days = Annotated[int, QueryParameter(ge=1, le=365, description="How many days back to count.")]


@get("/reviewing", tags=["Patterns"], summary="Read how people review")
async def list_attention(actor: Caller, context: Installation, days: Days = 30) -> list[Attention]:
    """How often people overrule suggestions and how fast they decide: one's own numbers, for an admin those of all."""
    return await review.attention(context, actor, days)
