"""String programs in the manner of FlashFill: pieces of the value between constants, found for several pairs at once.

For each pair the pieces are listed whose text stands in what was wanted. The pairs of a sample are then read in
lockstep from left to right: a piece may follow only where it fits all of them, and a constant only where all go on
alike. So what is found explains the whole sample; the cheapest way through comes first. Work is bound by the number
of positions visited.

Sumit Gulwani, Automating string processing in spreadsheets using input-output examples, POPL 2011; Rishabh Singh,
BlinkFill, VLDB 2016, whose idea it is to let all values say which positions are worth naming.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from core.corrections import pieces
from core.corrections.abstains import Abstains
from core.corrections.induction.examples import Example, distinct
from core.corrections.induction.likeness import key_of
from core.model.corrections import Program

MOST_VISITS = 400
MOST_FOUND = 3
MOST_PIECES = 160
SAMPLE = 5
_BRACES = frozenset("{}")
_MARKS = (" - ", ", ", " x ", "x", ",", ":", "(", ")", "[", "/", "-", ";", "@", "_", ".", "#", "=", " ")
_WORDS = ("1 to 2", "1 to 3", "2 to 3", "1 to -2", "1 to -3", "2 to -1", "3 to -1", "-2 to -1", "-3 to -1", "2 to -2")


def _functions(*changes: str) -> tuple[tuple[str, tuple[Callable[[str], str], ...]], ...]:
    return tuple((change, tuple(map(pieces.changing, change.split("|")))) for change in changes)


_LETTERS = _functions(
    "upper",
    "lower",
    "title",
    "capital",
    "initial",
    "initial|upper",
    "initial|lower",
    "cut 2",
    "cut 3",
    "cut 2|upper",
    "cut 3|upper",
    "bare",
)
_RUNS = frozenset({"value", "digits", "letters", "word"})
_DIGITS = _functions("plain", *(f"pad {width}" for width in range(2, 15)))
_POINT = _functions("point")
_COST = {
    "value": 1.0,
    "digits": 2.0,
    "letters": 2.0,
    "word": 2.2,
    "number": 2.1,
    "code": 2.3,
    "initials": 2.5,
    "words": 2.8,
    "part": 2.6,
    "before": 2.6,
    "after": 2.6,
    "beyond": 2.8,
    "characters": 3.0,
    "field": 3.0,
}


def rearranged(examples: Sequence[Example]) -> Iterator[Program]:
    """Yield programs that write the wanted values from pieces of the values before, without saying where they apply."""
    usable = [one for one in examples if one.text and one.text.strip() and one.wanted and not _BRACES & set(one.wanted)]
    seen: set[str] = set()
    for sample in samples(usable):
        for to in together(sample):
            if to not in seen:
                seen.add(to)
                yield ({"rearrange": {"to": to}},)


def samples(examples: Sequence[Example]) -> Iterator[list[Example]]:
    """Yield groups that one program may explain: values built alike, the largest group first, and a mixture."""
    groups: dict[tuple[str, ...], list[Example]] = {}
    for example in examples:
        groups.setdefault(key_of(example.text or ""), []).append(example)
    ranked = sorted(groups.values(), key=lambda group: -len(group))
    mixture = distinct((group[0] for group in ranked), SAMPLE)
    if len(mixture) > 1:
        yield mixture[:SAMPLE]
        yield mixture[:2]
        yield mixture[1:3]
    for group in ranked[:5]:
        members = distinct(group, 2 * SAMPLE)
        yield members[:SAMPLE]
        if len(members) > SAMPLE:
            yield members[SAMPLE:]
        if len(members) > 2:
            yield members[:2]


def together(sample: Sequence[Example]) -> list[str]:
    """Return the cheapest texts of pieces and constants that write what is wanted for all of a sample."""
    wanted = [one.wanted or "" for one in sample]
    shared = [(*one, sum(map(str.isalnum, one[2][0]))) for one in _shared(sample)]
    if not shared or not all(wanted) or (len(wanted) > 1 and len(set(wanted)) == 1):
        return []
    order = count()
    heap: list[tuple[float, int, tuple[int, ...], str, bool, int]] = [
        (0.0, next(order), (0,) * len(wanted), "", False, 0)
    ]
    arrivals: dict[tuple[tuple[int, ...], bool], int] = {}
    found: list[str] = []
    visits = 0
    ends = tuple(map(len, wanted))
    while heap and visits < MOST_VISITS and len(found) < MOST_FOUND:
        cost, _, places, text, is_constant, held = heapq.heappop(heap)
        visits += 1
        if places == ends:
            if "{" in text and (len(wanted) > 1 or held * 2 >= sum(1 for letter in wanted[0] if letter.isalnum())):
                found.append(text)
            continue
        key = (places, is_constant)
        arrivals[key] = arrivals.get(key, 0) + 1
        if arrivals[key] > MOST_FOUND:
            continue
        for piece, price, values, letters_held in shared:
            if all(
                text_of.startswith(value, place) for text_of, value, place in zip(wanted, values, places, strict=True)
            ):
                after = tuple(place + len(value) for place, value in zip(places, values, strict=True))
                heapq.heappush(
                    heap, (cost + price, next(order), after, f"{text}{{{piece}}}", False, held + letters_held)
                )
        letters = {text_of[place : place + 1] for text_of, place in zip(wanted, places, strict=True)}
        if len(letters) == 1 and (letter := letters.pop()):
            price = (0.0 if is_constant else 0.8) + (2.0 if letter.isdigit() else 1.0 if letter.isalpha() else 0.6)
            after = tuple(place + 1 for place in places)
            heapq.heappush(heap, (cost + price, next(order), after, text + letter, True, held))
    return found


def _shared(sample: Sequence[Example]) -> list[tuple[str, float, list[str]]]:
    """Return the pieces that all of a sample have and that stand in what is wanted, with price and texts."""
    listed = [_pieces_of(one) for one in sample]
    shared = [piece for piece in listed[0] if all(piece in other for other in listed[1:])]
    priced = [(piece, price_of(piece), [one[piece] for one in listed]) for piece in shared]
    best: dict[tuple[str, ...], tuple[str, float, list[str]]] = {}
    for one in sorted(priced, key=lambda item: item[1]):
        best.setdefault((one[0].partition(" ")[0], *one[2]), one)
    return sorted(best.values(), key=lambda item: item[1])[:MOST_PIECES]


def price_of(piece: str) -> float:
    """Return what naming a piece costs, in the same coin as a letter of a constant."""
    name, *changes = piece.split("|")
    kind, _, given = name.partition(" ")
    price = _COST[kind] + sum(1.6 if change.startswith("cut") else 0.9 for change in changes)
    if kind in pieces.RUNS:
        place = int(given)
        price += 0.3 * (abs(place) - 1) + (0.4 if place < 0 else 0.0)
    return price


def _pieces_of(example: Example) -> dict[str, str]:
    found = example.memo.get("pieces")
    if found is None:
        found = example.memo["pieces"] = dict(_pieces(example))
    return dict(found)


def _pieces(example: Example) -> Iterator[tuple[str, str]]:
    cut, wanted = pieces.Cut(example.text or "", example.record), example.wanted or ""
    lowered = wanted.casefold()
    for name in _names(cut, example):
        try:
            value = pieces.getter(name)(cut)
        except (Abstains, ValueError):
            continue
        if not value:
            continue
        if value in wanted:
            yield name, value
        if value[:1].casefold() in lowered or value.isdigit():
            yield from _changed(name, value, wanted)


def _changed(name: str, value: str, wanted: str) -> Iterator[tuple[str, str]]:
    """Yield the ways of writing a piece that stand in what is wanted.

    Of whole runs also those that write this one as it is: another of the sample may need them.
    """
    is_run = name.partition(" ")[0] in _RUNS
    changes = _DIGITS if value.isdigit() else _POINT if value[:1].isdigit() and "," in value else _LETTERS
    for change, functions in changes:
        made = value
        for function in functions:
            made = function(made)
        if made and (is_run or made != value) and made in wanted:
            yield f"{name}|{change}", made


def _names(cut: pieces.Cut, example: Example) -> Iterator[str]:
    yield "value"
    for kind in pieces.RUNS:
        size = len(cut.runs(kind))
        yield from (f"{kind} {place}" for place in range(1, min(size, 6) + 1))
        yield from (f"{kind} -{place}" for place in range(1, min(size, 3) + 1))
    yield "initials"
    yield from (f"words {span}" for span in _WORDS)
    for mark in _MARKS:
        if mark in cut.text:
            yield from (f"before {mark}", f"after {mark}", f"beyond {mark}")
            if len(mark.strip()) == 1:
                yield from (f"part {place} of {mark}" for place in (1, 2, 3, -1, -2))
    size = len(cut.text)
    yield from (f"characters 1 to {last}" for last in range(1, min(9, size)))
    yield from (f"characters -{first} to -1" for first in range(1, min(9, size)))
    yield from (f"characters {first} to -1" for first in range(2, min(6, size)))
    yield from (f"characters 1 to -{last}" for last in range(2, min(6, size)))
    if size <= 20:
        yield from _stretches(size, example.wanted or "", cut.text)
    for name, value in list(example.record.items())[:60]:
        is_text = isinstance(value, str | int | float) and not isinstance(value, bool) and len(str(value)) >= 2
        if is_text and name != example.field and not set(name) & set("{}|"):
            yield f"field {name}"


def _stretches(size: int, wanted: str, text: str) -> Iterator[str]:
    """Yield stretches of characters inside a short code that stand in what is wanted, the longest at each place."""
    for first in range(2, size):
        last = size - 1
        while last > first and text[first - 1 : last] not in wanted:
            last -= 1
        if last > first:
            yield f"characters {first} to {last}"
