"""Puts what belongs to patterns where people's groupings say, and lets each pattern learn from what it then has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from core.context import Context
from core.errors import Refused
from core.knowledge.explain import brief
from core.knowledge.gate import AUTOMATIC_MODES, AUTOMATIC_PHASES
from core.knowledge.grouping import By, Grouping, Placed, by_source, leads_back, place
from core.knowledge.signature import PART
from core.model.corrections import Phase
from core.review.learn import gate_of, learn, note_pattern
from core.store import auto_rules, groupings, patterns, regrouped
from core.store.listings.corrections import sentence_of
from core.store.patterns import PatternRow
from core.store.regrouped import Member, Move

MOST_PARTS = 50
"""Most patterns that one act may reach: a split into more of them is asked to say which value it means."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern at one moment. `correction` is the sentence of its surest one; None where nothing is learned."""

    open_issues: int
    issues: int
    decisions: int
    confidence: float
    phase: Phase
    correction: str | None
    missing_approvals: int | None
    waits_for: tuple[str, ...]

    @property
    def is_automatic(self) -> bool:
        """Tell whether it corrects by itself, where the connection's mode allows it."""
        return self.phase in AUTOMATIC_PHASES


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one pattern; `before` is None where it is new.

    `cause` tells it from others of its title, `part` names what was split off by hand.
    """

    pattern_id: str
    title: str
    cause: str
    part: str | None
    before: Look | None
    after: Look


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What went where: counts, and each pattern that it touched."""

    issues: int
    decisions: int
    applications: int
    sides: tuple[Side, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything goes that does not stay."""

    issues: list[Move]
    decisions: list[Move]
    applications: list[Move]

    @property
    def programs(self) -> set[tuple[str, str, str]]:
        """Return which corrections (hashes) are known from one pattern to another."""
        return {
            (it.member.pattern, it.pattern, name)
            for it in (*self.decisions, *self.applications)
            for name in it.member.programs
        }


class _Places:
    """Finds the pattern that a member belongs to, and makes the parts that are not there yet."""

    def __init__(self, merchant: int, standing: Iterable[Grouping], edges: Mapping[str, set[str]], now: datetime):
        self.merchant, self.groupings, self.edges, self.now = merchant, by_source(standing), edges, now
        self.by_hash: dict[str, PatternRow] = {}
        self.targets: dict[str, str] = {}
        self.made: set[str] = set()

    async def know(self, hashes: Iterable[str]) -> None:
        """Load patterns by their hash."""
        self.by_hash |= await patterns.by_hashes(self.merchant, set(hashes) - self.by_hash.keys())

    async def move(self, member: Member, home: PatternRow, natural_hash: str | None) -> Move | None:
        """Return where a member goes; None where it stays. `natural_hash` None: by nature it belongs at home."""
        first = natural_hash or home.signature_hash
        await self.know([first])
        natural = self.by_hash.get(first)
        if natural is None:
            return None
        facts = {By.SHAPE: natural.cause.shape, **member.facts}
        placed = place(self.groupings, natural.cause, lambda: facts)
        target = await self._pattern(placed, natural)
        if target == member.pattern:
            return None
        return Move(member=member, pattern=target, natural_hash=placed.natural_hash)

    async def _pattern(self, placed: Placed, natural: PatternRow) -> str:
        key = placed.signature.hash()
        if key not in self.targets:
            await self.know([key])
            held = self.by_hash.get(key)
            if held is None or (placed.split_by is not None and held.split_by != placed.split_by):
                self._check_circle(key, natural)
                whole = msgspec.structs.replace(natural, title=placed.title or natural.title)
                self.targets[key] = await patterns.ensure_part(whole, placed.signature, placed.split_by or 0, self.now)
                self.made |= {self.targets[key]} if held is None else set()
            else:
                await patterns.lock(held.pattern_id)
                self.targets[key] = held.pattern_id
            if len(self.targets) > MOST_PARTS:
                raise Refused(f"That makes more than {MOST_PARTS} patterns; say which value you mean.", code="too_many")
        return self.targets[key]

    def _check_circle(self, key: str, natural: PatternRow) -> None:
        if leads_back(self.edges, natural.signature_hash, key):
            raise Refused("It would lead in a circle: that part was merged into this very pattern.", code="circle")


async def relocate(context: Context, homes: Sequence[PatternRow], edges: Mapping[str, set[str]]) -> Moved:
    """Put what these patterns hold where the groupings that stand say; called inside the transaction that locks them.

    Issues, decisions and applications go together with the corrections that they taught; then every pattern touched
    learns anew from its decisions in time order.
    """
    now = context.clock()
    merchant = homes[0].merchant
    for home in sorted(homes, key=lambda one: one.signature_hash):
        await patterns.lock(home.pattern_id)
    places = _Places(merchant, await groupings.standing(merchant), edges, now)
    plan = await _plan(places, homes)
    touched = list(dict.fromkeys([*(home.pattern_id for home in homes), *places.targets.values()]))
    before = {key: await look(context, key) for key in touched}
    for source, target, program in sorted(plan.programs):
        rule = await auto_rules.find(source, program)
        if rule is not None:
            await regrouped.inherit(target, rule, now)
    await regrouped.move_issues(plan.issues)
    await regrouped.move_decisions(plan.decisions)
    await regrouped.move_applications(plan.applications)
    for (source, target), times in sorted(Counter((it.member.pattern, it.pattern) for it in plan.issues).items()):
        await regrouped.shift(source, target, times)
    await regrouped.recount(touched)
    for key in touched:
        await _learn_anew(context, key)
    return Moved(
        issues=len(plan.issues),
        decisions=len(plan.decisions),
        applications=len(plan.applications),
        sides=tuple([await _side(context, key, None if key in places.made else before[key]) for key in touched]),
    )


async def _plan(places: _Places, homes: Sequence[PatternRow]) -> Plan:
    by_id = {home.pattern_id: home for home in homes}
    of_issue: dict[int, Move | None] = {}
    after = 0
    while found := await regrouped.issues_of(list(by_id), after):
        after = found[-1].id
        for one in found:
            of_issue[one.id] = await places.move(one, by_id[one.pattern], one.natural_hash)
    of_decision: dict[str, Move | None] = {}
    for one in await regrouped.decisions_of(list(by_id)):
        of_decision[one.id] = await places.move(one, by_id[one.pattern], one.natural_hash)
    applications: list[Move] = []
    after = 0
    while found := await regrouped.applications_of(list(by_id), after):
        after = found[-1].id
        for one in found:
            move = await _of_application(places, by_id[one.pattern], one, of_issue, of_decision)
            applications += [] if move is None else [move]
    return Plan(
        issues=[move for move in of_issue.values() if move is not None],
        decisions=[move for move in of_decision.values() if move is not None],
        applications=applications,
    )


async def _of_application(
    places: _Places,
    home: PatternRow,
    one: Member,
    of_issue: Mapping[int, Move | None],
    of_decision: Mapping[str, Move | None],
) -> Move | None:
    """Let an application go with its decision, an automatic one with its issue; else by what its record is now."""
    held: Move | None
    if one.decision in of_decision:
        held = of_decision[str(one.decision)]
    elif one.issue in of_issue:
        held = of_issue[int(one.issue or 0)]
    else:
        return await places.move(one, home, None)
    return None if held is None else msgspec.structs.replace(held, member=one)


async def _learn_anew(context: Context, pattern_id: str) -> None:
    """Let a pattern's corrections follow from its decisions, by the document's formula and in time order."""
    pattern = await patterns.get(pattern_id)
    assert pattern is not None
    for rule in await auto_rules.of_pattern(pattern_id):
        await learn(context, pattern, rule.program, rule.program_hash, rule.safety)
    await note_pattern(context, pattern_id)


async def look(context: Context, pattern_id: str) -> Look:
    """Return what a pattern is like now."""
    pattern = await patterns.get(pattern_id)
    assert pattern is not None
    open_issues, issues, decisions = await regrouped.counts(pattern_id)
    rules = await auto_rules.of_pattern(pattern_id)
    best = rules[0] if rules and rules[0].approvals + rules[0].rejections else None
    gate = None if best is None else await gate_of(context, best, AUTOMATIC_MODES[0])
    return Look(
        open_issues=open_issues,
        issues=issues,
        decisions=decisions,
        confidence=pattern.confidence,
        phase=pattern.phase,
        correction=None if best is None else sentence_of(best.program),
        missing_approvals=None if gate is None else gate.missing,
        waits_for=() if gate is None else gate.blocks,
    )


async def _side(context: Context, pattern_id: str, before: Look | None) -> Side:
    pattern = await patterns.get(pattern_id)
    assert pattern is not None
    return Side(
        pattern_id=pattern_id,
        title=pattern.title,
        cause=brief(pattern.cause),
        part=pattern.cause.context.get(PART),
        before=before,
        after=await look(context, pattern_id),
    )
