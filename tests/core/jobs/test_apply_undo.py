"""Applying and undoing in whatever order leaves every record as it was, and never touches another field."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from core.corrections import apply
from core.model.corrections import Change, Mode, UndoScope, UndoState
from core.review import freeze_undo, start_undo
from core.store import undos
from core.store.tables import AutoCorrectionRule


def a_record(draw: random.Random) -> dict[str, Any]:
    """Return a record of some depth."""
    return {
        "title": draw.choice(["Kettle", " Kettle ", ""]),
        "price": draw.choice(["10", "10.00", None, 10]),
        "weight": draw.choice([None, {"value": "1", "unit": "kg"}]),
        "tags": ["a", "b"][: draw.randint(0, 2)],
        "variants": [{"sku": f"V{number}", "gtin": None} for number in range(draw.randint(0, 3))],
        "attributes": {},
    }


def changes_of(draw: random.Random, record: dict[str, Any]) -> tuple[Change, ...]:
    """Return changes of different fields, as a program could make them."""
    paths = ["title", "price", "weight.value", "weight.unit", "attributes.colour", "description"]
    paths += [f"variants.{number}.gtin" for number in range(len(record["variants"]))]
    chosen = draw.sample(paths, draw.randint(1, min(4, len(paths))))
    return tuple(
        Change(field=path, before=apply.get(record, path), after=draw.choice(["x", "4006381333931", None]))
        for path in chosen
        if not (path.startswith("weight") and record["weight"] is None)
    )


@pytest.mark.parametrize("seed", range(300))
def test_undone_changes_leave_the_record_as_it_was(seed):
    draw = random.Random(seed)
    record = {key: value for key, value in a_record(draw).items() if value is not None}
    original = copy.deepcopy(record)
    changes = changes_of(draw, record | {"weight": record.get("weight")})

    there = apply.patch(record, changes)
    back = apply.patch(there, apply.revert(changes))

    assert without_nothing(back) == without_nothing(original)
    assert record == original


def without_nothing(value: Any) -> Any:
    """Return a value without what holds nothing: a missing field and one that is None are the same to a change."""
    if isinstance(value, dict):
        return {key: without_nothing(item) for key, item in value.items() if item is not None}
    return [without_nothing(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("mode", [Mode.APPLY_AND_PUSH, Mode.APPLY_LOCALLY])
async def test_everything_that_a_rule_did_and_undid_leaves_the_shop_as_it_was(desk, house, admin, mode):
    desk.spaced(10)
    before = {key: record for key, (_, record) in copy.deepcopy(desk.shop.products).items()}
    connection = await desk.connect(mode)
    await desk.pull(connection)
    await desk.approve_all()
    assert await desk.open() == []
    rule = (await AutoCorrectionRule.select().where(AutoCorrectionRule.approvals > 0).first())["auto_rule_id"]

    frozen = await freeze_undo(house, admin, UndoScope(auto_rule=str(rule)))
    undo_id = await start_undo(house, admin, frozen.scope, last=frozen.last, digest=frozen.digest)
    await desk.run()

    assert (await undos.tally(undo_id))[UndoState.UNDONE] == 10
    assert {key: record for key, (_, record) in desk.shop.products.items()} == before
    assert len(await desk.open()) == 10
