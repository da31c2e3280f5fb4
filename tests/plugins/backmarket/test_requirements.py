"""The leaves of a category tree become requirements; attributes are those of Back Market's own description."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from plugins.backmarket.requirements import translate

SOURCE = "Back Market, GET /ws/category/tree"


def category(name: str, *children: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"category_id": 1, "category_name": name, "marketplace_category_id": 2, "is_leaf": not children,
            "attributes": [], "childrens": list(children), **more}  # fmt: skip


def attribute(field: str, kind: int, *, required: bool = False, allowed: str = "") -> dict[str, Any]:
    return {"field": field, "field_name": field.title(), "type": kind, "allowed_values": allowed, "required": required}


TREE = category(
    "Electronics",
    category("Smartphones", attributes=[
        attribute("carrier", 3, allowed="Unlocked GSM, Unlocked CMDA,AT&T,No SIM slot", required=True),
        attribute("screen_size", 0), attribute("cores", 1), attribute("color", 2, required=True),
        attribute("brand", 2, required=True), attribute("mood", 9), attribute("odd", 3),
    ]),
    category("Cables", attributes=[attribute("length", 0, required=True)]),
    attributes=[attribute("ignored", 2, required=True)],
)  # fmt: skip


@pytest.fixture
def judge(violated):
    """Return a function that says what a smartphone violates."""
    return violated(translate(TREE, SOURCE)[0])


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ({"carrier": "AT&T", "color": "Blue", "screen_size": "6.1", "cores": 6}, []),
        ({"carrier": "Verizon", "color": "Blue"}, ["attributes.carrier one_of"]),
        ({"carrier": "Unlocked CMDA", "color": ""}, ["attributes.color required"]),
        ({"carrier": "AT&T", "color": "Blue", "screen_size": '6.1"', "cores": 6.5},
         ["attributes.cores integer", "attributes.screen_size number"]),
    ],
)  # fmt: skip
def test_what_a_leaf_asks_is_judged(judge, attributes, found) -> None:
    assert judge(category="Electronics > Smartphones", brand="Alder", attributes=attributes) == found


def test_other_leaves_ask_their_own(judge) -> None:
    assert judge(category="Electronics > Cables", attributes={}) == ["attributes.length required"]
    assert judge(category="Electronics", attributes={}) == []


def test_what_is_not_known_is_named_with_its_reason() -> None:
    _, skipped = translate(TREE, SOURCE)

    assert [(one.what, one.reason) for one in skipped] == [
        ("Electronics > Smartphones, mood", "Its type 9 is not known here."),
        ("Electronics > Smartphones, odd", "It is a choice, and no values are given."),
    ]


def test_the_example_of_the_official_description_is_understood(shared, violated) -> None:
    text = (shared / "specs/backmarket/back-market-openapi-original.yml").read_text(encoding="utf-8")
    schema = yaml.load(text, Loader=yaml.CSafeLoader)["components"]["schemas"]["CategoryTree"]["properties"]
    example = {name: one["example"] for name, one in schema["attributes"]["items"]["properties"].items()}
    leaf = category(schema["category_name"]["example"], attributes=[example, {**example, "field": "sim", "type": 3}])

    judge = violated(translate(leaf, SOURCE)[0])

    assert judge(category="Smartphone", attributes={}) == ["attributes.color required", "attributes.sim required"]
    assert judge(category="Smartphone", attributes={"color": "x", "sim": "T Mobile"}) == []
    assert judge(category="Smartphone", attributes={"color": "x", "sim": "O2"}) == ["attributes.sim one_of"]


def test_a_tree_of_another_shape_says_nothing() -> None:
    deep = category("A")
    for _ in range(900):
        deep = category("A", deep)

    assert translate({}, SOURCE) == ([], [])
    assert translate({"is_leaf": True, "attributes": 5, "childrens": 5}, SOURCE) == ([], [])
    assert translate(deep, SOURCE) == ([], [])
