"""Pieces of a value and what a value reads like: what is cut out, what is refused, what it costs."""

from __future__ import annotations

import time

import pytest

from core.corrections import apply, pieces
from core.corrections.abstains import Abstains
from core.corrections.steps import phrases
from core.errors import Refused


@pytest.mark.parametrize(
    ("text", "value", "made"),
    [
        ("{digits 1}", "ab 12 cd 7", "12"),
        ("{digits -1|pad 3}", "ab 12 cd 7", "007"),
        ("{letters 2|upper}-{letters 1}", "ab 12 cd", "CD-ab"),
        ("{number 1|point} kg", "3,5 Kilo", "3.5 kg"),
        ("{word -1}", "one two three", "three"),
        ("{words 2 to -1}", "one two three", "two three"),
        ("{code 1|lower}", "A1B2-99", "a1b2"),
        ("{before  - }", "Acme - Pan - old", "Acme"),
        ("{after  - }", "Acme - Pan - old", "Pan - old"),
        ("{beyond /}", "a/b/c", "c"),
        ("{part 2 of /}", "a/b/c", "b"),
        ("{characters 2 to 4}", "abcdef", "bcd"),
        ("{characters -2 to -1}", "abcdef", "ef"),
        ("{initials}", "Anna Maria Adler", "AMA"),
        ("{letters 1|initial|upper}. {letters 2|title}", "anna ADLER", "A. Adler"),
        ("{letters 1|cut 3|upper}", "Shirt", "SHI"),
        ("{digits 1|plain}", "0042", "42"),
        ("{field brand}: {value|capital}", " pan ", "Acme: Pan"),
        ("{value|bare}", "AB-12 c", "AB12c"),
    ],
)
def test_pieces_are_cut_as_they_are_named(text, value, made):
    assert pieces.fill(text, value, {"brand": "Acme"}) == made


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{digits 2}", "ab 12"),
        ("{part 2 of /}", "abc"),
        ("{characters 3 to 9}", "abcd"),
        ("{field no}", "x"),
        ("{value}", " "),
    ],
)
def test_a_piece_that_is_not_there_is_an_abstention(text, value):
    with pytest.raises(Abstains):
        pieces.fill(text, value, {})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no piece",
        "{digits}",
        "{digits 0}",
        "{nothing 1}",
        "{digits 1|shout}",
        "{digits 1|pad 99}",
        "{part 1 of }",
        "{field ..}",
        "}{value}",
        "{value}" * 25,
    ],
)
def test_a_text_that_is_not_understood_is_refused_when_a_program_is_checked(text):
    with pytest.raises(Refused):
        apply.check(({"rearrange": {"to": text}},))


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        ("{digits} in", "12 in", True),
        ("{digits} in", "12 inch", False),
        ("{digits} in", "1.5 in", False),
        ("{number}{letters}", "1.5kg", True),
        ("{letters} ({digits})", "Größe (12)", True),
        ("{letters}.{letters}", "axb", False),
        ("{any} - {any}", "a b - c\nd", True),
        ("{code}", "AB12é", True),
        ("a{space}b", "a \t b", True),
    ],
)
def test_a_value_reads_like_a_pattern_as_a_whole(pattern, value, fits):
    assert pieces.reads_like(f" {value} ", (pattern,)) is fits
    assert pieces.reads_like(value, ("never", pattern)) is fits


@pytest.mark.parametrize(
    "step", [{"rearrange": {"to": "{value}", "like": ["{numbers}"]}}, {"only_where": {"like": ["{words}"]}}]
)
def test_a_pattern_that_is_not_understood_is_refused_when_a_program_is_checked(step):
    with pytest.raises(Refused):
        apply.check((step,))


def test_a_hostile_value_costs_no_more_than_its_length():
    value = "a1" * 900 + "!"
    started = time.process_time()

    for _ in range(20):
        pieces.reads_like(value, ("{any}{any}{any}{code}-{any}{letters}{digits}x",))

    assert time.process_time() - started < 2.0


def test_pieces_are_said_in_words():
    assert (
        phrases.said("{letters 1|upper}-{digits -1|pad 4}")
        == "‹first letters in upper case›-‹last digits filled up to 4 digits›"
    )
    assert phrases.said_like(["{digits} in"]) == "“‹digits› in”"
