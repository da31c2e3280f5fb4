"""Learns local models from what changed in each merchant's catalogue: by pages, in bounded memory, beside the loop."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any

from core.context import Context
from core.jobs import keep
from core.knowledge.signature import field_without_indices
from core.queue import job
from core.store import decisions, issues, local_models, merchants, records
from core.store.local_models import LearnedSoFar
from core.store.rows import from_json, utc
from core.suggest.catalogue.columns import columns_of
from core.suggest.catalogue.decided import Decision
from core.suggest.local import examples, training
from core.suggest.local.examples import Example
from core.suggest.local.models import Models, pack, sample_of, unpack_sample

log = logging.getLogger("marketwright.models")

AT_ONCE = 500
OVERLAP = timedelta(minutes=5)
"""What changed this long before is read again: its transaction may have ended after later ones did."""

MOST_DECISIONS = 2_000
"""The latest decisions that the ranker learns from."""

MOST_PAGES = 200
"""Pages that one run reads; what is left is read by the next."""

TAUGHT = ("brand", "category", "description", "weight", "weight.value", "weight.unit", "tax_class", "product_type",
          "condition", "currency")  # fmt: skip
"""Fields for which a catalogue that taught more may have something to propose now."""

MOST_AGAIN = 10_000
"""Issues that are looked at again after learning. The first time all of those fields, later what got no suggestion."""


@job
async def learn_models(context: Context, merchant: int) -> None:
    """Learn from a merchant's records that changed since the last time, if any did."""
    known = await local_models.so_far(merchant)
    before = sample = await asyncio.to_thread(_sample, known.sample)
    at, last, read = known.at - OVERLAP, 0, 0
    for _ in range(MOST_PAGES):
        page = await local_models.changed_records(merchant, at, last, AT_ONCE)
        if not page:
            break
        doubted = await issues.not_closed([row["id"] for row in page])
        fields = {
            key: {field_without_indices(one.field).split(".")[0] for one in several} for key, several in doubted.items()
        }
        sample = await asyncio.to_thread(_merged, sample, page, fields)
        at, last, read = utc(page[-1]["updated_at"]), page[-1]["id"], read + len(page)
    else:
        await context.queue.enqueue("learn_models", merchant)
    if sample == before and known.sample:
        return
    decided = await _decisions(merchant)
    made, kept = await asyncio.to_thread(_trained, list(sample.values()), decided)
    await local_models.store(merchant, LearnedSoFar(at=at, record=last, sample=kept), made, context.clock())
    log.info("learned from %d changed products of merchant %d", read, merchant)
    waiting = await issues.unhelped(merchant, TAUGHT, none_only=bool(before), limit=MOST_AGAIN)
    await keep.ask_for_suggestions(context, waiting)


@job
async def schedule_learning(context: Context) -> None:
    """Ask for each merchant's models to be looked after."""
    for merchant in await merchants.names():
        await context.queue.enqueue("learn_models", merchant)


def _sample(data: bytes) -> dict[int, Example]:
    return sample_of(unpack_sample(data)) if data else {}


def _merged(sample: dict[int, Example], page: list[dict[str, Any]], doubted: dict[int, set[str]]) -> dict[int, Example]:
    """Return the sample with a page of records; one that teaches nothing any more is taken out."""
    read = {
        row["id"]: None
        if row["deleted_at"] is not None
        else examples.example(row["id"], row["channel"], from_json(row["record"]), doubted.get(row["id"], ()))
        for row in page
    }
    taught = [one for one in read.values() if one is not None]
    return examples.merge(sample, taught, [key for key, one in read.items() if one is None])


async def _decisions(merchant: int) -> list[Decision]:
    """Return what people decided on this merchant's products last, oldest first."""
    found = await decisions.on_products(merchant, MOST_DECISIONS)
    held = {one.id: one for one in await records.many({one.record for one in found})}
    known = []
    for one in found:
        record, field = held.get(one.record), field_without_indices(one.field)
        if record is not None and field == one.field and isinstance(one.actual, str | int | None):
            known.append(
                Decision(
                    rule=one.rule, pattern=one.pattern, field=field,
                    value="" if one.actual is None else str(one.actual), row=columns_of(record.record),
                    wanted=_said(one.wanted), refused=_said(one.refused),
                )
            )  # fmt: skip
    return [one for one in known if one.wanted is not None or one.refused is not None]


def _said(value: object) -> str | None:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _trained(sample: list[Example], decided: list[Decision]) -> tuple[bytes, bytes]:
    models: Models = training.train(sample, decided)
    return pack(models), pack(sample)
