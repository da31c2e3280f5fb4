"""The document's table of rules shows what is in force."""

from __future__ import annotations

import asyncio

from core.jobs.rules import mirror_rules
from core.store import marketplace_rules
from core.store.tables import MarketplaceRule


async def test_each_rule_in_force_of_each_newest_pack_is_shown_once(house):
    for _ in range(2):
        await mirror_rules({"context": house})

    packs = [house.library.pack(channel).on(house.clock().date()) for channel in house.library.channels()]
    expected = {(pack.name, rule.id) for pack in packs for rule in pack.rules}
    shown = await MarketplaceRule.select(MarketplaceRule.rulepack, MarketplaceRule.rule_name)
    assert {(row["rulepack"], row["rule_name"]) for row in shown} == expected
    assert len(shown) == len(expected)


async def test_a_rule_that_is_gone_is_no_longer_active(house):
    await mirror_rules({"context": house})

    await marketplace_rules.mirror([], house.clock())

    assert not await MarketplaceRule.exists().where(MarketplaceRule.is_active.eq(True))


async def test_workers_that_start_together_do_not_disturb_each_other(house):
    await asyncio.gather(*(mirror_rules({"context": house}) for _ in range(3)))

    assert await MarketplaceRule.exists().where(MarketplaceRule.is_active.eq(True))
