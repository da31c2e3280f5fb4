"""Splits and merges patterns by hand, and takes that back. A preview is the act itself, rolled back.

Only admins group: an approval more or less can open a gate. Whatever a merchant's people have grouped stands for issues
to come, until it is taken back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from core.context import Context
from core.errors import NotFound, Refused
from core.knowledge.grouping import (
    LONGEST,
    OF_PRODUCTS,
    By,
    Condition,
    How,
    leads_back,
    part_of,
    reached,
    spoken,
)
from core.knowledge.similar import leaf_of
from core.model.people import Actor
from core.model.records import RecordKind
from core.review.relocate import Moved, Side, relocate
from core.rules.fields import Nature, nature
from core.store import audit, connections, groupings, patterns, regrouped
from core.store.engine import transaction
from core.store.patterns import PatternRow

MOST_AT_ONCE = 20
"""Most patterns that are merged in one act."""
NOT_HERE = "There is no such pattern."


class Regrouped(msgspec.Struct, frozen=True, kw_only=True):
    """What a split, a merge or its taking back came to, or would: `is_preview`. `sides` are the patterns it touched."""

    is_preview: bool
    grouping_ids: tuple[int, ...]
    issues: int
    decisions: int
    applications: int
    sides: tuple[Side, ...]

    @property
    def begins(self) -> tuple[Side, ...]:
        """Return the patterns that would begin to correct by themselves."""
        return tuple(side for side in self.sides if side.after.is_automatic and not _was_automatic(side))


class _Seen(Exception):
    """What a preview wanted to know; it rolls back what was done to learn it."""

    def __init__(self, found: Regrouped) -> None:
        self.found = found


class Made(msgspec.Struct, frozen=True):
    """What an act grouped: the patterns to look through, the groupings, and what the audit log says of it."""

    homes: Sequence[PatternRow]
    grouping_ids: tuple[int, ...]
    entries: Sequence[tuple[str, str, dict[str, Any]]]


async def split_pattern(
    context: Context,
    actor: Actor,
    pattern_id: str,
    condition: Condition,
    *,
    reason: str | None = None,
    preview: bool = False,
) -> Regrouped:
    """Let what meets a condition be a cause of its own, now and from now on."""
    whole = await _groupable(actor, pattern_id)
    wanted = await _checked(whole, condition)

    async def make(edges: dict[str, set[str]]) -> Made:
        await _check_free([pattern_id])
        if any(one.condition == wanted and one.source == pattern_id for one in await groupings.around(whole)):
            raise Refused(f"It is split already: {spoken(wanted)}.", code="already_split")
        if wanted.value is not None:
            part = part_of(whole.cause, spoken(wanted)).hash()
            if leads_back(edges, whole.signature_hash, part):
                raise Refused("It would lead in a circle: that part was merged into this very pattern.", code="circle")
        now = context.clock()
        made = await groupings.add(whole, condition=wanted, reason=reason, made_by=actor.name, now=now)
        said = {"grouping": made, "by": wanted.by.value, "how": wanted.how.value}
        return Made([whole], (made,), [("pattern.split", pattern_id, said)])

    return await _carry_out(context, actor, whole.merchant, [pattern_id], make, preview=preview)


async def merge_patterns(
    context: Context,
    actor: Actor,
    target_id: str,
    source_ids: Sequence[str],
    *,
    reason: str | None = None,
    preview: bool = False,
) -> Regrouped:
    """Let other patterns be one cause with a target, now and from now on."""
    target = await _groupable(actor, target_id)
    if not 0 < len(set(source_ids)) <= MOST_AT_ONCE:
        raise Refused(f"Name 1 to {MOST_AT_ONCE} patterns to merge into this one.", code="how_many")
    sources = [await _groupable(actor, one) for one in dict.fromkeys(source_ids)]
    for source in sources:
        await _check_mergeable(source, target)

    async def make(edges: dict[str, set[str]]) -> Made:
        await _check_free([target_id, *source_ids])
        made, entries = [], []
        now = context.clock()
        for source in sources:
            if leads_back(edges, source.signature_hash, target.signature_hash):
                raise Refused(
                    f"It would lead in a circle: {target.title} is a part of {source.title}. Take that back instead.",
                    code="circle",
                )
            made.append(await groupings.add(source, target=target, reason=reason, made_by=actor.name, now=now))
            await patterns.merge(source.pattern_id, target.pattern_id)
            edges.setdefault(source.signature_hash, set()).add(target.signature_hash)
            entries.append(("pattern.merge", source.pattern_id, {"grouping": made[-1], "into": target.pattern_id}))
        return Made(sources, tuple(made), entries)

    touched = [target_id, *(source.pattern_id for source in sources)]
    return await _carry_out(context, actor, target.merchant, touched, make, preview=preview)


async def ungroup(context: Context, actor: Actor, grouping_id: int, *, preview: bool = False) -> Regrouped:
    """Let issues be grouped as they were before a split or a merge; decisions taken since go with their issues."""
    grouping = await groupings.get(grouping_id)
    if grouping is None or (actor.merchant is not None and grouping.merchant != actor.merchant):
        raise NotFound("There is no such grouping.")
    _check_admin(actor)

    async def unmake(edges: dict[str, set[str]]) -> Made:
        if not await groupings.undo(grouping_id, actor.name, context.clock()):
            raise Refused("This grouping was taken back already.", code="already_undone")
        if grouping.target is not None:
            await patterns.merge(grouping.source, None)
        homes = await patterns.by_hashes(grouping.merchant, reached(edges, [grouping.source_hash]))
        said = [("pattern.ungroup", grouping.source, {"grouping": grouping_id})]
        return Made(list(homes.values()), (grouping_id,), said)

    return await _carry_out(context, actor, grouping.merchant, [grouping.source], unmake, preview=preview)


async def _carry_out(
    context: Context,
    actor: Actor,
    merchant: int,
    pattern_ids: Sequence[str],
    act: Callable[[dict[str, set[str]]], Awaitable[Made]],
    *,
    preview: bool,
) -> Regrouped:
    """Group and move in one transaction, beside which no issue of the merchant is opened; roll a preview back."""
    try:
        async with transaction():
            await regrouped.lock_applications(pattern_ids)
            await groupings.lock(merchant)
            edges = await groupings.edges(merchant)
            made = await act(edges)
            found = _regrouped(await relocate(context, made.homes, edges), made.grouping_ids, preview)
            if preview:
                raise _Seen(found)
            for action, pattern_id, detail in made.entries:
                await audit.append(
                    actor.name, action, f"pattern:{pattern_id}", context.clock(), merchant=merchant, **detail
                )
    except _Seen as seen:
        return seen.found
    for side in found.sides:
        if side.after.open_issues:
            await context.queue.enqueue("suggest_again", side.pattern_id)
    return found


def _regrouped(moved: Moved, made: tuple[int, ...], preview: bool) -> Regrouped:
    return Regrouped(
        is_preview=preview,
        grouping_ids=made,
        issues=moved.issues,
        decisions=moved.decisions,
        applications=moved.applications,
        sides=moved.sides,
    )


def _was_automatic(side: Side) -> bool:
    return side.before is not None and side.before.is_automatic


def _check_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise Refused("Only an admin may group patterns.", code="admin_only")


async def _groupable(actor: Actor, pattern_id: str) -> PatternRow:
    pattern = await patterns.get(pattern_id)
    if pattern is None or (actor.merchant is not None and pattern.merchant != actor.merchant):
        raise NotFound(NOT_HERE)
    _check_admin(actor)
    if not pattern.merchant:
        raise Refused("A shared pattern is grouped by nobody; group your own.", code="shared")
    return pattern


async def _check_free(pattern_ids: Sequence[str]) -> None:
    """Refuse patterns that were merged into another; called where nobody else groups."""
    for pattern in (await patterns.many(pattern_ids)).values():
        if pattern.merged_into is not None:
            raise Refused(f"{pattern.title} was merged into another pattern; take that back first.", code="merged")


async def _checked(whole: PatternRow, given: Condition) -> Condition:
    """Return a condition as it is stored; Refused where it cannot be asked of this pattern's issues."""
    value = None if given.value is None else " ".join(given.value.split())
    kind = await regrouped.kind_of(whole.pattern_id)
    if kind is not None and kind is not RecordKind.PRODUCT and given.by in OF_PRODUCTS:
        raise Refused(f"Issues of {kind.value}s are split by connection or shape only.", code="not_of_products")
    if value == "" or (value is None and (given.how is not How.IS or given.by is By.VALUE)):
        raise Refused("Say which value the part has.", code="value_missing")
    if value is not None and len(value) > LONGEST:
        raise Refused(f"A value to split by has at most {LONGEST} characters.", code="value_long")
    if given.by is By.CONNECTION and value is not None:
        row = await connections.get(int(value)) if value.isdecimal() and len(value) < 16 else None
        if row is None or row.merchant != whole.merchant:
            raise Refused("There is no such connection; name it by its number.", code="no_connection")
    if given.by in (By.CONNECTION, By.SHAPE) and given.how is not How.IS:
        raise Refused(f"A {given.by} is compared as a whole; use: is.", code="how")
    return Condition(by=given.by, how=given.how, value=value)


async def _check_mergeable(source: PatternRow, target: PatternRow) -> None:
    """Refuse where what is learned of one could not be carried out on the other."""
    if source.pattern_id == target.pattern_id:
        raise Refused("A pattern is merged with another one.", code="itself")
    if source.merchant != target.merchant:
        raise NotFound(NOT_HERE)
    if source.channel != target.channel:
        raise Refused(
            "Patterns of two channels stay apart: what one channel takes the other may refuse. What one has learned is"
            " proposed to the other all the same.",
            code="other_channel",
        )
    one, other = source.cause, target.cause
    kinds = [await regrouped.kind_of(pattern.pattern_id) for pattern in (source, target)]
    if None not in kinds and kinds[0] is not kinds[1]:
        raise Refused(f"{one.field} of {kinds[0]}s and {other.field} of {kinds[1]}s are not one cause.", code="kinds")
    if leaf_of(one.field) != leaf_of(other.field):
        natures = [nature(kinds[0] or RecordKind.PRODUCT, tuple(cause.field.split("."))) for cause in (one, other)]
        if natures[0] is not natures[1] or natures[0] is Nature.FREE:
            raise Refused(
                f"A correction of {one.field} cannot be carried out on {other.field}; they hold different things.",
                code="other_field",
            )
