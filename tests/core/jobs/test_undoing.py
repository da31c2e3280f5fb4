"""What was corrected can be put back, unless somebody edited it since, and an undo is never lost half-way."""

from __future__ import annotations

import pytest

from core.errors import Conflict
from core.model.corrections import ApplicationState, Mode
from core.review import approve, undo, undo_decision
from core.store import applications, auto_rules, issues


async def test_an_undone_correction_puts_the_old_value_back_and_is_not_applied_again(desk):
    application_id = await desk.learned()

    await undo(desk.house, desk.reviewer, application_id)
    await desk.run()

    assert desk.shop.products["P3"][1]["title"] == "Enamel  kettle 3 l"
    assert (await applications.get(application_id)).state is ApplicationState.UNDONE
    assert len(await desk.open()) == 1


async def test_an_undo_lowers_the_success_rate_of_its_rule(desk):
    application_id = await desk.learned()

    await undo(desk.house, desk.reviewer, application_id)
    await desk.run()

    rule = await auto_rules.get((await applications.get(application_id)).auto_rule)
    assert rule.success_rate == pytest.approx(0.9)


async def test_a_record_edited_since_is_not_overwritten_by_undo(desk):
    application_id = await desk.learned()
    desk.shop.put("P3", title="Red enamel kettle")
    await desk.pull((await applications.get(application_id)).connection)

    with pytest.raises(Conflict) as raised:
        await undo(desk.house, desk.reviewer, application_id)

    assert raised.value.versions["now"] == {"title": "Red enamel kettle"}


async def test_an_edit_that_nobody_told_us_of_is_not_overwritten_either(desk):
    application_id = await desk.learned()
    desk.shop.put("P3", title="Red enamel kettle")

    await undo(desk.house, desk.reviewer, application_id)
    await desk.run()

    assert desk.shop.products["P3"][1]["title"] == "Red enamel kettle"
    assert (await applications.get(application_id)).state is ApplicationState.VERIFIED


async def test_taking_back_a_decision_unlearns_it_and_undoes_what_it_applied(desk):
    desk.spaced(1)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    [issue_id] = await desk.open()
    decided = await approve(desk.house, desk.reviewer, issue_id)
    await desk.run()

    await undo_decision(desk.house, desk.reviewer, decided.decision_id)
    await desk.run()

    assert desk.shop.products["P0"][1]["title"] == "Enamel  kettle 0 l"
    [rule] = await auto_rules.of_pattern((await issues.get(issue_id)).pattern)
    assert (rule.approvals, rule.confidence) == (0, 0.0)
