"""Programs found from what people did."""

from __future__ import annotations

import pytest

from core.corrections.induction import explains, induce

TITLE_AND_BRAND = {"title": "Kettle 1.5 l", "brand": "Acme"}


def pairs(*befores_and_afters, field="value", **more):
    return [({field: before, **more}, field, after) for before, after in befores_and_afters]


@pytest.mark.parametrize(
    ("examples", "program"),
    [
        (pairs(("10", "10.00")), ({"decimal_places": {"places": 2}},)),
        (pairs(("10", "10.00"), ("7.5", "7.50")), ({"decimal_places": {"places": 2}},)),
        (pairs(("11,95", "11.95")), ({"parse_number": {}},)),
        (pairs(("1,234", "1234"), ("11.5", "11.5")), ({"parse_number": {"decimal": "."}},)),
        (pairs(("11,9", "11.90")), ({"parse_number": {}}, {"decimal_places": {"places": 2}})),
        (pairs((" a  b", "a b")), ({"trim": {}}, {"collapse_spaces": {}})),
        (pairs(("KETTLE BLUE", "Kettle Blue")), ({"change_case": {"to": "title"}},)),
        (pairs(("<p>a</p>", "a")), ({"strip_html": {}},)),
        (pairs(("4-006381-333931", "4006381333931")), ({"normalise_gtin": {}},)),
        (pairs(("a red b", "a blue b"), ("red", "blue")), ({"replace": {"old": "red", "new": "blue"}},)),
        (pairs((None, "Acme"), **TITLE_AND_BRAND), ({"copy_field": {"field": "brand"}},)),
        (pairs(("", "Acme: Kettle 1.5 l"), **TITLE_AND_BRAND), ({"template": {"text": "{brand}: {title}"}},)),
        (pairs(("Bordeaux", "red"), ("Ruby", "red")), ({"map_value": {"mapping": {"Bordeaux": "red", "Ruby": "red"}}},)),
        (pairs(("KG", "kg"), ("Kilo", "kg")), ({"name_unit": {}},)),
        (pairs((None, "new"), ("", "new")), ({"default": {"to": "new"}},)),
        (pairs(("x", "y")), ({"set_value": {"to": "y"}},)),
    ],
)
def test_the_simplest_program_that_explains_all_is_found(examples, program):
    assert induce(examples) == program
    assert explains(program, examples)


def test_a_limit_is_found_that_cuts_every_title_where_it_was_cut():
    long = "Enamel kettle with a whistle and a wooden handle for every stove"
    found = induce(pairs((f"{long} at home and away", long), (f"{long}, induction as well", long)))

    assert found is not None
    assert list(found[0]) == ["shorten_at_word"]


def test_different_outcomes_never_become_a_constant_or_a_table_of_single_cases():
    assert induce(pairs(("x", "y"), ("z", "w"))) is None


def test_a_later_pair_that_disagrees_is_not_explained():
    assert induce(pairs(("10", "10.00"), ("20", "19.99"))) is None


def test_nothing_is_learned_where_nothing_changed():
    assert induce([]) is None
    assert induce(pairs(("x", "x"))) is None
