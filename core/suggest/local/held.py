"""The models of merchants as the worker holds them: read from the database once for each version of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection

from core.context import Context
from core.store import local_models
from core.suggest.local.models import Models, unpack

log = logging.getLogger("marketwright.models")


async def models_of(context: Context, merchants: Collection[int]) -> dict[int, Models]:
    """Return the models of these merchants, for those that have some; none ever stands in for another's."""
    found: dict[int, Models] = {}
    for merchant, checksum in (await local_models.checksums(merchants)).items():
        held = context.shelf.get(merchant, checksum)
        if held is None:
            held = await _read(context, merchant)
        if isinstance(held, Models):
            found[merchant] = held
    return found


async def _read(context: Context, merchant: int) -> Models | None:
    stored = await local_models.models(merchant)
    if stored is None:
        return None
    try:
        models = await asyncio.to_thread(unpack, stored[1])
    except ValueError as error:
        log.warning("the models of merchant %d are left aside until they are learned again: %s", merchant, error)
        return None
    context.shelf.keep(merchant, stored[0], models)
    return models
