"""Programs of the plain steps, one or two of them: notation, case, decimals, length, words replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from core.corrections import apply
from core.corrections.induction.examples import NOTHING, Example, Runner, distinct
from core.model.corrections import Program, Step

PLAIN: tuple[Step, ...] = (
    {"trim": {}},
    {"collapse_spaces": {}},
    {"remove_control_characters": {}},
    {"normalise_gtin": {}},
    {"parse_number": {}},
    {"parse_number": {"decimal": ","}},
    {"parse_number": {"decimal": "."}},
    {"format_date": {}},
    {"format_date": {"order": "day_first"}},
    {"format_date": {"order": "month_first"}},
    {"format_phone": {}},
    {"remove_repeated_words": {}},
    {"remove_scripts": {}},
    {"strip_html": {}},
    {"change_case": {"to": "upper"}},
    {"change_case": {"to": "lower"}},
    {"change_case": {"to": "title"}},
    {"change_case": {"to": "sentence"}},
    {"drop_items": {}},
    {"unique_items": {}},
    {"brand_from_title": {}},
    {"weight_from_dimensions": {}},
    {"country_code": {}},
    {"name_unit": {}},
    {"read_measure": {}},
    {"format_postal_code": {}},
    {"restore_gtin": {}},
    {"keep_only": {"keep": "letters_and_digits"}},
    {"keep_only": {"keep": "digits"}},
    {"keep_only": {"keep": "letters"}},
)
_SEEDS = 3
_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_LONGEST_KEY = 80
_JOINERS = (", ", ",", "; ", ";", " / ", "/", " | ", "|", " ", "\n")
_RUNNERS = tuple((step, Runner((step,))) for step in PLAIN)


def plain(examples: Sequence[Example]) -> Iterator[Program]:
    """Yield programs of one plain step, then of two, that explain one of a few pairs."""
    doubles: list[Program] = []
    for seed in distinct(examples, _SEEDS):
        singles = [*_RUNNERS, *((step, Runner((step,))) for step in (*_numbers(seed.after), *_shortened(examples)))]
        changed = [(step, runner(seed)) for step, runner in singles]
        moved = [(step, made) for step, made in changed if made is not NOTHING and not apply.same(made, seed.before)]
        yield from ((step,) for step, made in moved if apply.same(made, seed.after))
        doubles.extend(_pairs_of(singles, moved, seed))
    yield from doubles


def _pairs_of(
    singles: Sequence[tuple[Step, Runner]], moved: Sequence[tuple[Step, Any]], seed: Example
) -> Iterator[Program]:
    """Yield programs of two steps whose first does something to the first value."""
    for first, made in moved:
        if not isinstance(made, str) or not made or apply.same(made, seed.after):
            continue
        step = Example(number=0, record=seed.record, field=seed.field, before=made, after=seed.after)
        for second, runner in singles:
            if second is not first and apply.same(runner(step), seed.after):
                yield (first, second)


def _numbers(after: Any) -> Iterator[Step]:
    """Take the number of decimals from what was wanted."""
    if isinstance(after, str) and (match := re.fullmatch(r"-?[0-9]+(?:\.([0-9]{1,10}))?", after, re.ASCII)):
        places = len(match.group(1) or "")
        yield {"decimal_places": {"places": places}}
        yield {"round_to": {"places": places}}


def _shortened(examples: Sequence[Example]) -> Iterator[Step]:
    """Find a limit that cuts every text where it was cut: round numbers first, then the longest result."""
    cut = [
        (one.before, one.after)
        for one in examples
        if isinstance(one.before, str) and isinstance(one.after, str) and len(one.after) < len(one.before)
    ]
    cut = [(before, after) for before, after in cut if before.startswith(after)]
    longest = max((len(after) for _, after in cut), default=0)
    if longest < 4:
        return
    for limit in (60, 65, 70, 75, 80, 100, 120, 128, 132, 150, 160, 200, 250, 255, 500):
        if longest <= limit < longest + 25:
            yield {"shorten_at_word": {"limit": limit}}
    yield {"shorten_at_word": {"limit": longest}}


def replaced(examples: Sequence[Example]) -> Iterator[Program]:
    """Yield programs that replace the words which changed between the parts that stayed, and that join lists anew."""
    found: dict[str, Program] = {}
    for example in distinct(examples, 12):
        if isinstance(example.before, str) and isinstance(example.after, str):
            for step in (*_replaced(example.before, example.after), *_rejoined(example)):
                found.setdefault(repr(step), (step,))
    yield from found.values()


def _replaced(before: str, after: str) -> Iterator[Step]:
    if max(len(before), len(after)) > 2_000:
        return
    old, new = _WORD.findall(before), _WORD.findall(after)
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    gone, come = "".join(old[start : len(old) - end]), "".join(new[start : len(new) - end])
    if gone and gone != before and len(gone) <= _LONGEST_KEY and len(come) <= _LONGEST_KEY:
        yield {"replace": {"old": gone, "new": come}}
    for sign in dict.fromkeys(re.findall(r"[^\w\s]|\s", before)):
        if sign not in after:
            yield from ({"replace": {"old": sign, "new": new}} for new in ("", " ", "-", ".", "/", "_", ",")
                        if before.replace(sign, new) == after)  # fmt: skip


def _rejoined(example: Example) -> Iterator[Step]:
    if example.text is None or not re.search(r"[,;|/\n]", example.text):
        return
    for joiner in _JOINERS:
        if joiner in (example.wanted or ""):
            for unique in (False, True):
                step: Step = {"rejoin": {"joiner": joiner, **({"unique": True} if unique else {})}}
                if apply.same(Runner((step,))(example), example.after):
                    yield step
                    break
