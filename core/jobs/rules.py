"""Shows the rules in force in the document's table."""

from __future__ import annotations

from typing import Any

import msgspec

from core.context import Context
from core.corrections.regex import Regex
from core.queue import job
from core.store import marketplace_rules
from core.store.marketplace_rules import Mirrored


@job
async def mirror_rules(context: Context) -> None:
    """Write the rules of each channel's newest pack, inherited ones included, to `marketplace_rules`."""
    today = context.clock().date()
    packs = [context.library.pack(channel).on(today) for channel in context.library.channels()]
    rules = [
        Mirrored(
            channel=pack.pack.channel,
            pack=pack.name,
            rule=rule.id,
            category=rule.category,
            title=rule.title,
            check={"field": rule.field, rule.check: {name: _plain(value) for name, value in rule.arguments.items()}},
            fix=rule.fix or None,
        )
        for pack in packs
        for rule in pack.rules
    ]
    await marketplace_rules.mirror(rules, context.clock())


def _plain(value: Any) -> Any:
    """Return an argument as JSON; a pattern, which is prepared for the check, as it was written."""
    return value.source if isinstance(value, Regex) else msgspec.to_builtins(value)
