"""Programs found from what people did: one for all pairs, or several that each explain some."""

from __future__ import annotations

from typing import Any

import pytest

from core.corrections import apply
from core.corrections.induction import MOST_PAIRS, explains, find, induce, several

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
        (
            pairs(("Bordeaux", "red"), ("Ruby", "red")),
            ({"map_value": {"mapping": {"Bordeaux": "red", "Ruby": "red"}}},),
        ),
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


def made(program: Any, before: Any, **more: Any) -> Any:
    """Return what a program makes of a value, None where it does nothing."""
    changes = apply.run(program, {"value": before, **more}, "value")
    return changes[0].after if changes else None


LEARNED = {
    "units are named alike": (
        [("10 Inch", "10 in"), ('12"', "12 in"), ("7in", "7 in"), ("3.5 inches", "3.5 in")],
        {"24 INCH": "24 in", '1.5"': "1.5 in", "8 cm": None},
    ),
    "units are taken away": ([("10 kg", "10"), ("2.5 kg", "2.5"), ("7kg", "7")], {"33 kg": "33", "3 lb": None}),
    "units are converted": (
        [("10 in", "25.4"), ('4"', "10.2"), ("1 ft", "30.5"), ("100 in", "254.0")],
        {"2 ft": "61.0", "3 kg": None},
    ),
    "a bare number has the unit that makes the others right": (
        [("10", "25.4"), ("4", "10.2"), ("12 1/2", "31.8"), ('9"', "22.9")],
        {"24": "61.0", "3 1/4 in": "8.3"},
    ),
    "capacities are written out": (
        [("300GB", "300 Gigabytes"), ("512 MB", "512 Megabytes"), ("36-GB", "36 Gigabytes"), ("64MB", "64 Megabytes")],
        {"146 GB": "146 Gigabytes", "1TB": None},
    ),
    "separators leave a code": (
        [("AB-1234", "AB1234"), ("X 99/2", "X992"), ("K.7-1", "K71")],
        {"QR 5-55": "QR555"},
    ),
    "a code gets its separator and its zeros": (
        [("abc 12", "ABC-0012"), ("xyz345", "XYZ-0345"), ("kkd-7", "KKD-0007"), ("qrs 1234", "QRS-1234")],
        {"efg 55": "EFG-0055", "12 efg": None},
    ),
    "a piece of a code is taken": (
        [("034138364208", "34138"), ("025932384141", "25932"), ("077511937309", "77511")],
        {"091141754648": "91141"},
    ),
    "words are spelt out behind their sign": (
        [("G7", "Generation 7"), ("G2", "Generation 2"), ("G10", "Generation 10")],
        {"G4": "Generation 4", "H4": None},
    ),
    "names change places": (
        [("Adler, Anna", "Anna Adler"), ("Costa, Ivo", "Ivo Costa"), ("Ito, Hana", "Hana Ito")],
        {"Novak, Lena": "Lena Novak", "Lena Novak": None},
    ),
    "names are shortened to an initial": (
        [("Anna Adler", "A. Adler"), ("Ivo Costa", "I. Costa"), ("Hana Ito", "H. Ito")],
        {"Lena Novak": "L. Novak"},
    ),
    "initials are taken": ([("Anna Adler", "AA"), ("Ivo Costa", "IC"), ("Hana Ito", "HI")], {"Lena Novak": "LN"}),
    "phones are written in one way": (
        [
            ("(555) 123-4567", "555-123-4567"),
            ("555.987.6543", "555-987-6543"),
            ("555 222 1111", "555-222-1111"),
            ("(212) 333-4444", "212-333-4444"),
            ("212.555.9999", "212-555-9999"),
        ],
        {"(800) 444-1212": "800-444-1212", "extension 12": None},
    ),
    "dates are turned": (
        [("24.12.2025", "2025-12-24"), ("01.02.2026", "2026-02-01")],
        {"05.11.2024": "2024-11-05", "soon": None},
    ),
    "dates are written with the month's name": (
        [("2025-12-24", "December 24, 2025"), ("2026-02-01", "February 1, 2026")],
        {"2024-11-05": "November 5, 2024"},
    ),
    "German dates are read": (
        [("24. Dezember 2025", "2025-12-24"), ("1. März 2026", "2026-03-01")],
        {"5. Mai 2024": "2024-05-05"},
    ),
    "numbers change their locale": (
        [("1234.5", "1.234,50"), ("99", "99,00"), ("1000000", "1.000.000,00")],
        {"12345.67": "12.345,67"},
    ),
    "amounts get their sign": (
        [("12.50", "€ 12.50"), ("7.00", "€ 7.00"), ("100.10", "€ 100.10")],
        {"3.99": "€ 3.99"},
    ),
    "shares become percents": ([("0.05", "5%"), ("0.125", "12.5%"), ("0.5", "50%")], {"0.07": "7%"}),
    "lists are joined anew": (
        [("red;blue", "red, blue"), ("s ; m; l", "s, m, l"), ("a;b;c", "a, b, c")],
        {"x;y": "x, y"},
    ),
    "what stands behind a dash is taken": (
        [
            ("Acme - Kettle 1.5 l", "Kettle 1.5 l"),
            ("Birch & Co - Red Pan", "Red Pan"),
            ("Dune - Pot - old", "Pot - old"),
        ],
        {"Ember - Cup": "Cup", "no dash": None},
    ),
    "words are replaced by a table": (
        [("Shirt Gr. 4", "Shirt size 4"), ("Hose Gr. 7", "Hose size 7"), ("Rock Gr. 2", "Rock size 2")],
        {"Schuh Gr. 3": "Schuh size 3"},
    ),
}


