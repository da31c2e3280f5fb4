"""Many are approved as they were shown, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from core.context import Context
from core.errors import Conflict, Refused
from core.model.people import Actor
from core.review import approve_frozen, freeze
from core.store.tables import Application, Suggestion


@pytest.fixture
async def pattern(shop: Any, merchant: int) -> str:
    """Return a pattern with two open issues."""
    connection = await shop.connection(merchant)
    found = await shop.pattern(merchant)
    for sku in ("KTL-1", "KTL-2"):
        await shop.issue(merchant, connection, await shop.record(merchant, connection, sku=sku), found)
    return str(found)


async def test_a_list_is_not_approved_once_something_else_is_proposed(
    context: Context, reviewer: Actor, pattern: str
) -> None:
    frozen = await freeze(context, reviewer, pattern)
    await Suggestion.update({Suggestion.program_hash: "q" * 64}, force=True)

    with pytest.raises(Conflict):
        await approve_frozen(context, reviewer, pattern, frozen.issue_ids, frozen.digest)

    assert await Application.count() == 0


async def test_a_list_is_not_approved_with_an_issue_more(context: Context, reviewer: Actor, pattern: str) -> None:
    frozen = await freeze(context, reviewer, pattern)

    with pytest.raises(Conflict):
        await approve_frozen(context, reviewer, pattern, [*frozen.issue_ids, 7], frozen.digest)

    assert frozen.count == 2


async def test_a_list_has_its_limit(context: Context, reviewer: Actor, pattern: str) -> None:
    with pytest.raises(Refused, match="At most 500"):
        await approve_frozen(context, reviewer, pattern, range(501), "")
