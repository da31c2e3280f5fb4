"""One issue, history, applications, decisions, patterns: what their pages show, to whom."""

from __future__ import annotations

import uuid

import pytest

from core.errors import NotFound
from core.model.corrections import ApplicationState, Mode, Phase
from core.model.issues import Resolution
from core.store.listings import applications, history, issues, patterns
from core.store.listings.applications import ApplicationFilters
from core.store.listings.history import HistoryFilters
from core.store.listings.patterns import PatternFilters
from core.store.rows import to_json


@pytest.fixture
async def kettle(shop):
    """Write an issue with its rule, a decision and an application; return their ids."""
    merchant = await shop.merchant()
    connection = await shop.connection(merchant)
    record = await shop.record(merchant, connection)
    pattern = await shop.pattern(merchant)
    issue = await shop.issue(merchant, connection, record, pattern)
    rule = await shop.rule(pattern, program_hash="k")
    decision = await shop.decision(issue, pattern, suggested_hash="k", final_hash="k")
    application = await shop.application(
        merchant, connection, record, issue, pattern, decision=decision, is_automatic=False
    )
    return {
        "merchant": merchant, "connection": connection, "record": record, "pattern": pattern, "issue": issue,
        "rule": str(rule), "decision": str(decision), "application": application,
    }  # fmt: skip


async def test_an_issue_shows_all_that_bears_on_it(kettle):
    view = await issues.one(kettle["merchant"], kettle["issue"])

    assert view.issue.actual == "10"
    assert view.record.record["price"] == "10"
    assert (view.connection.name, view.connection.mode) == ("main", Mode.APPLY_AND_PUSH)
    assert (view.pattern.title, view.pattern.phase) == ("Price without decimals", Phase.DETECTED)
    assert [suggestion.rank for suggestion in view.suggestions] == [1, 2]
    assert view.suggestions[0].changes[0].after == "10.00"
    assert view.suggestions[0].evidence == ["2 of 3 approved"]
    assert [decision.decision_id for decision in view.decisions] == [kettle["decision"]]
    assert view.decisions[0].application_id == kettle["application"]
    assert [application.id for application in view.applications] == [kettle["application"]]


async def test_an_issue_says_why_it_is_not_automatic(shop, kettle):
    await shop.decision(kettle["issue"], kettle["pattern"], suggested_hash="k", final_hash="k")
    await shop.decision(kettle["issue"], kettle["pattern"], suggested_hash="k", human_decision="rejected")

    view = await issues.one(kettle["merchant"], kettle["issue"])

    assert view.pattern.missing_approvals == 1
    assert any("1 more approval" in reason for reason in view.pattern.waits_for)
    assert any("below the threshold 0.80" in reason for reason in view.pattern.waits_for)


async def test_an_issue_of_an_unknown_cause_waits_for_a_first_approval(shop):
    merchant = await shop.merchant()
    issue = await shop.open_issue(merchant)

    view = await issues.one(merchant, issue)

    assert view.pattern.waits_for == ("No correction of this cause has been approved yet.",)


async def test_nothing_of_another_tenant_is_found(kettle):
    stranger = kettle["merchant"] + 1

    with pytest.raises(NotFound):
        await issues.one(stranger, kettle["issue"])
    with pytest.raises(NotFound):
        await patterns.one(stranger, str(kettle["pattern"]))
    with pytest.raises(NotFound):
        await patterns.one(None, str(uuid.uuid4()))
    assert (await patterns.patterns(stranger)).items == []
    assert await applications.recent_decisions(stranger, "ann") == []
    assert (await applications.auto_corrected(stranger, ApplicationFilters(automatic=None))).items == []


async def test_the_auto_corrected_list_leaves_out_what_people_did(shop, kettle):
    ours = [kettle[name] for name in ("merchant", "connection", "record", "issue", "pattern")]
    auto = await shop.application(*ours, is_sampled=True)
    undone = await shop.application(*ours, state="undone", undone_by="ann")

    page = await applications.auto_corrected(kettle["merchant"], ApplicationFilters())
    sampled = await applications.auto_corrected(kettle["merchant"], ApplicationFilters(sampled=True))
    failed = await applications.auto_corrected(kettle["merchant"], ApplicationFilters(state=ApplicationState.FAILED))

    assert [(item.id, item.undoable) for item in page.items] == [(undone, False), (auto, True)]
    assert page.items[1].sentence
    assert page.items[1].changes[0].before == "10"
    assert [item.id for item in sampled.items] == [auto]
    assert failed.items == []


