"""The key metrics over the API."""

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter

from core.api.door import Caller, Installation
from core.review import Measured, measure

Days = Annotated[int, QueryParameter(ge=1, le=365, description="How many days back to count.")]


@get("/metrics", tags=["Patterns"], summary="Read the key metrics")
async def list_metrics(actor: Caller, context: Installation, days: Days = 30) -> list[Measured]:
    """The six key metrics of the last days, each beside its target and its value in as many days before."""
    return await measure(context, actor, days)
