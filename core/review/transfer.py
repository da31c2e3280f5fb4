"""Carries knowledge from one installation to another: written, looked at, taken over."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from core.context import Context
from core.corrections import apply
from core.errors import Malformed
from core.knowledge.safety import safety_of
from core.knowledge.transfer import Difference, Document, differences, fingerprint, read, write, writes_values
from core.model.people import Actor
from core.store import audit, auto_rules, carried, issues, patterns
from core.store.engine import transaction


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """A signed document, and how many corrections stay at home because they may hold values of records."""

    text: bytes
    key: str
    patterns: int
    rules: int
    left_out: int


async def export(context: Context, actor: Actor, merchant: int, seed: bytes) -> Exported:
    """Write what a merchant's decisions have taught."""
    now = context.clock()
    found = await carried.patterns_of(merchant)
    kept = [
        msgspec.structs.replace(one, rules=[rule for rule in one.rules if not writes_values(rule.program)])
        for one in found
    ]
    kept = [one for one in kept if one.rules]
    rules = sum(len(one.rules) for one in kept)
    made = Exported(
        text=write(kept, now.isoformat(), seed),
        key=fingerprint(seed),
        patterns=len(kept),
        rules=rules,
        left_out=sum(len(one.rules) for one in found) - rules,
    )
    async with transaction():
        await audit.append(
            actor.name, "knowledge.export", f"merchant:{merchant}", now, merchant=merchant, patterns=made.patterns,
            rules=made.rules, key=made.key,
        )  # fmt: skip
    return made


async def take_over(
    context: Context,
    actor: Actor,
    merchant: int,
    text: bytes,
    *,
    seed: bytes,
    trusted: Collection[str] = (),
    dry_run: bool = True,
) -> list[Difference]:
    """Say what a document would change, and unless it is a dry run change it.

    What is taken over is proposed like any learned correction, and needs the approvals of people here before it
    applies itself: nobody elsewhere can make it automatic.
    """
    document, key = read(text, {fingerprint(seed), *trusted})
    _check_channels(context, document)
    if dry_run:
        return differences(document, await carried.known(merchant))
    now = context.clock()
    async with transaction():
        found = differences(document, await carried.known(merchant))
        touched = await _add(context, merchant, document)
        await audit.append(
            actor.name, "knowledge.import", f"merchant:{merchant}", now, merchant=merchant, key=key,
            rules=sum(1 for one in found if one.what == "added"),
        )  # fmt: skip
    for pattern_id in touched:
        await context.queue.enqueue("suggest_again", pattern_id)
    return found


def _check_channels(context: Context, document: Document) -> None:
    known = {channel.name for channel in context.registry.channels}
    unknown = sorted({one.channel for one in document.patterns} - known)
    if unknown:
        raise Malformed(f"It speaks of channels that are not installed here: {', '.join(unknown)}.", code="channel")


async def _add(context: Context, merchant: int, document: Document) -> list[str]:
    """Add what is not known, and return the patterns that learned something. Patterns are locked by their hash.

    A document makes nothing less careful than it would be here: neither how safe a program is nor its threshold.
    """
    now, usual = context.clock(), context.tuning.ai_monitoring.confidence_threshold
    touched = []
    for pattern in sorted(document.patterns, key=lambda one: one.signature.hash()):
        pattern_id = await patterns.merged_to(await carried.add_pattern(merchant, pattern, now))
        await patterns.lock(pattern_id)
        here = await patterns.get(pattern_id)
        fix_safety = pattern.fix_safety if here is None else here.fix_safety
        for rule in pattern.rules:
            program = apply.program_hash(rule.program)
            if await auto_rules.find(pattern_id, program) is None:
                safety = max(rule.safety, safety_of(rule.program, fix_safety), key=auto_rules.CAREFUL.__getitem__)
                threshold = max(rule.threshold, usual)
                made = await auto_rules.ensure(pattern_id, rule.program, program, safety, threshold, now)
                await carried.note(made.auto_rule_id, rule)
                touched.append(pattern_id)
        await issues.look_again(pattern=pattern_id)
    return list(dict.fromkeys(touched))
