"""How well the installation does: the document's key metrics of the last days, and of as many days before."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from core.context import Context
from core.model.people import Actor
from core.store.metrics import metrics


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One metric beside its target and its value in the days before. None where there is nothing to count."""

    name: str
    title: str
    description: str
    unit: str
    value: float | None
    before: float | None
    basis: int
    at_least: float | None
    at_most: float | None
    meets: bool | None


WORDS = {
    "issue_detection_rate": ("Issue detection rate", "Issues found per 1,000 syncs, each of one record", "per_1000"),
    "auto_correction_rate": ("Auto-correction rate", "Issues ended without a person", "share"),
    "human_review_time": ("Human review time", "From an issue's opening to the first decision", "seconds"),
    "correction_accuracy": ("Correction accuracy", "Finished corrections that stand", "share"),
    "knowledge_base_growth": ("Knowledge base growth", "Patterns that learned a correction, a week", "per_week"),
    "confidence_improvement": ("Confidence improvement", "Rise in the confidence of patterns, a month", "points"),
}


async def measure(context: Context, actor: Actor, days: int = 30) -> list[Measured]:
    """Return the metrics of what the actor may see."""
    now = context.clock()
    span = timedelta(days=days)
    latest = await metrics(actor.merchant, now - span, now)
    earlier = await metrics(actor.merchant, now - 2 * span, now - span)
    return [
        Measured(
            name=one.name,
            title=WORDS[one.name][0],
            description=WORDS[one.name][1],
            unit=WORDS[one.name][2],
            value=one.value,
            before=past.value,
            basis=one.basis,
            at_least=one.at_least,
            at_most=one.at_most,
            meets=one.meets,
        )
        for one, past in zip(latest, earlier, strict=True)
    ]
