"""Where a channel takes many products at once, what waits goes out together, and each correction has its own end."""

from __future__ import annotations

from typing import Any

import pytest

from core.channel import Connection, Push, Results
from core.errors import MarketwrightError, Rejected, RetryLater
from core.model.corrections import ApplicationState, Mode
from core.review import approve
from core.store.tables import Application


@pytest.fixture
def calls(desk):
    """Let the shop take many products at once, and return how many each call brought."""
    made: list[int] = []

    async def push_many(connection: Connection, wanted: list[Push]) -> Results:
        made.append(len(wanted))
        results: list[Any] = []
        for one in wanted:
            try:
                results.append(await desk.shop.push(connection, one))
            except MarketwrightError as error:
                results.append(error)
        return results

    desk.replace(push_products=push_many)
    return made


async def three_approved(desk) -> list[int]:
    desk.spaced(3)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    return [(await approve(desk.house, desk.reviewer, issue)).application_id for issue in await desk.open()]


async def states() -> list[str]:
    return [row["state"] for row in await Application.select(Application.state).order_by(Application.id)]


async def test_what_waits_goes_out_in_one_call(desk, calls):
    await three_approved(desk)

    await desk.run()

    assert calls == [3]
    assert await states() == [ApplicationState.VERIFIED] * 3


async def test_what_is_refused_of_many_fails_alone(desk, calls):
    first, *_ = await three_approved(desk)
    desk.shop.failures.append(Rejected("No.", code="no", field="title"))

    await desk.job("apply_correction", first)

    assert await states() == [ApplicationState.FAILED, ApplicationState.PUSHED, ApplicationState.PUSHED]


async def test_a_call_that_fails_as_a_whole_leaves_all_for_later(desk, calls):
    first, *_ = await three_approved(desk)

    async def away(connection: Connection, wanted: list[Push]) -> Results:
        raise RetryLater("away")

    desk.replace(push_products=away)
    await desk.job("apply_correction", first)

    assert await states() == [ApplicationState.PENDING] * 3
    assert desk.shop.pushes == []


async def test_a_record_that_changed_meanwhile_is_left_out_of_the_call(desk, calls):
    first, *_ = await three_approved(desk)
    desk.shop.put("P1", title="Edited since")
    row = await Application.select(Application.connection).first()
    desk.queue.asked.clear()
    await desk.job("sync_connection", row["connection"])

    await desk.job("apply_correction", first)

    assert calls == [2]
    assert (await states())[1] == ApplicationState.SUPERSEDED
