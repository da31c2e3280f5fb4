"""How far two causes lie apart, and what a decision on the one weighs for the other.

A signature has parts. Each part has a distance of its own, from 0 (equal) to 1 (nothing shared), and a weight; the
distance of two signatures is the weighted sum. Each part's distance is a metric, and so is their sum: symmetric, 0
only for equal signatures, and never longer by a third signature than straight.

The discount falls in a straight line from 1 at distance 0 to 0 at `REACH`. What carries over is only ever proposed:
it counts as no approval and opens no gate.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from core.knowledge.signature import PART, Signature

WEIGHTS: dict[str, float] = {
    "channel": 0.15,
    "rule": 0.30,
    "field": 0.15,
    "shape": 0.10,
    "category": 0.10,
    "locale": 0.05,
    PART: 0.15,
}
"""What each part weighs; together 1. `part` is what a person split off by hand."""
_WEIGHTS = tuple(WEIGHTS.values())

HALF = 0.5
"""The distance of what is related but not equal: a rule of the same family, a field of the same name elsewhere."""

REACH = 0.5
"""The distance from which on two causes have nothing to tell each other."""

SHAPE_FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"missing", "empty", "empty_list"}),
    frozenset({"integer", "decimal_1", "decimal_2", "decimal_3", "decimal_many", "decimal_comma", "number"}),
    frozenset({"negative", "zero"}),
    frozenset({"digits", "separated_digits"}),
    frozenset({"edge_spaces", "double_spaces", "control_characters"}),
    frozenset({"html", "script"}),
    frozenset({"long", "very_long"}),
    frozenset({"text", "shouting"}),
)
"""Shapes that are related. A shape that stands nowhere is related to none."""
_FAMILY_OF_SHAPE = {shape: number for number, family in enumerate(SHAPE_FAMILIES) for shape in family}


class PartDistance(msgspec.Struct, frozen=True):
    """How far two signatures lie apart in one part: `distance` 0 to 1, `weight` what that counts for."""

    part: str
    distance: float
    weight: float


def leaf_of(field: str) -> str:
    """Return the last name of a field's path: `gtin` of `variants.gtin`."""
    return field.rsplit(".", 1)[-1]


def family_of(rule: str) -> str:
    """Return what a rule asks, whatever it asks it of: `decimals` of `variant.price.decimals`."""
    return rule.rsplit(".", 1)[-1]


def distance(one: Signature, other: Signature) -> float:
    """Return 0 for equal signatures, 1 for those that share nothing."""
    apart = 0.0
    for far, weight in zip(_parts(one, other), _WEIGHTS, strict=True):
        apart += far * weight
    return apart


def parts(one: Signature, other: Signature) -> tuple[PartDistance, ...]:
    """Return the distance part by part, in the order of the table of weights."""
    named = zip(WEIGHTS, _parts(one, other), _WEIGHTS, strict=True)
    return tuple(PartDistance(name, far, weight) for name, far, weight in named)


def _parts(one: Signature, other: Signature) -> tuple[float, ...]:
    mine, theirs = one.context, other.context
    return (
        0.0 if one.channel == other.channel else 1.0,
        _rules(one.rule, other.rule),
        _fields(one.field, other.field),
        _shapes(one.shape, other.shape),
        _context("category", mine.get("category"), theirs.get("category")),
        _context("locale", mine.get("locale"), theirs.get("locale")),
        _context(PART, mine.get(PART), theirs.get(PART)),
    )


def discount(apart: float) -> float:
    """Return what a decision weighs at a distance: 1 at none, 0 from `REACH` on."""
    return max(0.0, 1.0 - apart / REACH)


@lru_cache(maxsize=65536)
def _rules(one: str, other: str) -> float:
    return _related(one, other, family_of(one) == family_of(other))


@lru_cache(maxsize=65536)
def _fields(one: str, other: str) -> float:
    return _related(one, other, leaf_of(one) == leaf_of(other))


def _related(one: str, other: str, same_family: bool) -> float:
    return 0.0 if one == other else HALF if same_family else 1.0


@lru_cache(maxsize=4096)
def _shapes(one: str, other: str) -> float:
    family = _FAMILY_OF_SHAPE.get(one)
    return _related(one, other, family is not None and family == _FAMILY_OF_SHAPE.get(other))


def _context(name: str, mine: str | None, theirs: str | None) -> float:
    """Return how far two contexts lie apart in one part. One that says nothing lies halfway to any that does."""
    if mine == theirs:
        return 0.0
    if mine is None or theirs is None:
        return HALF
    return HALF if name == "locale" and _language(mine) == _language(theirs) else 1.0


def _language(locale: str) -> str:
    return locale.replace("-", "_").split("_", 1)[0].lower()
