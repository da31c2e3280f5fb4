"""The rules that a record was checked with, found again by their stamp."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import rulebook
from core.model.requirements import Requirement, RequirementSet
from core.rules.published import sound
from core.store import connections, requirements


@pytest.fixture
async def row(context, shop, merchant):
    """Return a connection to Shopify."""
    return await connections.get(await shop.connection(merchant))


async def test_the_stamp_of_the_rules_in_force_leads_back_to_them(context, row):
    now = await rulebook.rules_of(context, row)

    found = await rulebook.rules_stamped(context, row, now.stamp)

    assert found is not None
    assert (found.stamp, found.rules) == (now.stamp, now.rules)


async def test_a_stamp_in_another_language_is_not_that_of_the_rules(context, row):
    now = await rulebook.rules_of(context, row)

    assert await rulebook.rules_stamped(replace(context, language="fr"), row, now.stamp) is None


async def test_a_stamp_from_before_the_platform_was_asked_leads_to_the_pack_alone(context, row):
    before = await rulebook.rules_of(context, row)
    asks = Requirement(label="MPN", field="mpn", check="required", source="a test")
    await requirements.keep(row.id, sound(RequirementSet(name="product", requirements=(asks,))), context.clock())
    await requirements.close_round(row.id, {"product"}, context.clock())
    asked = await connections.get(row.id)

    found = await rulebook.rules_stamped(context, asked, before.stamp)

    assert (await rulebook.rules_of(context, asked)).stamp != before.stamp
    assert found is not None
    assert found.stamp == before.stamp


@pytest.mark.parametrize("stamp", ["shopify@2026.11#00000000", "gone@2026.11#0", "shopify@2026.11+r0000000#0", "x"])
async def test_a_stamp_that_nobody_knows_leads_nowhere(context, row, stamp):
    assert await rulebook.rules_stamped(context, row, stamp) is None
