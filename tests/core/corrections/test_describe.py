"""The step that writes a description: what the record says, and nothing of how a shop steers it."""

from __future__ import annotations

from typing import Any

import pytest

from core.corrections import apply

PROGRAM = ({"description_from_record": {"language": "en"}},)
KETTLE: dict[str, Any] = {
    "title": "Kettle!", "brand": "Alder", "mpn": "K1", "locale": "en-GB",
    "attributes": {"Colour": "red", "stock_status": "instock", "backorders": "no", "featured": True, "brand": "X"},
}  # fmt: skip
NAMELESS: dict[str, Any] = {"brand": "", "mpn": "", "attributes": {"Colour": "red"}}


def test_it_tells_the_buyer_and_leaves_out_what_steers_the_shop() -> None:
    (change,) = apply.run(PROGRAM, KETTLE, "description")

    assert change.after == "Kettle! Brand: Alder. Model number: K1. Colour: red."


@pytest.mark.parametrize("other", [{"description": "There."}, {"locale": "fr"}, {"title": ""}, NAMELESS])
def test_it_abstains_where_a_text_stands_in_another_language_or_with_too_little(other: dict[str, Any]) -> None:
    assert apply.run(PROGRAM, {**KETTLE, **other}, "description") == ()
