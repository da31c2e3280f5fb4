"""Which fields determine which, in rows that are dirty."""

from __future__ import annotations

import random

from core.suggest.catalogue import dependencies
from core.suggest.catalogue.tables import learn

BRANDS = ("Alder", "Birch", "Cedar", "Dogwood")


def rows(count: int, dirt: float = 0.1, seed: int = 1) -> list[dict[str, str]]:
    draw = random.Random(seed)
    found = []
    for at in range(count):
        brand, kind = draw.choice(BRANDS), draw.choice(("pan", "lamp", "rug"))
        right = {"mpn": f"{brand[:2].upper()}-{at}", "brand": brand, "kind": kind, "tax": f"{brand[0]}{kind[0]}"}
        if draw.random() < dirt:
            right[draw.choice(("brand", "kind"))] = draw.choice(("?", "Alder", "pan", "rubbish"))
        found.append(right)
    return found


def test_the_beginning_of_a_code_determines_the_brand_though_one_row_in_ten_is_dirty() -> None:
    found = dependencies.find(rows(400), ["mpn", "brand", "kind", "tax"])

    assert ("mpn:head",) in [one.by for one in found["brand"]]
    assert all(one.accuracy > 0.85 for one in found["brand"] if one.by == ("mpn:head",))


def test_two_fields_determine_what_neither_does_alone() -> None:
    found = dependencies.find(rows(400, dirt=0.0), ["brand", "kind", "tax"])

    assert found["tax"][0].by == ("brand", "kind")
    assert found["tax"][0].accuracy == 1.0


def test_columns_drawn_apart_determine_nothing() -> None:
    draw = random.Random(2)
    apart = [{"left": draw.choice("abcdef"), "right": draw.choice("uvwxyz")} for _ in range(500)]

    assert dependencies.find(apart, ["left", "right"]) == {}


def test_the_order_of_the_rows_changes_nothing() -> None:
    straight = rows(300)
    shuffled = list(straight)
    random.Random(9).shuffle(shuffled)
    fields = ["mpn", "brand", "kind", "tax"]

    assert learn(straight, fields) == learn(shuffled, fields)


def test_a_key_of_one_row_says_nothing() -> None:
    alone = [{"code": f"C{at}", "value": "abc"[at % 3]} for at in range(60)]

    assert all(one.by != ("code",) for one in dependencies.find(alone, ["code", "value"]).get("value", []))


def test_empty_and_hostile_cells_are_taken() -> None:
    hostile = [{"a": "\x00" * 50, "b": "(" * 300}, {"a": "", "b": "=cmd|' /C calc'!A0"}, {"a": "N/A"}, {}] * 10

    assert learn(hostile, ["a", "b"]).rows == 40
