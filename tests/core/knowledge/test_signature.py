"""Issues of one cause share a signature; different causes do not."""

from __future__ import annotations

import pytest

from core.knowledge.shapes import shape_of
from core.knowledge.signature import field_without_indices, signature_of
from core.model.corrections import Safety
from core.model.issues import Category, Severity, Violation


def violation(field: str, actual: object, safety: Safety | None) -> Violation:
    return Violation(
        rule="r",
        title="t",
        pack="p@1",
        category=Category.FORMAT_VALIDATION,
        severity=Severity.ERROR,
        field=field,
        message="m",
        actual=actual,
        fix_safety=safety,
    )


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (None, "missing"),
        ("", "empty"),
        ("10", "integer"),
        ("10.5", "decimal_1"),
        ("11,95", "decimal_comma"),
        ("0.00", "zero"),
        ("-4", "negative"),
        (-4, "negative"),
        ("400-638-133-3931", "separated_digits"),
        ("4006381333931", "digits"),
        (" Kettle", "edge_spaces"),
        ("Blue  kettle", "double_spaces"),
        ("<p>x</p>", "html"),
        ("<script>1</script>", "script"),
        ("ENAMEL KETTLE RED", "shouting"),
        ([], "empty_list"),
        ({}, "object"),
        (True, "boolean"),
        ("zero\u200bwidth", "control_characters"),
    ],
)
def test_a_value_has_a_named_shape(value: object, shape: str) -> None:
    assert shape_of(value) == shape


def test_indices_do_not_make_a_field_another() -> None:
    assert field_without_indices("variants.12.gtin") == "variants.gtin"
    assert field_without_indices("images.0") == "images"


def test_notation_is_one_pattern_in_every_category_and_content_is_not() -> None:
    kitchen, garden = {"category": "Kitchen > Kettles"}, {"category": "Garden > Pots"}

    safe = {signature_of("ebay", violation("title", " a", Safety.SAFE), record).hash() for record in (kitchen, garden)}
    review = {
        signature_of("ebay", violation("title", "a", Safety.REVIEW), record).hash() for record in (kitchen, garden)
    }

    assert len(safe) == 1
    assert len(review) == 2
