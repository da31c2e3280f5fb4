"""How people review is counted as it was, and only haste over many decisions is called so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.knowledge.attention import Reviewed, attention
from core.model.corrections import Verdict

START = datetime(2026, 11, 1, tzinfo=UTC)


def decided(count: int, seconds: float, *, reviewer: int = 1, overruled: int = 0) -> list[Reviewed]:
    """Return so many decisions at an even pace, the first of them overruling."""
    return [
        Reviewed(
            reviewer=reviewer,
            name=f"person {reviewer}",
            at=START + timedelta(seconds=number * seconds),
            verdict=Verdict.REJECTED if number < overruled else Verdict.APPROVED,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "seconds", "overruled", "hasty"),
    [(150, 1.0, 0, True), (150, 1.0, 2, True), (150, 1.0, 3, False), (150, 2.5, 0, False), (90, 1.0, 0, False)],
)
def test_haste_is_nearly_all_of_many_within_seconds(count: int, seconds: float, overruled: int, hasty: bool) -> None:
    (found,) = attention(decided(count, seconds, overruled=overruled))

    assert found.is_hasty is hasty
    assert (found.decisions, found.rejected, found.median_seconds) == (count, overruled, seconds)
    assert found.override_rate == pytest.approx(overruled / count)


def test_an_approved_list_is_not_taken_for_haste() -> None:
    (found,) = attention(decided(400, 0.01))

    assert (found.is_hasty, found.at_once, found.median_seconds) == (False, 399, None)


def test_a_pause_is_no_slow_decision_and_people_are_told_apart() -> None:
    late = [Reviewed(reviewer=1, name="person 1", at=START + timedelta(hours=9), verdict=Verdict.MODIFIED)]

    first, second = attention([*decided(3, 10), *decided(2, 4, reviewer=2), *late])

    assert (first.name, first.median_seconds, first.changed) == ("person 1", 10.0, 1)
    assert (second.name, second.median_seconds) == ("person 2", 4.0)
