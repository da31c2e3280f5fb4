"""The learning benchmark: its arithmetic on a table worked by hand, and the loop on a small made catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import learning
from benchmarks.learning_data import Pair, pairs_in
from benchmarks.learning_made import made
from benchmarks.learning_orders import replay
from benchmarks.learning_review import review
from benchmarks.learning_tally import Tally

CLEAN = [{"brand": "Alder", "tax": "a"}, {"brand": "Birch", "tax": "b"}, {"brand": "Cedar", "tax": "c"}]
DIRTY = [{"brand": "Aldr", "tax": "a"}, {"brand": "Birch", "tax": ""}, {"brand": "Ceder", "tax": "c"}]


def by_hand() -> Pair:
    return Pair("by hand", ["brand", "tax"], DIRTY, CLEAN)


def test_fixed_minus_broken_over_errors_on_a_table_worked_by_hand() -> None:
    desk = learning.opened(by_hand())
    desk.applied = {(0, "brand"): "Alder", (2, "brand"): "Cedra", (0, "tax"): "x", (1, "tax"): "b"}

    found = desk.tally()

    assert (found.errors, found.applied, found.right, found.broken) == (3, 4, 2, 1)
    assert found.precision == 0.5
    assert found.coverage == pytest.approx(2 / 3)
    assert found.drop_alone == pytest.approx((2 - 1) / 3)


def test_what_a_reviewer_mends_counts_beside_it_and_what_it_costs() -> None:
    desk = learning.opened(by_hand())
    doubt = next(
        one for pattern in desk.patterns.values() for one in pattern.open if (one.row, one.field) == (1, "tax")
    )
    desk.applied = {(0, "brand"): "Alder"}
    desk.decide(doubt)

    found = desk.tally()

    assert (found.decisions, found.by_hand, found.right) == (1, 1, 1)
    assert found.drop == pytest.approx(2 / 3)
    assert found.actions == pytest.approx(100 * 1 / 2)


def test_a_wrong_click_that_spoils_a_sound_cell_is_taken_off() -> None:
    desk = learning.opened(by_hand())
    desk.by_hand = {(0, "tax"): "b"}

    assert desk.tally().drop == pytest.approx(-1 / 3)


def test_nothing_applied_has_no_precision() -> None:
    nothing = Tally(decisions=0, errors=0, applied=0, right=0, broken=0, by_hand=0, unanswerable=0, abstained=0)

    assert nothing.precision is None
    assert nothing.drop == 0.0


def test_a_made_catalogue_is_the_same_for_the_same_seed_and_knows_its_errors() -> None:
    first, again = made("made", 200, 5), made("made", 200, 5)

    assert first == again
    assert 60 < len(first.errors()) < 260
    assert made("made", 200, 6) != first


def test_the_loop_learns_on_a_small_made_catalogue_and_does_no_harm() -> None:
    desk = learning.opened(made("small", 400, 3))
    curve: list[Tally] = []
    review(desk, 120, (40, 80, 120), lambda one: curve.append(one.tally()))

    assert [one.decisions for one in curve] == [40, 80, 120]
    assert curve[-1].by_hand > 40
    assert curve[-1].drop_alone >= 0
    assert all(len(set(pattern.open)) == len(pattern.open) for pattern in desk.patterns.values())
    assert not {(one.row, one.field) for one, _ in desk.decided} & set(desk.applied)


def test_the_same_decisions_in_the_same_order_come_to_the_same() -> None:
    import random

    desk = learning.opened(made("small", 300, 3))
    review(desk, 70, (), lambda _: None)
    order = [one for one, _ in desk.decided]

    assert replay(desk, order, random.Random(1), 0.1) == replay(desk, order, random.Random(1), 0.1)


def test_pairs_are_found_by_their_names(tmp_path: Path) -> None:
    for name in ("hospital/dirty.csv", "hospital/clean.csv", "shop_Dirty.csv", "shop_clean.csv", "alone_dirty.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("id,Brand Name\n1,A&amp;B\n2,  C  D \n", encoding="utf-8")

    found = pairs_in(tmp_path)

    assert sorted(one.name for one in found) == ["hospital", "shop"]
    assert found[0].fields == ["id", "Brand_Name"]
    assert [row["Brand_Name"] for row in found[0].dirty] == ["A&B", "C D"]


def test_columns_that_only_one_file_has_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "dirty.csv").write_text("id,extra,city\n1,x,Ulm\n", encoding="utf-8")
    (tmp_path / "clean.csv").write_text("City,ID\nUlm,1\n", encoding="utf-8")

    (found,) = pairs_in(tmp_path)

    assert found.fields == ["id", "city"]
    assert found.errors() == set()


def test_a_part_that_is_not_there_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(learning.PARTS, "values", "benchmarks.learning_nowhere")

    assert learning.main(["values"]) == 1
    assert "learning_nowhere" in capsys.readouterr().out
