"""What people decide is learned as carefully as they would want, and no machine overrules them."""

from __future__ import annotations

from typing import Any

import pytest

from core.connections import update
from core.corrections import apply
from core.model.corrections import ApplicationState, Mode, Safety, Verdict
from core.model.issues import IssueState
from core.review import modify, preview_modify, reject, set_auto_rule
from core.store import applications, auto_rules, decisions, issues, suggestions
from core.store.tables import Application, Issue, Suggestion


async def pattern_of(issue_id: int) -> str:
    """Return the pattern of an issue."""
    issue = await issues.get(issue_id)
    assert issue is not None
    return issue.pattern


async def test_what_a_person_just_rejected_is_not_applied_by_the_machine(desk, house, reviewer, admin):
    desk.spaced(12)
    connection = await desk.connect(Mode.SUGGEST)
    await desk.pull(connection)
    await desk.approve_all(11)
    [issue_id] = await desk.open()
    await update(house, admin, connection, mode=Mode.APPLY_AND_PUSH)

    decided = await reject(house, reviewer, issue_id)
    await desk.job("sweep_suggestions")
    await desk.run()

    assert decided.confidence >= 0.80
    assert (await issues.get(issue_id)).state is IssueState.OPEN
    assert desk.shop.products["P11"][1]["title"] == "Enamel  kettle 11 l"


async def test_what_waits_is_not_pushed_once_its_rule_is_switched_off(desk, house, admin):
    application_id = await waiting(desk)
    rule = (await applications.get(application_id)).auto_rule

    await set_auto_rule(house, admin, rule, is_active=False)
    await desk.job("apply_correction", application_id)
    await desk.run()

    assert (await applications.get(application_id)).state is ApplicationState.SUPERSEDED
    assert len(desk.shop.pushes) == 3
    assert len(await desk.open()) == 1


@pytest.mark.parametrize("change", [{"mode": Mode.OBSERVE}, {"mode": Mode.SUGGEST}, {"enabled": False}])
async def test_what_waits_is_not_pushed_once_its_connection_is_held_back(desk, house, admin, change):
    application_id = await waiting(desk)

    await update(house, admin, (await applications.get(application_id)).connection, **change)
    await desk.job("apply_correction", application_id)

    assert (await applications.get(application_id)).state is ApplicationState.SUPERSEDED
    assert len(desk.shop.pushes) == 3


async def waiting(desk: Any) -> int:
    """Teach a pattern, and return an automatic application that waits to be pushed."""
    desk.spaced(3)
    connection = await desk.connect()
    await desk.pull(connection)
    await desk.approve_all()
    desk.spaced(1, start=9)
    await desk.job("sync_connection", connection)
    await desk.job("suggest", *await desk.open())
    desk.queue.asked.clear()
    row = await Application.select(Application.id).where(Application.is_automatic.eq(True)).first()
    assert row is not None
    return int(row["id"])


async def test_an_observed_connection_gets_its_suggestions_when_it_may_suggest(desk, house, admin):
    desk.spaced(1)
    connection = await desk.connect(Mode.OBSERVE)
    await desk.pull(connection)
    before = await Suggestion.count()

    await update(house, admin, connection, mode=Mode.SUGGEST)
    await desk.job("sweep_suggestions")
    await desk.run()

    assert before == 0
    assert await suggestions.of_issue((await desk.open())[0])


async def test_a_connection_that_may_correct_by_itself_corrects_what_was_open_already(desk, house, admin):
    desk.spaced(4)
    connection = await desk.connect(Mode.SUGGEST)
    await desk.pull(connection)
    await desk.approve_all()

    await update(house, admin, connection, mode=Mode.APPLY_AND_PUSH)
    await desk.job("sweep_suggestions")
    await desk.run()

    assert desk.shop.products["P3"][1]["title"] == "Enamel kettle 3 l"


async def test_a_program_of_notation_alone_that_a_person_taught_is_safe(desk, house, reviewer):
    desk.shop.put("P0", gtin="4006381-33393.1")
    await desk.pull(await desk.connect(Mode.SUGGEST))
    issue = await Issue.select().where(Issue.field == "gtin").first()
    await suggestions.replace({issue["id"]: []}, house.clock())

    await modify(house, reviewer, issue["id"], value="4006381333931")

    [rule] = await auto_rules.of_pattern(str(issue["pattern"]))
    assert (rule.program, rule.safety) == (({"normalise_gtin": {}},), Safety.SAFE)


async def test_a_program_that_changes_words_is_to_be_reviewed(desk, house, reviewer):
    desk.spaced(1)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    [issue_id] = await desk.open()

    decided = await modify(house, reviewer, issue_id, value="Enamel Kettle 0 L")

    chosen = (await decisions.get(decided.decision_id)).final_hash
    assert (await auto_rules.find(await pattern_of(issue_id), chosen)).safety is Safety.REVIEW


async def test_a_value_that_nothing_explains_is_a_constant_that_can_be_carried_out(desk, house, reviewer):
    desk.spaced(1)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    [issue_id] = await desk.open()

    preview = await preview_modify(house, reviewer, issue_id, value="Something else entirely")

    assert "Something else entirely" in preview.sentence
    assert apply.run(preview.program, {"title": "x"}, "title")[0].after == "Something else entirely"


async def test_one_odd_modification_does_not_hide_what_the_others_have_in_common(desk, house, reviewer):
    desk.spaced(4)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    odd, first, second, third = await desk.open()
    await modify(house, reviewer, odd, value="A red pot")
    await modify(house, reviewer, first, value="enamel kettle 1 l")
    await modify(house, reviewer, second, value="enamel kettle 2 l")
    await desk.run()

    preview = await preview_modify(house, reviewer, third, value="enamel kettle 3 l")

    assert preview.explains == 2
    assert apply.run(preview.program, {"title": "Copper  Pan"}, "title")[0].after == "copper pan"


async def test_an_issue_whose_value_changes_its_shape_joins_the_pattern_of_that_shape(desk):
    desk.shop.put("P0", title="Enamel  kettle")
    connection = await desk.connect(Mode.SUGGEST)
    await desk.pull(connection)
    [issue_id] = await desk.open()
    before = await pattern_of(issue_id)
    desk.shop.put("P0", title=" Enamel kettle")

    await desk.pull(connection)

    assert await desk.open() == [issue_id]
    assert await pattern_of(issue_id) != before


async def test_a_value_that_still_violates_the_rule_leaves_the_issue_open(desk, house, reviewer):
    desk.spaced(1)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    [issue_id] = await desk.open()

    decided = await modify(house, reviewer, issue_id, value="Red  kettle")
    await desk.run()

    assert decided.verdict is Verdict.MODIFIED
    assert (await applications.get(decided.application_id)).state is ApplicationState.VERIFIED
    assert await desk.open() == [issue_id]


async def test_a_local_correction_outlives_the_shops_sending_the_record_anew(desk):
    await desk.learned(Mode.APPLY_LOCALLY)
    desk.spaced(1, start=3)
    row = await Application.select(Application.connection).first()

    await desk.pull(row["connection"])

    local = await Application.select().where(Application.is_automatic.eq(True)).order_by(Application.id)
    assert [one["state"] for one in local] == [ApplicationState.VERIFIED]
    assert await desk.open() == []
    assert len(desk.shop.pushes) == 3
