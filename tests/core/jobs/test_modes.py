"""The four modes of a connection do what they say, and a new connection starts where people decide."""

from __future__ import annotations

from typing import Any

import pytest

from core.connections import create
from core.errors import Refused
from core.model.corrections import Mode
from core.review import approve
from core.store import connections
from core.store.tables import Application, Record, Suggestion


async def met_by_a_learned_rule(desk: Any, mode: Mode) -> int:
    """Teach a rule on one connection, and let another one in `mode` bring an issue of the same cause."""
    desk.spaced(3)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    await desk.approve_all()
    connection = await desk.connect(mode)
    desk.shop.products.clear()
    desk.shop.pushes.clear()
    desk.spaced(1, start=9)
    await desk.pull(connection)
    return int(connection)


async def ours(connection: int) -> str:
    """Return the title that our copy has."""
    row = await Record.select(Record.title).where(Record.connection == connection).first()
    return str(row["title"])


SPOILT, MENDED = "Enamel  kettle 9 l", "Enamel kettle 9 l"


@pytest.mark.parametrize(
    ("mode", "suggested", "here", "there"),
    [
        (Mode.OBSERVE, False, SPOILT, SPOILT),
        (Mode.SUGGEST, True, SPOILT, SPOILT),
        (Mode.APPLY_LOCALLY, True, MENDED, SPOILT),
        (Mode.APPLY_AND_PUSH, True, MENDED, MENDED),
    ],
)
async def test_a_mode_does_what_it_says(desk, mode, suggested, here, there):
    connection = await met_by_a_learned_rule(desk, mode)

    offered = await Suggestion.raw(
        "SELECT s.id FROM suggestions s JOIN issues i ON i.id = s.issue WHERE i.connection = {}", connection
    )
    assert bool(offered) is suggested
    assert await ours(connection) == here
    assert desk.shop.products["P9"][1]["title"] == there
    automatic = await Application.count().where(Application.is_automatic.eq(True))
    assert automatic == (1 if mode in (Mode.APPLY_LOCALLY, Mode.APPLY_AND_PUSH) else 0)


@pytest.mark.parametrize("mode", [Mode.SUGGEST, Mode.APPLY_LOCALLY, Mode.APPLY_AND_PUSH])
async def test_what_a_person_approves_reaches_the_channel_in_every_mode_but_observe(desk, house, reviewer, mode):
    desk.spaced(1, start=9)
    await desk.pull(await desk.connect(mode))

    await approve(house, reviewer, (await desk.open())[0])
    await desk.run()

    assert desk.shop.products["P9"][1]["title"] == MENDED


async def test_nothing_is_approved_where_it_is_only_observed(desk, house, reviewer):
    desk.spaced(1, start=9)
    await desk.pull(await desk.connect(Mode.OBSERVE))

    with pytest.raises(Refused, match="only observed"):
        await approve(house, reviewer, (await desk.open())[0])


async def test_a_new_connection_starts_in_suggest(house, admin, merchant):
    made = await create(house, admin, merchant=merchant, channel="acme", name="New", values={"key": "k"})

    assert (await connections.get(made)).mode is Mode.SUGGEST
