"""Where two people are asked for, one alone makes nothing automatic, by whatever way they decide."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import msgspec
import pytest

from core import people, review
from core.knowledge.backtest import Trial
from core.model.people import Actor, Role
from core.model.tuning import KnowledgeManagement, Tuning
from core.store import decisions, issues, users
from core.store.listings import issues as issues_listing
from core.store.listings import patterns as patterns_listing
from core.store.migrations import marketwright_2026_11_27t04_41_00_000000 as earlier_decisions
from core.store.tables import Application, CorrectionDecision, Issue, IssuePattern

PAIR = KnowledgeManagement(min_reviewers=2)


@pytest.fixture
def pair(house, desk):
    """Return the installation in which two people are asked for."""
    desk.house = dataclasses.replace(house, tuning=Tuning(knowledge_management=PAIR))
    return desk.house


@pytest.fixture
def colleague(reviewer) -> Actor:
    """Return somebody else of the same merchant."""
    return msgspec.structs.replace(reviewer, user=3, name="colleague")


async def automatic() -> int:
    return await Application.count().where(Application.is_automatic.eq(True))


async def phase_of_the_cause() -> str:
    row = await IssuePattern.select(IssuePattern.phase).where(IssuePattern.issue_type == "title.spaces").first()
    return str(row["phase"])


async def test_one_reviewer_alone_makes_nothing_automatic_and_a_second_does(desk, pair, reviewer, colleague):
    desk.spaced(8)
    await desk.pull(await desk.connect())
    await desk.approve_all(5)
    alone, phase = await automatic(), await phase_of_the_cause()

    await review.approve(pair, colleague, (await desk.open())[0])
    await desk.run()

    assert (alone, phase) == (0, "recognised")
    assert await automatic() == 2
    assert await desk.open() == []


async def test_review_knowledge_and_the_backtest_say_so_in_the_same_words(desk, pair, reviewer, merchant):
    desk.spaced(8)
    await desk.pull(await desk.connect())
    await desk.approve_all(5)
    issue = (await desk.open())[0]
    pattern = (await issues.get(issue)).pattern

    seen = await issues_listing.one(merchant, issue, learning=PAIR)
    (rule,) = (await patterns_listing.one(merchant, pattern, learning=PAIR)).rules
    tried = await review.backtest(pair, reviewer, Trial(), pattern_id=pattern)
    alone = await review.backtest(pair, reviewer, Trial(min_reviewers=1), pattern_id=pattern)

    assert rule.waits_for[0] == "Approved by one person; two are needed."
    assert seen.pattern.waits_for == rule.waits_for
    assert (rule.reviewers, rule.left_out, rule.missing_approvals) == (1, 5, 1)
    assert (tried.trial.applied, alone.trial.applied) == (0, 2)
    assert rule.confidence == pytest.approx(1.0)


async def test_a_bulk_approval_is_the_word_of_one_person(desk, pair, reviewer):
    desk.spaced(8)
    await desk.pull(await desk.connect())
    pattern = (await issues.get((await desk.open())[0])).pattern
    frozen = await review.freeze(pair, reviewer, pattern)

    await review.approve_frozen(pair, reviewer, pattern, frozen.issue_ids, frozen.digest)
    await desk.run()
    desk.spaced(2, start=20)
    await desk.pull((await Issue.select(Issue.connection).first())["connection"])

    assert frozen.count == 8
    assert await automatic() == 0
    assert len(await desk.open()) == 2


async def test_a_token_is_its_person_and_another_with_the_same_name_would_not_be(desk, pair, merchant):
    ann = await people.create_user("ann", "correct horse battery", Role.REVIEWER, merchant)
    token = await people.create_api_token(ann, "nightly")
    program = (await people.by_token(token)).actor
    person = (await people.sign_in("ann", "correct horse battery")).actor
    desk.spaced(8)
    await desk.pull(await desk.connect())

    for actor in (person, person, program, program):
        await review.approve(pair, actor, (await desk.open())[0])
        await desk.run()

    assert program.user == person.user == ann
    assert await automatic() == 0
    assert {row["reviewer"] for row in await CorrectionDecision.select(CorrectionDecision.reviewer)} == {ann}
    await review.approve(pair, msgspec.structs.replace(person, user=ann + 1), (await desk.open())[0])
    await desk.run()
    assert await automatic() == 3


async def test_a_decision_from_before_accounts_were_kept_gets_its_account_by_name(shop, desk, pair, merchant):
    now = datetime.now(UTC)
    known = await users.create("old hand", "x", Role.REVIEWER, merchant, now)
    desk.spaced(1)
    await desk.pull(await desk.connect())
    issue = await issues.get((await desk.open())[0])
    for by in ("old hand", "command line"):
        await decisions.insert(
            issue.pattern, issue.id, "approved", issue_data={}, suggestion=None, solution=None, suggested_hash="p",
            final_hash="p", decided_by=by, reviewer=0, reason=None, now=now,
        )  # fmt: skip
    await CorrectionDecision.update({CorrectionDecision.reviewer: None}, force=True)

    for run in (await earlier_decisions.forwards()).raw:
        await run()

    assert [one.reviewer for one in await decisions.judged(issue.pattern)] == [known, "command line"]
