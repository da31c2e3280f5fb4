"""What is corrected here only lies over what the channel says, and gives way when the channel says something new."""

from __future__ import annotations

import asyncio
from typing import Any

from core.jobs.carry import HOLD
from core.model.corrections import ApplicationState, Mode
from core.review import keep_theirs, met, put_ours_back, undo
from core.store import applications, records
from core.store.tables import Alert, Application, Issue, Record


async def local(desk: Any) -> int:
    """Return the one correction that applied itself here."""
    row = await Application.select(Application.id).where(Application.is_automatic.eq(True)).first()
    return int(row["id"])


async def title_here(external_id: str) -> str:
    """Return the title that our copy has."""
    row = await Record.select(Record.id).where(Record.external_id == external_id).first()
    found = await records.get(row["id"])
    assert found is not None
    return str(found.record["title"])


async def learned(desk: Any) -> tuple[int, int]:
    """Return a local correction of P3, and its connection."""
    application_id = await desk.learned(Mode.APPLY_LOCALLY)
    found = await applications.get(application_id)
    assert found is not None
    return application_id, found.connection


async def test_the_channels_next_word_does_not_overwrite_a_local_correction(desk):
    application_id, connection = await learned(desk)
    desk.shop.put("P3", title="Enamel  kettle 3 l", price="41.00")

    await desk.pull(connection)

    assert await title_here("P3") == "Enamel kettle 3 l"
    assert (await applications.get(application_id)).state is ApplicationState.VERIFIED
    row = await Record.select(Record.record).where(Record.external_id == "P3").first()
    assert '"41.00"' in row["record"]
    assert desk.shop.products["P3"][1]["title"] == "Enamel  kettle 3 l"
    assert len(desk.shop.pushes) == 3


async def test_rules_see_the_corrected_value(desk):
    _, connection = await learned(desk)
    desk.shop.put("P3", title="Enamel  kettle 3 l", price="41.00")
    await desk.pull(connection)
    await Record.update({Record.checked_with: None}, force=True)

    await desk.job("validate_connection", connection)

    assert await desk.open() == []
    assert not await Issue.exists().where((Issue.rule == desk.rule) & Issue.closed_at.is_null())


async def test_an_edit_at_the_channel_wins_and_is_told(desk):
    application_id, connection = await learned(desk)
    desk.shop.put("P3", title="Red kettle")

    await desk.pull(connection)

    assert await title_here("P3") == "Red kettle"
    assert (await applications.get(application_id)).state is ApplicationState.SUPERSEDED
    alert = await Alert.select().where(Alert.subject == f"overlay:{connection}").first()
    assert f"/applications/{application_id}/conflict" in alert["message"]


async def test_an_edit_that_breaks_the_rule_again_opens_an_issue(desk):
    _, connection = await learned(desk)
    desk.shop.put("P3", title="Red  kettle")

    await desk.job("sync_connection", connection)

    assert len(await desk.open()) == 1


async def test_the_three_versions_are_shown_and_ours_can_be_put_back(desk, house, reviewer):
    application_id, connection = await learned(desk)
    desk.shop.put("P3", title="Red kettle")
    await desk.pull(connection)

    found = await met(house, reviewer, application_id)
    made = await put_ours_back(house, reviewer, application_id)
    await desk.run()

    [versions] = found.versions
    assert (versions.before, versions.after, versions.now) == (
        "Enamel  kettle 3 l", "Enamel kettle 3 l", "Red kettle",
    )  # fmt: skip
    assert (found.is_edited, found.may_put_back, found.may_undo) == (True, True, False)
    assert await title_here("P3") == "Enamel kettle 3 l"
    assert (await applications.get(made)).state is ApplicationState.VERIFIED
    desk.shop.put("P3", title="Red kettle", price="42.00")
    await desk.pull(connection)
    assert await title_here("P3") == "Enamel kettle 3 l"
    assert desk.shop.products["P3"][1]["title"] == "Red kettle"


async def test_a_channel_that_takes_over_what_we_wrote_changes_nothing(desk):
    application_id, connection = await learned(desk)
    desk.shop.put("P3", title="Enamel kettle 3 l")

    await desk.pull(connection)

    assert (await applications.get(application_id)).state is ApplicationState.VERIFIED
    assert await title_here("P3") == "Enamel kettle 3 l"


async def test_an_undone_local_correction_is_laid_no_more(desk, house, reviewer):
    application_id, connection = await learned(desk)

    await undo(house, reviewer, application_id)
    await desk.run()
    desk.shop.put("P3", title="Enamel  kettle 3 l", price="43.00")
    await desk.pull(connection)

    assert await title_here("P3") == "Enamel  kettle 3 l"
    assert (await applications.get(application_id)).state is ApplicationState.UNDONE


async def test_a_pull_beside_a_local_correction_loses_neither(desk):
    desk.spaced(3)
    connection = await desk.connect(Mode.APPLY_LOCALLY)
    await desk.pull(connection)
    await desk.approve_all()
    desk.spaced(1, start=3)
    await desk.job("sync_connection", connection)
    await desk.job("suggest", *await desk.open())
    application_id = await local(desk)
    desk.queue.asked.clear()
    desk.shop.put("P3", title="Enamel  kettle 3 l", price="44.00")

    await asyncio.gather(
        asyncio.create_task(desk.job("apply_correction", application_id)),
        asyncio.create_task(desk.job("sync_connection", connection)),
        return_exceptions=True,
    )
    desk.house.clock.now += HOLD
    for name in ("sweep_corrections", "sweep_suggestions"):
        await desk.job(name)
        await desk.run()

    assert (await applications.get(application_id)).state is ApplicationState.VERIFIED
    assert await title_here("P3") == "Enamel kettle 3 l"


async def test_keeping_theirs_leaves_the_edit(desk, house, reviewer):
    application_id, connection = await learned(desk)
    desk.shop.put("P3", title="Red kettle")
    await desk.pull(connection)

    await keep_theirs(house, reviewer, application_id)
    await desk.pull(connection)

    assert await title_here("P3") == "Red kettle"
