"""Names in titles: however they are spaced, and where they stand."""

from __future__ import annotations

import pytest

from core.suggest.local.names import folded, matches, together

JOINED = {together(folded(name).split()): folded(name) for name in ("Vex Pal", "Black & Decker", "Riess", "Le", "Rix")}


@pytest.mark.parametrize(
    ("title", "key", "place"),
    [
        ("VexPal kettle", "vex pal", "lead"),
        ("New Riess pot", "riess", "lead"),
        ("Drill by Black and Decker", "black decker", "maker"),
        ("Case for Riess pot", "riess", "other"),
        ("Pot - Riess", "riess", "end"),
    ],
)
def test_a_name_is_found_however_it_is_spaced(title: str, key: str, place: str) -> None:
    (found,) = matches(JOINED, title)

    assert (found.key, found.place) == (key, place)


def test_a_short_name_is_not_put_together_from_pieces_of_words() -> None:
    assert matches(JOINED, "Kettle ri x 2") == []
