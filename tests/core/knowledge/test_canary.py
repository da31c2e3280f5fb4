"""First one, then a few, then all."""

from __future__ import annotations

import pytest

from core.knowledge.canary import room, stage_of
from core.model.corrections import Stage


@pytest.mark.parametrize(
    ("stage", "verified", "under_way", "left"),
    [
        (Stage.FIRST, 0, 0, 1),
        (Stage.FIRST, 0, 1, 0),
        (Stage.FEW, 1, 0, 5),
        (Stage.FEW, 1, 4, 1),
        (Stage.FEW, 3, 3, 0),
        (Stage.FEW, 9, 0, 0),
        (Stage.ALL, 6, 900, None),
        (Stage.STOPPED, 5, 0, 0),
    ],
)
def test_only_so_many_are_begun(stage, verified, under_way, left):
    assert room(stage, verified=verified, under_way=under_way, few=5) == left


def test_a_stage_is_earned_by_what_is_verified():
    earned = [stage_of(verified, 5) for verified in (0, 1, 5, 6, 100)]

    assert earned == [Stage.FIRST, Stage.FEW, Stage.FEW, Stage.ALL, Stage.ALL]


def test_without_a_few_all_follow_the_first():
    assert [stage_of(0, 0), stage_of(1, 0)] == [Stage.FIRST, Stage.ALL]
