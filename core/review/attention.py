"""How attentively people review: everybody sees their own numbers, an admin those of all."""

from __future__ import annotations

from datetime import timedelta

from core.context import Context
from core.knowledge.attention import Attention
from core.knowledge.attention import attention as of_decisions
from core.model.people import Actor
from core.store import reviewed


async def attention(context: Context, actor: Actor, days: int = 30) -> list[Attention]:
    """Return the numbers of the last days of those whose numbers the actor may see."""
    begin = context.clock() - timedelta(days=days)
    return of_decisions(await reviewed.since(actor.merchant, begin, None if actor.is_admin else actor.user))