async def test_the_last_decisions_are_those_of_one_person(shop, kettle):
    await shop.decision(kettle["issue"], kettle["pattern"], by="bob", human_decision="rejected", reason="no")

    mine = await applications.recent_decisions(kettle["merchant"], "ann")
    his = await applications.recent_decisions(kettle["merchant"], "bob")

    assert [(item.verdict, item.undoable, item.application_state) for item in mine] == [("approved", True, "verified")]
    assert [(item.verdict, item.reason, item.application_id) for item in his] == [("rejected", "no", None)]


async def test_decisions_are_paged(shop, kettle):
    for _ in range(4):
        await shop.decision(kettle["issue"], kettle["pattern"])

    first = await applications.decisions(kettle["merchant"], pattern=str(kettle["pattern"]), limit=3)
    rest = await applications.decisions(kettle["merchant"], pattern=str(kettle["pattern"]), after=first.next, limit=3)

    assert (len(first.items), len(rest.items), rest.next) == (3, 2, None)
    assert rest.items[-1].decision_id == kettle["decision"]


async def test_history_shows_how_each_issue_ended(shop, kettle):
    values = [kettle[name] for name in ("merchant", "connection", "record", "pattern")]
    for number in range(3):
        issue = await shop.issue(
            *values, field=f"f{number}", state="resolved", resolution="auto_corrected", closed_at=shop.tick()
        )
    await shop.application(*values[:3], issue, kettle["pattern"])
    await shop.decision(issue, kettle["pattern"])

    first = await history.history(kettle["merchant"], HistoryFilters(), limit=2)
    rest = await history.history(kettle["merchant"], HistoryFilters(), first.next, 2)
    other = await history.history(kettle["merchant"], HistoryFilters(resolution=Resolution.APPROVED))

    assert first.items[0].issue_id == issue
    assert (first.items[0].decided_by, first.items[0].changes[0].after) == ("ann", "10.00")
    assert first.items[1].decided_by is None
    assert (len(rest.items), rest.next, other.items) == (1, None, [])


async def test_a_pattern_shows_its_rules_decisions_and_applications(shop, kettle):
    await shop.rule(kettle["pattern"], program_hash="q", approvals=9, confidence=0.95, success_rate=92)
    for _ in range(9):
        await shop.decision(kettle["issue"], kettle["pattern"], suggested_hash="q", final_hash="q")

    view = await patterns.one(kettle["merchant"], str(kettle["pattern"]))

    assert (view.pattern.open_issues, view.pattern.active_rules, view.pattern.threshold) == (1, 2, 0.8)
    assert view.pattern.signature["field"] == "price"
    assert (view.rules[0].waits_for, view.rules[0].success_rate) == ((), 0.92)
    assert view.rules[1].auto_rule_id == kettle["rule"]
    assert view.rules[1].missing_approvals == 2
    assert len(view.decisions.items) == 10
    assert len(view.applications) == 1


async def test_patterns_are_paged_and_shared_ones_are_seen_by_all(shop, kettle):
    shared = str(await shop.pattern(0, title="Brand missing", phase="automatic"))

    first = await patterns.patterns(kettle["merchant"], limit=1)
    rest = await patterns.patterns(kettle["merchant"], None, first.next, 1)
    other = await patterns.patterns(kettle["merchant"] + 1)
    found = await patterns.patterns(None, PatternFilters(text="without"))
    automatic = await patterns.patterns(None, PatternFilters(phase=Phase.AUTOMATIC))

    assert [item.pattern_id for item in first.items] == [shared]
    assert [item.pattern_id for item in rest.items] == [str(kettle["pattern"])]
    assert rest.next is None
    assert [item.pattern_id for item in other.items] == [shared]
    assert [item.pattern_id for item in found.items] == [str(kettle["pattern"])]
    assert [item.pattern_id for item in automatic.items] == [shared]


async def test_a_program_that_cannot_be_described_is_still_listed(shop, kettle):
    await shop.rule(kettle["pattern"], correction_logic=to_json([{"decimal_places": {"places": "x", "what": 1}}]))

    view = await patterns.one(kettle["merchant"], str(kettle["pattern"]))

    assert len(view.rules) == 2
