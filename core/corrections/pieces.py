"""Pieces of a value, and what a value reads like: the small language in which a correction rearranges text.

A text such as `{letters 1|upper}-{digits -1}` names pieces of the value between constants; `{digits}x{digits} cm`
says what a whole value reads like. Both take time linear in the value: each class of characters is one set, and what
a value reads like is asked of RE2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Any

from core.corrections import paths
from core.corrections.abstains import Abstains
from core.corrections.regex import Regex, regex

LONGEST_VALUE = 2_000
MOST_PIECES = 24
PLACEHOLDER = re.compile(r"\{([^{}]{1,100})\}")
RUNS: dict[str, re.Pattern[str]] = {
    "digits": re.compile(r"[0-9]+"),
    "number": re.compile(r"[0-9]+(?:[.,][0-9]+)*"),
    "letters": re.compile(r"[^\W\d_]+"),
    "code": re.compile(r"[^\W_]+"),
    "word": re.compile(r"\S+"),
}
"""Runs of characters, by name: `{digits 2}` is the second run of digits, `{word -1}` the last word."""

_LETTERS = (
    r"A-Za-z\x{AA}\x{B5}\x{BA}\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2AF}"
    r"\x{370}-\x{1FFF}\x{2C00}-\x{D7FF}\x{F900}-\x{FDFF}"
)
"""Letters of all scripts, in a few ranges: RE2 takes a fifth of a millisecond for these, five for all of Unicode."""

READS = {
    "digits": "[0-9]+",
    "number": r"[0-9]+(?:[.,][0-9]+)*",
    "letters": f"[{_LETTERS}]+",
    "code": f"[{_LETTERS}0-9]+",
    "word": r"\S+",
    "space": r"\s+",
    "any": "(?s:.+)",
}
"""What may stand for a part of a value in what it reads like."""

CHANGES: dict[str, tuple[Callable[[str], str], str]] = {
    "upper": (str.upper, "in upper case"),
    "lower": (str.lower, "in lower case"),
    "title": (lambda text: " ".join(word[:1].upper() + word[1:].lower() for word in text.split(" ")), "in title case"),
    "capital": (lambda text: text[:1].upper() + text[1:], "with a capital"),
    "initial": (lambda text: text[:1], "shortened to its first character"),
    "plain": (lambda text: text.lstrip("0") or "0", "without zeros in front"),
    "point": (lambda text: text.replace(",", "."), "with a decimal point"),
    "bare": (lambda text: "".join(RUNS["code"].findall(text)), "without separators"),
}


class Cut:
    """One value cut into its runs, each kind once and only when asked for."""

    def __init__(self, text: str, record: Any = None) -> None:
        self.text = text.strip()
        self.record = record
        self._runs: dict[str, list[str]] = {}

    def runs(self, name: str) -> list[str]:
        """Return the runs of one kind, in their order."""
        found = self._runs.get(name)
        if found is None:
            found = self._runs[name] = RUNS[name].findall(self.text)
        return found

    @cached_property
    def initials(self) -> str:
        """Return the first character of each word."""
        return "".join(word[0] for word in self.runs("letters"))


Getter = Callable[[Cut], str]


def at(items: Sequence[str], place: int) -> str:
    """Return an item by its place, from 1 or from the end by -1; Abstains where there is none."""
    if place > len(items) or -place > len(items):
        raise Abstains
    return items[place - 1 if place > 0 else place]


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[str | Getter, ...]:
    """Return the constants and pieces of a text; ValueError where a piece is not understood."""
    parts: list[str | Getter] = []
    end = 0
    for match in PLACEHOLDER.finditer(text):
        if match.start() > end:
            parts.append(text[end : match.start()])
        parts.append(_piece(match.group(1)))
        end = match.end()
    if end < len(text):
        parts.append(text[end:])
    if not any(callable(part) for part in parts) or len(parts) > MOST_PIECES:
        raise ValueError(f"a text needs one to {MOST_PIECES} pieces, such as {{digits 1}}")
    if any("{" in part or "}" in part for part in parts if isinstance(part, str)):
        raise ValueError("a brace stands alone")
    return tuple(parts)


def fill(text: str, value: str, record: Any = None) -> str:
    """Return the text with its pieces taken from the value; Abstains where one of them is not there."""
    if len(value) > LONGEST_VALUE:
        raise Abstains
    cut = Cut(value, record)
    return "".join(part if isinstance(part, str) else part(cut) for part in parse(text))


def reads_like(value: str, patterns: Sequence[str]) -> bool:
    """Say whether the whole value, spaces at its ends aside, reads like one of the patterns."""
    text = value.strip()
    return len(text) <= LONGEST_VALUE and _expression(tuple(patterns)).found(text)


@lru_cache(maxsize=4096)
def _expression(patterns: tuple[str, ...]) -> Regex:
    return regex(r"\A(?:" + "|".join(map(expression, patterns)) + r")\z")


@lru_cache(maxsize=4096)
def expression(pattern: str) -> str:
    """Return the regular expression of what a value reads like; ValueError where it is not understood."""
    out, end = [], 0
    for match in PLACEHOLDER.finditer(pattern):
        out.append(re.escape(pattern[end : match.start()]))
        if match.group(1) not in READS:
            raise ValueError(f"{match.group(1)[:40]!r} is none of {', '.join(READS)}")
        out.append(READS[match.group(1)])
        end = match.end()
    return "".join([*out, re.escape(pattern[end:])])


def _piece(written: str) -> Getter:
    name, *changes = written.split("|")
    found_by = getter(name)
    made = [changing(change) for change in changes]

    def get(cut: Cut) -> str:
        found = found_by(cut)
        for change in made:
            found = change(found)
        if not found:
            raise Abstains
        return found

    return get


def changing(change: str) -> Callable[[str], str]:
    """Return the function of one change of a piece; ValueError where there is none of that name."""
    return CHANGES[change][0] if change in CHANGES else _sized(change)


def _sized(change: str) -> Callable[[str], str]:
    name, _, given = change.partition(" ")
    if name not in ("pad", "cut") or not given.isdigit() or not 1 < int(given) <= 30:
        raise ValueError(f"{change[:40]!r} is none of {', '.join(CHANGES)}, pad 2 … pad 30, cut 2 … cut 30")
    width = int(given)
    if name == "cut":
        return lambda text: text[:width]
    return lambda text: text.zfill(width) if text.isdigit() else text


@lru_cache(maxsize=8192)
def getter(name: str) -> Getter:
    """Return what finds a piece, without changes, in a value; ValueError where there is no such piece."""
    kind, _, given = name.partition(" ")
    if name in _WHOLES:
        return _WHOLES[name]
    if kind in RUNS:
        place = _number(given)
        return lambda cut: at(cut.runs(kind), place)
    if kind not in _KINDS or not given:
        raise ValueError(f"{name[:40]!r} is no piece of a value")
    return _KINDS[kind](given)


def _number(text: str) -> int:
    if not re.fullmatch(r"-?[1-9][0-9]{0,3}", text):
        raise ValueError(f"{text[:20]!r} is no place")
    return int(text)


def _field(record: Any, path: str) -> str:
    found = paths.get(record, path)
    if isinstance(found, bool) or not isinstance(found, str | int | float) or len(str(found)) > LONGEST_VALUE:
        raise Abstains
    return str(found).strip()


def _of_record(path: str) -> Getter:
    paths.parse(path)
    return lambda cut: _field(cut.record, path)


def _beside(kind: str, mark: str) -> Getter:
    """Return what stands before or after the first such mark, or beyond the last."""

    def get(cut: Cut) -> str:
        found = cut.text.rfind(mark) if kind == "beyond" else cut.text.find(mark)
        if found < 0:
            raise Abstains
        return (cut.text[:found] if kind == "before" else cut.text[found + len(mark) :]).strip()

    return get


def _part(given: str) -> Getter:
    written, _, separator = given.partition(" of ")
    place = _number(written)
    if not separator:
        raise ValueError("a part needs what separates it")

    def get(cut: Cut) -> str:
        parts = cut.text.split(separator)
        if len(parts) < 2:
            raise Abstains
        return at(parts, place).strip()

    return get


def _characters(given: str) -> Getter:
    first, last = _span(given)

    def get(cut: Cut) -> str:
        size = len(cut.text)
        start, end = (place - 1 if place > 0 else size + place for place in (first, last))
        if not 0 <= start <= end < size:
            raise Abstains
        return cut.text[start : end + 1]

    return get


def _span(given: str) -> tuple[int, int]:
    first, _, last = given.partition(" to ")
    return _number(first), _number(last)


def _words(given: str) -> Getter:
    first, last = _span(given)

    def get(cut: Cut) -> str:
        words = cut.runs("word")
        start, end = (place - 1 if place > 0 else len(words) + place for place in (first, last))
        if not 0 <= start <= end < len(words):
            raise Abstains
        return " ".join(words[start : end + 1])

    return get


_WHOLES: dict[str, Getter] = {"value": lambda cut: cut.text, "initials": lambda cut: cut.initials}
_KINDS: dict[str, Callable[[str], Getter]] = {
    "field": _of_record,
    "before": lambda mark: _beside("before", mark),
    "after": lambda mark: _beside("after", mark),
    "beyond": lambda mark: _beside("beyond", mark),
    "part": _part,
    "characters": _characters,
    "words": _words,
}


def check(text: str | None, like: Sequence[str]) -> None:
    """Refuse with ValueError a text or patterns that are not understood."""
    if text is not None:
        parse(text)
    for pattern in like:
        _expression((pattern,))
