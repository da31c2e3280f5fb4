"""The distance of two causes, worked by hand, and what knowledge weighs at a distance."""

from __future__ import annotations

import itertools
import random

import msgspec
import pytest

from core.knowledge.shapes import SHAPES
from core.knowledge.signature import PART, Signature
from core.knowledge.similar import REACH, SHAPE_FAMILIES, WEIGHTS, discount, distance, family_of, leaf_of, parts

HERE = Signature(
    channel="ebay", rule="title.spaces", field="title", shape="double_spaces", context={"category": "Kitchen"}
)

WORKED: tuple[tuple[dict[str, object], float], ...] = (
    ({}, 0.0),
    ({"channel": "amazon"}, 0.15),
    ({"rule": "brand.spaces"}, 0.15),  # the same family: half of 0.30
    ({"rule": "title.length"}, 0.30),
    ({"field": "variants.title"}, 0.075),  # the same name elsewhere: half of 0.15
    ({"field": "brand"}, 0.15),
    ({"shape": "edge_spaces"}, 0.05),  # a related shape: half of 0.10
    ({"shape": "html"}, 0.10),
    ({"context": {}}, 0.05),  # no category at all: half of 0.10
    ({"context": {"category": "Garden"}}, 0.10),
    ({"context": {"category": "Kitchen", "locale": "fr"}}, 0.025),
    ({"context": {"category": "Kitchen", PART: "locale is fr"}}, 0.075),
    ({"rule": "brand.spaces", "field": "brand"}, 0.30),
    ({"channel": "amazon", "context": {"category": "Garden"}}, 0.25),
    (
        {"channel": "amazon", "rule": "price.decimals", "field": "price", "shape": "integer", "context": {}},
        0.15 + 0.30 + 0.15 + 0.10 + 0.05,
    ),
)


@pytest.mark.parametrize(("change", "expected"), WORKED)
def test_the_distance_is_the_table_worked_by_hand(change: dict[str, object], expected: float) -> None:
    other = msgspec.structs.replace(HERE, **change)

    assert distance(HERE, other) == pytest.approx(expected)
    assert distance(other, HERE) == distance(HERE, other)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("fr", "fr", 0.0), ("fr_FR", "fr-CA", 0.025), ("fr", "de", 0.05), (None, "de", 0.025)],
)
def test_regions_of_one_language_are_nearer_than_two_languages(
    one: str | None, other: str | None, expected: float
) -> None:
    first, second = (
        msgspec.structs.replace(HERE, context={} if locale is None else {"locale": locale}) for locale in (one, other)
    )

    assert distance(first, second) == pytest.approx(expected)


def signatures(count: int, seed: int = 20261127) -> list[Signature]:
    """Return signatures that often share parts."""
    draw = random.Random(seed)
    categories, locales = (None, "Kitchen", "Garden"), (None, "fr", "fr_FR", "fr_CA", "de")

    def one() -> Signature:
        context = {
            "category": draw.choice(categories),
            "locale": draw.choice(locales),
            PART: draw.choice((None, "locale is fr", "connection is 7")),
        }
        return Signature(
            channel=draw.choice(("ebay", "amazon", "shopify")),
            rule=draw.choice(("title.spaces", "brand.spaces", "title.length", "gtin.length")),
            field=draw.choice(("title", "variants.title", "brand", "gtin")),
            shape=draw.choice([name for name, _ in SHAPES]),
            context={name: value for name, value in context.items() if value is not None},
        )

    return [one() for _ in range(count)]


def test_the_distance_is_a_metric() -> None:
    for first, second, third in itertools.combinations(signatures(60), 3):
        straight = distance(first, second)
        assert straight == distance(second, first)
        assert straight <= distance(first, third) + distance(third, second) + 1e-12
        assert (straight == 0.0) is (first == second)
        assert 0.0 <= straight <= 1.0


def test_one_more_part_that_differs_is_never_nearer() -> None:
    for one, other in itertools.combinations(signatures(80, seed=3), 2):
        mixed = msgspec.structs.replace(one, channel=other.channel, rule=other.rule)

        assert distance(one, mixed) <= distance(one, other) + 1e-12


def test_the_weights_make_one_and_every_part_has_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)
    assert [part.part for part in parts(HERE, HERE)] == list(WEIGHTS)
    assert all(weight > 0 for weight in WEIGHTS.values())


def test_related_shapes_are_shapes_and_belong_to_one_family() -> None:
    known = {name for name, _ in SHAPES}
    named = [shape for family in SHAPE_FAMILIES for shape in family]

    assert set(named) <= known
    assert len(named) == len(set(named))


def test_the_discount_falls_with_the_distance_and_ends() -> None:
    weighed = [discount(step / 100) for step in range(101)]

    assert weighed[0] == 1.0
    assert weighed == sorted(weighed, reverse=True)
    assert discount(0.15) == pytest.approx(0.7)
    assert discount(REACH) == 0.0
    assert discount(1.0) == 0.0


@pytest.mark.parametrize(
    ("rule", "family", "field", "leaf"),
    [
        ("title.spaces", "spaces", "title", "title"),
        ("variant.price.decimals", "decimals", "variants.price", "price"),
        ("upc", "upc", "attributes.upc", "upc"),
    ],
)
def test_a_rule_has_a_family_and_a_field_a_name(rule: str, family: str, field: str, leaf: str) -> None:
    assert family_of(rule) == family
    assert leaf_of(field) == leaf
