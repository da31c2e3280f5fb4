"""The rules in force as the document's table shows them: a mirror of the rulepacks, never their source."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from core.store.engine import transaction
from core.store.rows import to_json
from core.store.tables import MarketplaceRule

_NAMES = uuid.UUID("6f0f3c1e-5f43-4c35-9a55-0c9d2f1f7b10")
"""The space in which a rule's id is derived from its pack and name, so that each start finds the same rows."""


class Mirrored(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of one pack. `check` and `fix` are as the pack has them."""

    channel: str
    pack: str
    rule: str
    category: str
    title: str
    check: Any
    fix: Any


async def mirror(rules: Iterable[Mirrored], now: datetime) -> int:
    """Write these rules as the active ones, mark all others inactive, and return how many are active."""
    active = list(rules)
    async with transaction():
        await MarketplaceRule.update({MarketplaceRule.is_active: False}, force=True)
        for one in active:
            await MarketplaceRule.raw(
                "INSERT INTO marketplace_rules (rule_id, marketplace_name, rule_type, rule_description,"
                " validation_logic, auto_correction_logic, is_active, created_at, rulepack, rule_name)"
                " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (rule_id) DO UPDATE SET"
                " rule_type = excluded.rule_type, rule_description = excluded.rule_description,"
                " validation_logic = excluded.validation_logic,"
                " auto_correction_logic = excluded.auto_correction_logic, is_active = excluded.is_active",
                uuid.uuid5(_NAMES, f"{one.pack}:{one.rule}"), one.channel, one.category, one.title,
                to_json(one.check), None if one.fix is None else to_json(one.fix), True, now, one.pack, one.rule,
            )  # fmt: skip
    return len(active)