@pytest.mark.parametrize("name", LEARNED)
def test_what_is_learned_does_the_same_to_values_not_seen(name):
    shown, unseen = LEARNED[name]

    program = induce(pairs(*shown))

    assert program is not None
    assert explains(program, pairs(*shown))
    assert {before: made(program, before) for before in unseen} == unseen
    apply.check(program)
    assert apply.describe(program).endswith(".")


def test_pieces_are_taken_from_other_fields_of_the_record():
    examples = [
        ({"value": size, "brand": brand, "title": "Kettle"}, "value", f"{brand} {number} l")
        for size, number, brand in (("1 Liter", 1, "Acme"), ("3 litres", 3, "Birch"), ("7 L", 7, "Dune & Sons"))
    ]

    program = induce(examples)

    assert made(program, "9 Liter", brand="Ember") in ("Ember 9 l", None)
    assert explains(program, examples)
    assert made(program, "9 Liter") is None


GENERAL_OR_NOT = {
    "single cases of words": [("shoe", "footwear"), ("drill", "tool"), ("novel", "book"), ("kettle", "kitchen")],
    "codes that follow nothing": [("A1", "X9"), ("B2", "K4"), ("C3", "M7"), ("D4", "Q2")],
    "one piece that changes each time": [("10 a", "10"), ("20 b", "b"), ("30 c", "x"), ("40 d", "d 40")],
}


@pytest.mark.parametrize("name", GENERAL_OR_NOT)
def test_what_no_pair_says_of_another_is_not_generalised(name):
    assert induce(pairs(*GENERAL_OR_NOT[name])) is None


def test_a_planted_generalisation_is_caught_by_leaving_pairs_out():
    planted = pairs(("Cap 7 red", "7"), ("Hat 12 blue", "12"), ("Sock 3 of 5", "3"), ("Belt 9", "90"), ("Tie 8", "80"))

    programs = several(planted)

    assert all(made(one.program, "Glove 4 of 9") in (None, "4") for one in programs if not one.is_memory)
    assert not any(made(one.program, "Scarf 6") == "6" for one in programs)


def test_a_word_in_whose_place_only_one_was_seen_stands_for_no_other():
    program = induce(pairs(("10 Inch", "10 units"), ("12 Inch", "12 units"), ("7 Inch", "7 units")))

    assert made(program, "33 Inch") == "33 units"
    assert made(program, "33 Meilen") is None


@pytest.mark.parametrize("wrong", range(0, 10, 3))
def test_one_wrong_click_of_ten_does_not_spoil_the_program_and_is_named(wrong):
    clicks = [(f"{number} Inch", f"{number} in") for number in range(3, 13)]
    clicks[wrong] = (clicks[wrong][0], "do not know")

    learned = find(pairs(*clicks))

    assert learned is not None
    assert made(learned.program, "99 Inch") == "99 in"
    assert set(learned.explains) == set(range(10)) - {wrong}
    assert wrong in learned.contradicts


def test_clicks_that_contradict_each_other_too_often_teach_no_rule():
    clicks = [(f"{number}.5", f"{number}.50" if number % 2 else f"{number}") for number in range(3, 9)]

    assert induce(pairs(*clicks)) is None


def test_clusters_get_a_program_each_that_leaves_the_others_alone():
    codes = [(f"{letters}-{number}", f"{letters}{number}") for letters, number in (("AB", 12), ("KLM", 7), ("Q", 345))]
    dates = [("24.12.2025", "2025-12-24"), ("01.02.2026", "2026-02-01"), ("30.06.2024", "2024-06-30")]

    programs = several(pairs(*codes, *dates))

    assert len(programs) >= 2
    for before, after in (*codes, *dates, ("ZZ-99", "ZZ99"), ("05.11.2023", "2023-11-05")):
        results = [made(one.program, before) for one in programs]
        assert set(results) - {None} == {after}


def test_what_is_only_remembered_comes_as_a_table_beside_the_general_program():
    general = [(f"{number}GB", f"{number} GB") for number in (16, 32, 64, 128)]
    odd = [("plenty", "256 GB"), ("lots", "256 GB")]

    programs = several(pairs(*general, *odd))

    assert [one.is_memory for one in programs][:2] == [True, False]
    assert made(programs[0].program, "plenty") == "256 GB"
    assert all(made(one.program, "some") is None for one in programs)
    assert made(programs[1].program, "512GB") == "512 GB"


def test_words_tell_an_outcome_only_where_they_told_it_of_those_left_out():
    kinds = {"ring": "Rings", "watch": "Watches", "chain": "Chains"}
    looks = ("gold", "silver", "fine", "old", "slim", "plain", "heavy", "new", "blue")
    shown = [(f"{look} {word}", kind) for word, kind in kinds.items() for look in looks]

    programs = several(pairs(*shown))

    answers = {made(one.program, "copper ring") for one in programs} - {None}
    assert answers == {"Rings"}
    assert {made(one.program, "copper thing") for one in programs} == {None}
    assert {made(one.program, "ring on a chain") for one in programs} == {None}


def test_programs_of_pairs_beyond_the_bound_are_those_of_the_first():
    many = pairs(*((f"{number} Inch", f"{number} in") for number in range(MOST_PAIRS + 50)))

    assert several(many) == several(many[:MOST_PAIRS])
