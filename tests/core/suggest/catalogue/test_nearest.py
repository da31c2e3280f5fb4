"""Frequent values near a rare one."""

from __future__ import annotations

from core.suggest.catalogue.nearest import Neighbours


def near(text: str, **counts: int) -> list[str]:
    return [one.value for one in Neighbours({"f": counts}).near("f", text)]


def test_a_slip_of_the_finger_finds_the_frequent_value() -> None:
    assert near("stainles stel", **{"stainless steel": 40, "enamel": 30, "stained": 2})[0] == "stainless steel"


def test_letters_changed_about_are_one_slip() -> None:
    (found,) = Neighbours({"f": {"graphite": 9}}).near("f", "grpahite")

    assert (found.value, found.distance, found.times) == ("graphite", 1, 9)


def test_a_value_that_stands_once_is_no_target_and_neither_is_a_rarer_one() -> None:
    assert near("graphit", graphite=1) == []
    assert near("graphit", graphite=3, graphit=5) == []


def test_nothing_near_is_nothing() -> None:
    assert near("xylophone", graphite=9, oak=4) == []


def test_a_very_long_text_and_one_letter_are_left_alone() -> None:
    assert near("x" * 5_000, **{"x" * 100: 9}) == []
    assert near("x", y=9) == []
