"""Differences by word and by field."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from admin_ui.differences import Piece, compare, rows


def joined(pieces):
    """Return the text that pieces stand for, folded ones aside."""
    back = {"·": " ", "→": "\t", "␍": "\r", "⍽": "\u00a0"}
    texts = []
    for piece in pieces:
        text = piece.text
        if piece.kind == "space":
            text = text.replace("⏎\n", "\n")
            text = "".join(back.get(character, character) for character in text)
        texts.append(text)
    return "".join(texts)


def test_only_the_words_that_changed_are_marked():
    left, right = compare("Enamel kettle 10", "Enamel kettle 10.00")

    assert left == (Piece("same", "Enamel kettle 10"),)
    assert right == (Piece("same", "Enamel kettle 10"), Piece("changed", ".00"))


def test_white_space_is_visible_where_it_is_the_difference():
    left, right = compare("Wool  throw ", "Wool throw")

    assert Piece("space", "··") in left
    assert Piece("space", "·") in left
    assert Piece("space", "·") in right


def test_structures_are_compared_leaf_by_leaf():
    found = rows("weight", {"value": "1,2", "unit": "kg"}, {"value": "1.2", "unit": "kg"})

    assert [row.path for row in found] == ["weight.value"]


def test_a_value_that_is_missing_is_nothing():
    (row,) = rows("brand", None, "Alder")

    assert row.before is None
    assert row.after == (Piece("changed", "Alder"),)


def test_a_difference_of_type_alone_is_shown():
    (row,) = rows("price", "10", 10)

    assert joined(row.before) == '"10"'
    assert joined(row.after) == "10"


def test_a_long_unchanged_stretch_is_folded():
    left, _ = compare("x " * 400 + "old", "x " * 400 + "new")

    assert any(piece.kind == "fold" for piece in left)
    assert sum(len(piece.text) for piece in left) < 300


def test_very_long_texts_are_compared_quickly():
    started = time.monotonic()
    compare("a b " * 20_000, "b a " * 20_000)

    assert time.monotonic() - started < 1.0


TEXTS = st.text(alphabet="ab1. \t\u00a0\n<&", max_size=60)


@given(TEXTS, TEXTS)
def test_the_pieces_of_each_side_are_that_side(before, after):
    left, right = compare(before, after)

    assert joined(left) == before
    assert joined(right) == after
