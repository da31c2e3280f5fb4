"""Steps that write values in another form: numbers, measures, dates, pieces, words."""

from __future__ import annotations

from typing import Any

import pytest

from core.corrections import apply
from core.errors import Refused

NOTHING = object()


def made(step: dict[str, Any], value: Any) -> Any:
    apply.check((step,))
    changes = apply.run((step,), {"value": value}, "value")
    return changes[0].after if changes else NOTHING


@pytest.mark.parametrize(
    ("step", "value", "after"),
    [
        ({"write_number": {"decimal": ",", "grouping": ".", "places": 2}}, "1234.5", "1.234,50"),
        ({"write_number": {"reads": ",", "places": 1}}, "1.234,5", "1234.5"),
        ({"write_number": {"places": 1}}, "1.25", NOTHING),
        ({"write_number": {"places": 1, "rounds": True}}, "1.25", "1.3"),
        ({"write_number": {"times": "100", "after": "%"}}, "0.055", "5.5%"),
        ({"write_number": {"before": "$"}}, "-3", "$-3"),
        ({"write_number": {"decimal": ".", "grouping": "."}}, "1234", NOTHING),
        ({"write_number": {}}, "1,234", NOTHING),
        ({"write_measure": {"names": {"in": "in"}}}, '10"', "10 in"),
        ({"write_measure": {"names": {"in": "in"}}}, "10 cm", NOTHING),
        ({"write_measure": {"unit": "cm", "places": 1, "text": "{number}", "bare": "in"}}, "10", "25.4"),
        ({"write_measure": {"unit": "cm", "places": 1, "text": "{number}", "zeros": True}}, "100 in", "254.0"),
        ({"write_measure": {"unit": "cm", "places": 1}}, "10", NOTHING),
        ({"write_measure": {"unit": "kg"}}, "10 cm", NOTHING),
        ({"write_measure": {"unit": "m", "decimal": ","}}, "150 cm", "1,5 m"),
        ({"convert_date": {"reads": ["DD.MM.YYYY", "D MMM YYYY"], "writes": "YYYY-MM-DD"}}, "5 Mar 2026", "2026-03-05"),
        ({"convert_date": {"reads": ["DD.MM.YYYY"], "writes": "MMMM D, YYYY"}}, "31.12.2025", "December 31, 2025"),
        ({"convert_date": {"reads": ["DD.MM.YYYY"], "writes": "YYYY"}}, "31.02.2025", NOTHING),
        (
            {"convert_date": {"reads": ["D. MMMM YYYY"], "writes": "YYYY-MM-DD", "language": "de"}},
            "1. März 2026",
            "2026-03-01",
        ),
        (
            {"convert_date": {"reads": ["h:mm A DD/MM/YY"], "writes": "YYYY-MM-DDTHH:mm"}},
            "7:05 PM 01/02/69",
            "2069-02-01T19:05",
        ),
        ({"keep_only": {"keep": "digits"}}, "a1-2", "12"),
        ({"keep_only": {"keep": "digits"}}, "abc", NOTHING),
        ({"rejoin": {"joiner": ", "}}, "a;b / c", "a, b, c"),
        ({"rejoin": {"joiner": "|", "separator": "+", "unique": True}}, "a+b+a", "a|b"),
        ({"rejoin": {"joiner": ", "}}, "a", NOTHING),
        ({"replace_words": {"words": {"rot": "red", "Hut": "hat"}}}, "rot 7 Hut", "red 7 hat"),
        ({"replace_words": {"words": {"rot": "red"}}}, "rot 7 Hut", NOTHING),
        ({"pick_by_word": {"words": {"ring": "Rings", "gold": "Rings", "box": "Boxes"}}}, "Gold RINGS", "Rings"),
        ({"pick_by_word": {"words": {"ring": "Rings", "box": "Boxes"}}}, "ring box", NOTHING),
        ({"map_value": {"mapping": {"dark blue": "Blue"}, "fold": True}}, " Dark-Blue ", "Blue"),
        ({"map_value": {"mapping": {"Dark Blue": "Blue"}}}, "dark blue", NOTHING),
        ({"rearrange": {"to": "{digits 1}", "like": ["{digits} in"]}}, "7 in", "7"),
        ({"rearrange": {"to": "{digits 1}", "like": ["{digits} in"]}}, "7 cm", NOTHING),
    ],
)
def test_a_step_writes_what_it_says_or_abstains(step, value, after):
    assert made(step, value) == after


