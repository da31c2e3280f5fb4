"""Whatever one merchant's people decide, nothing of another merchant's moves by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import review
from core.connections import create
from core.jobs import learn_models
from core.model.corrections import Mode
from core.model.people import Actor, Role
from core.review import transfer
from core.store import auto_rules, issues, merchants, model_calls, standings, suggestions
from core.store.listings.rules import of_pattern
from core.store.model_calls import CallState
from core.store.tables import (
    Alert,
    Application,
    AutoCorrectionRule,
    CorrectionDecision,
    Issue,
    IssuePattern,
    LocalModel,
    ModelCall,
    Record,
    Suggestion,
)

SEED = b"s" * 32
OF_A_MERCHANT = (IssuePattern, Issue, Application, LocalModel, ModelCall, Record, Alert)
OF_A_PATTERN = (AutoCorrectionRule, CorrectionDecision)


async def everything(merchant: int) -> dict[str, list[dict[str, Any]]]:
    """Return all that belongs to a merchant and what learning could move, row by row."""
    found = {table.__name__: await table.select().where(table.merchant == merchant) for table in OF_A_MERCHANT}
    mine = [row["pattern_id"] for row in found["IssuePattern"]]
    for table in OF_A_PATTERN:
        found[table.__name__] = await table.select().where(table.pattern_id.is_in(mine))
    open_issues = [row["id"] for row in found["Issue"]]
    found["Suggestion"] = await Suggestion.select().where(Suggestion.issue.is_in(open_issues))
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


async def judged(house: Any, merchant: int) -> list[Any]:
    """Return how a merchant's corrections stand before the gate, and what is proposed for its issues."""
    found: list[Any] = []
    numbers = house.tuning.knowledge_management
    rows = await IssuePattern.select(IssuePattern.pattern_id).where(IssuePattern.merchant == merchant)
    for pattern in sorted(str(row["pattern_id"]) for row in rows):
        found += [await standings.standing_of(rule) for rule in await auto_rules.of_pattern(pattern)]
        found += await of_pattern(pattern, Mode.APPLY_AND_PUSH, numbers)
    for issue in await Issue.select(Issue.id).where((Issue.merchant == merchant) & (Issue.state == "open")):
        for one in await suggestions.of_issue(issue["id"]):
            found.append((issue["id"], one.program_hash, one.confidence, one.evidence))
    return found


@pytest.fixture
async def neighbour(desk, house, queue, merchant) -> Actor:
    """Return the admin of a second merchant on the same channel, with the same products and a first decision."""
    other = await merchants.create("Birch & Wren", house.clock())
    admin = Actor(user=31, name="admin", role=Role.ADMIN, merchant=other)
    values = {"key": "k"}
    connection = await create(
        house, admin, merchant=other, channel="acme", name="Main shop", values=values, mode=Mode.APPLY_AND_PUSH
    )
    desk.spaced(6)
    desk.shop.put("B1", title="Alder  pot", brand="")
    await desk.pull(await desk.connect(Mode.APPLY_AND_PUSH))
    await desk.pull(connection)
    first = (await mine(other))[0]
    await review.approve(house, admin, first)
    await desk.run()
    await looked_at_anew(desk, other)
    await learn_models({"context": house}, other)
    return admin


async def looked_at_anew(desk: Any, merchant: int) -> None:
    """Look for suggestions of all of a merchant's patterns again."""
    for row in await IssuePattern.select(IssuePattern.pattern_id).where(IssuePattern.merchant == merchant):
        await desk.job("suggest_again", str(row["pattern_id"]))
    await desk.run()


async def mine(merchant: int) -> list[int]:
    """Return a merchant's open issues of the rule that both have."""
    rows = await Issue.select(Issue.id).where(
        (Issue.merchant == merchant) & (Issue.rule == "title.spaces") & (Issue.state == "open")
    )
    return sorted(row["id"] for row in rows)


async def everything_decided(desk, house, admin, merchant) -> None:
    """Let the first merchant's people do all that people can do."""
    first, second, third, fourth, *rest = await mine(merchant)
    for issue_id in (first, second, third):
        await review.approve(house, admin, issue_id)
    pattern = (await issues.get(first)).pattern
    await review.reject(house, admin, fourth, reason="no")
    decided = await review.modify(house, admin, rest[0], value="Quite another title")
    await desk.run()
    await review.undo_decision(house, admin, decided.decision_id)
    await review.set_threshold(house, admin, pattern, 0.1)
    (rule, *_) = await auto_rules.of_pattern(pattern)
    await review.set_auto_rule(house, admin, rule.auto_rule_id, is_active=False)
    await review.share(house, admin, pattern)
    exported = await transfer.export(house, admin, merchant, SEED)
    await transfer.take_over(house, admin, merchant, exported.text, seed=SEED, dry_run=False)
    call = await model_calls.claim(
        merchant=merchant, pattern=pattern, issue=first, model="m", request={}, request_hash="same", now=house.clock(),
        patience=timedelta(minutes=5),
    )  # fmt: skip
    await model_calls.end(call, CallState.ANSWERED, house.clock(), answer="{}")
    await learn_models({"context": house}, merchant)
    await desk.run()


async def test_nothing_of_another_merchant_moves(desk, house, admin, merchant, neighbour):
    before, stood = await everything(neighbour.merchant), await judged(house, neighbour.merchant)
    ours = await everything(merchant)

    await everything_decided(desk, house, admin, merchant)

    assert await everything(merchant) != ours
    assert await everything(neighbour.merchant) == before
    assert await judged(house, neighbour.merchant) == stood
    assert await model_calls.settled(neighbour.merchant, "same", house.clock() - timedelta(days=1)) is None


async def test_nor_does_it_when_its_issues_are_looked_at_anew(desk, house, admin, merchant, neighbour):
    stood = await judged(house, neighbour.merchant)
    await everything_decided(desk, house, admin, merchant)

    await looked_at_anew(desk, neighbour.merchant)
    await learn_models({"context": house}, neighbour.merchant)

    assert stood
    assert await judged(house, neighbour.merchant) == stood


async def test_who_receives_what_is_shared_is_proposed_it_and_only_their_own_word_opens_the_gate(
    desk, house, admin, merchant, neighbour
):
    first = (await mine(merchant))[0]
    await review.modify(house, admin, first, value="enamel kettle 0 l")
    await desk.run()
    pattern = (await issues.get(first)).pattern
    (chosen,) = [rule for rule in await auto_rules.of_pattern(pattern) if rule.approvals]
    await review.share(house, admin, pattern)

    await review.receive(house, neighbour, receives=True)
    await desk.run()

    theirs = (await mine(neighbour.merchant))[0]
    offered = {one.program_hash: one for one in await suggestions.of_issue(theirs)}[chosen.program_hash]
    assert list(offered.evidence) == ["Shared by another merchant: 1 of 1 decisions there approved it."]
    assert offered.confidence == pytest.approx(0.45)
    assert await Application.count().where(Application.is_automatic.eq(True)) == 0
    await review.approve(house, neighbour, theirs, suggestion_id=offered.id)
    await desk.run()
    own = await auto_rules.find((await issues.get(theirs)).pattern, chosen.program_hash)
    assert (own.approvals, own.safety) == (1, chosen.safety)
    assert [rule.approvals for rule in await auto_rules.of_pattern(pattern) if rule.approvals] == [1]
