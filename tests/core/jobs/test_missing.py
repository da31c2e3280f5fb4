"""“n more approvals” is true: after n in a row the pattern corrects by itself, after one fewer it does not."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from core.model.corrections import Mode, Phase
from core.model.tuning import KnowledgeManagement, Tuning
from core.review import approve, reject
from core.store.listings import issues as issues_listing
from core.store.listings import patterns as patterns_listing
from core.store.tables import Issue

RULE = "sku.spaces"


async def missing(desk: Any) -> tuple[int | None, Phase]:
    """Return what Knowledge and Review say is missing, which has to be the same, and the pattern's phase."""
    learning = desk.house.tuning.knowledge_management
    issue = await Issue.select(Issue.id, Issue.pattern).where(Issue.rule == RULE).first()
    view = await patterns_listing.one(None, str(issue["pattern"]), learning=learning)
    shown = await issues_listing.one(None, issue["id"], learning=learning)
    assert shown.pattern.missing_approvals == (view.rules[0].missing_approvals if view.rules else None)
    return shown.pattern.missing_approvals, view.pattern.phase


@pytest.mark.parametrize("begin", [(approve,), (approve, reject), (reject,)])
async def test_so_many_approvals_as_are_said_to_be_missing_let_a_change_of_content_apply_itself(desk, begin):
    numbers = KnowledgeManagement(certified_precision=0.5)
    desk.house = dataclasses.replace(desk.house, tuning=Tuning(knowledge_management=numbers))
    for number in range(30):
        desk.shop.put(f"K{number}", sku=f" K{number} ")
    await desk.pull(await desk.connect(Mode.APPLY_AND_PUSH))
    waiting = await desk.open(RULE)
    for act in begin:
        await act(desk.house, desk.reviewer, waiting.pop())
    more, phase = await missing(desk)
    assert more
    assert phase is Phase.RECOGNISED

    for left in range(more, 0, -1):
        assert await missing(desk) == (left, Phase.RECOGNISED)
        await approve(desk.house, desk.reviewer, waiting.pop())

    assert (await missing(desk))[0] == 0
    assert (await missing(desk))[1] in (Phase.AUTOMATIC, Phase.MONITORED)