@pytest.mark.parametrize(
    "value", [None, True, 7, 2.5, [], {}, "", " ", "x" * 5_000, "\ud800", "9" * 60, "1e5", "٣ in", "0 in"]
)
@pytest.mark.parametrize(
    "step",
    [
        {"write_number": {"times": "0.01"}},
        {"write_measure": {"unit": "cm", "places": 2}},
        {"keep_only": {"keep": "letters"}},
        {"convert_date": {"reads": ["MMMM D YYYY"], "writes": "DDDD", "language": "nl"}},
        {"rejoin": {"joiner": "-"}},
        {"replace_words": {"words": {"a": "b"}}},
        {"pick_by_word": {"words": {"a": "b"}}},
        {"rearrange": {"to": "{word 1}"}},
        {"only_where": {"like": ["{any}"]}},
        {"map_value": {"mapping": {"a": 1}, "fold": True}},
    ],
)
def test_no_value_makes_a_step_raise(step, value):
    apply.check((step,))

    apply.run((step,), {"value": value}, "value")


def test_a_program_goes_on_only_where_the_value_reads_like_its_condition():
    program = ({"only_where": {"like": ["{digits} in"], "but_not": ["7 in"]}}, {"change_case": {"to": "upper"}})

    results = [apply.run(program, {"value": value}, "value") for value in ("8 in", "7 in", "8 cm")]

    assert [changes[0].after if changes else None for changes in results] == ["8 IN", None, None]


def test_a_step_that_only_asks_changes_nothing_of_what_a_hash_was_before_it_had_options():
    plain = ({"map_value": {"mapping": {"a": "b"}}},)

    assert apply.program_hash(plain) == apply.program_hash(({"map_value": {"mapping": {"a": "b"}, "fold": False}},))


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ({"rearrange": {"to": "{letters 2}, {letters 1}"}}, "Write “‹second letters›, ‹first letters›”."),
        (
            {"rearrange": {"to": "{digits 1} in", "like": ["{digits} Inch", "{digits} zoll"]}},
            "Write “‹first digits› in” where it reads like “‹digits› Inch” or “‹digits› zoll”.",
        ),
        (
            {"convert_date": {"reads": ["DD.MM.YYYY"], "writes": "YYYY-MM-DD"}},
            "Read the date as DD.MM.YYYY and write it as YYYY-MM-DD.",
        ),
        (
            {"write_measure": {"unit": "cm", "places": 1, "bare": "in", "text": "{number}"}},
            "Write the measure as “‹number›”, converted to cm, rounded to 1 decimals; a bare number is in in.",
        ),
        ({"keep_only": {"keep": "letters_and_digits"}}, "Keep only letters and digits."),
        ({"rejoin": {"joiner": ", "}}, "Split it at commas, semicolons or slashes and join it by “, ”."),
    ],
)
def test_a_program_is_said_in_one_sentence(step, sentence):
    assert apply.describe((step,)) == sentence


@pytest.mark.parametrize(
    "step",
    [
        {"write_measure": {"unit": "cubit"}},
        {"write_measure": {"names": {"in": "in", "ell": "ell"}}},
        {"write_measure": {"text": "{unit}"}},
        {"convert_date": {"reads": ["DD.MM"], "writes": "YYYY"}},
        {"convert_date": {"reads": ["DD.MM.YYYY"], "writes": "no"}},
        {"convert_date": {"reads": ["DD.MM.YYYY"], "writes": "YYYY", "language": "xx"}},
    ],
)
def test_arguments_that_mean_nothing_are_refused(step):
    with pytest.raises(Refused):
        apply.check((step,))
