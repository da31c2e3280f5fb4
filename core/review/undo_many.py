"""Undo of a batch, or of what a program did since a time: first a frozen list with its digest, then exactly that."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from core.context import Context
from core.corrections import apply
from core.errors import Conflict, NotFound, Refused
from core.model.corrections import UndoScope
from core.model.people import Actor
from core.store import applications, audit, auto_rules, patterns, records, undos
from core.store.auto_rules import AutoRuleRow
from core.store.engine import transaction
from core.store.rows import to_json
from core.store.undos import Candidate

MOST = 50_000
LOOKED_INTO = 500
"""In a list of at most so many it is counted which records were edited since."""
SAMPLE = 5


class FrozenUndo(msgspec.Struct, frozen=True, kw_only=True):
    """Corrections to take back, that none joins any more. `sample` shows some of what that would change.

    `last` is the newest application there was; `digest` stands for the list. `edited` counts those whose records no
    longer hold what was written, as far as is known here: these are not overwritten. None in a long list.
    """

    scope: UndoScope
    last: int
    digest: str
    count: int
    edited: int | None
    sample: tuple[dict[str, Any], ...]


async def freeze_undo(context: Context, actor: Actor, scope: UndoScope) -> FrozenUndo:
    """Return what a scope covers now; nothing is undone. Of a rule only an admin may take everything back."""
    program = await _checked(actor, scope)
    found = await undos.candidates(actor.merchant, scope, program)
    step = max(len(found) // SAMPLE, 1)
    return FrozenUndo(
        scope=scope,
        last=found[-1].id if found else 0,
        digest=_digest(scope, found),
        count=len(found),
        edited=await _edited(found) if len(found) <= LOOKED_INTO else None,
        sample=tuple([await _shown(one.id) for one in found[::step][:SAMPLE]]),
    )


async def start_undo(context: Context, actor: Actor, scope: UndoScope, *, last: int, digest: str) -> int:
    """Begin to take back a frozen list and return the undo's id; asked twice, the same one.

    Conflict when the list is another one by now. A rule whose corrections are all taken back is switched off first.
    """
    program = await _checked(actor, scope)
    found = await undos.candidates(actor.merchant, scope, program, last)
    if _digest(scope, found) != digest:
        raise Conflict("The list is not the one that was shown; look at it again.", code="list_changed")
    if not found:
        raise Refused("There is nothing left to undo here.", code="nothing_to_undo")
    if len(found) > MOST:
        raise Refused(f"At most {MOST:,} corrections are undone at once; name a later time.", code="too_many")
    now = context.clock()
    merchants = {one.merchant for one in found}
    merchant = merchants.pop() if len(merchants) == 1 else 0
    async with transaction():
        if program is not None and scope.auto_rule is not None:
            await patterns.lock(program[0])
            reason = f"Everything it did{_since(scope.since)} is being undone by {actor.name}."
            await auto_rules.switch(scope.auto_rule, is_active=False, reason=reason)
        undo_id, is_new = await undos.create(merchant, scope, digest, [one.id for one in found], actor.name, now)
        if is_new:
            await audit.append(
                actor.name, "undo.start", f"undo:{undo_id}", now, merchant=merchant or None, count=len(found),
                digest=digest, scope=msgspec.to_builtins(scope),
            )  # fmt: skip
    await context.queue.enqueue("carry_undo", undo_id)
    return undo_id


async def undo_batch(context: Context, actor: Actor, batch: str) -> int:
    """Take back at once what was approved together, as it stands now, and return the undo's id."""
    frozen = await freeze_undo(context, actor, UndoScope(batch=batch))
    return await start_undo(context, actor, frozen.scope, last=frozen.last, digest=frozen.digest)


async def _checked(actor: Actor, scope: UndoScope) -> tuple[str, str] | None:
    """Return the program that a scope names, None for a batch; NotFound for what is not the actor's."""
    if (scope.batch is None) == (scope.auto_rule is None):
        raise Refused("Name either a batch or an auto rule.", code="scope")
    if scope.auto_rule is None:
        if not await undos.is_known(actor.merchant, scope):
            raise NotFound("There is no such batch.")
        return None
    rule = await _rule(actor, scope.auto_rule)
    if not actor.is_admin:
        raise Refused("Only an admin may take back everything that a rule did.", code="admin_only")
    return rule.pattern_id, rule.program_hash


async def _rule(actor: Actor, auto_rule_id: str) -> AutoRuleRow:
    rule = await auto_rules.get(auto_rule_id)
    pattern = None if rule is None else await patterns.get(rule.pattern_id)
    if rule is None or pattern is None or (actor.merchant is not None and pattern.merchant != actor.merchant):
        raise NotFound("There is no such auto rule.")
    return rule


def _digest(scope: UndoScope, found: Sequence[Candidate]) -> str:
    text = f"{to_json(scope)}:{','.join(str(one.id) for one in found)}"
    return hashlib.sha256(text.encode()).hexdigest()


def _since(since: datetime | None) -> str:
    return "" if since is None else f" since {since:%Y-%m-%d %H:%M} UTC"


async def _edited(found: Sequence[Candidate]) -> int:
    """Count those whose records hold something else than what was written to them."""
    rows = await applications.many([one.id for one in found])
    held = {record.id: record for record in await records.many({row.record for row in rows})}
    return sum(
        1
        for row in rows
        if row.pushed_at is not None
        and any(apply.get(held[row.record].record, change.field) != change.after for change in row.changes)
    )


async def _shown(application_id: int) -> dict[str, Any]:
    row = await applications.get(application_id)
    assert row is not None
    record = await records.get(row.record)
    assert record is not None
    return {
        "application_id": row.id,
        "title": record.title,
        "sku": record.sku,
        "changes": msgspec.to_builtins(list(apply.revert(row.changes))),
    }
