"""Which regular expressions need no engine of their own, because something cheaper gives the very same answer.

RE2 is linear for every expression, and its price is a call across languages for each text. Where an expression is a
literal, a set of characters or a short sequence of them, string methods or Python's own `re` answer the same in a
tenth of the time; `re` is taken only where it can backtrack over no more than `MOST_WAYS` choices at one place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from re import _constants as op  # type: ignore[attr-defined]  # its parser is what tells one shape from another
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

MOST_WAYS = 500
_OTHER_DIALECT = re.compile(r"\\[A-Za-z0-9]|\[\[|\[[^\]]*\[:|\(\?(?!:)|\\$")
_SAFE_ESCAPES = re.compile(r"\\[nrt]")
_UNBOUNDED = 100


class Shape(NamedTuple):
    """What answers instead: the name of a test, and its one constant."""

    test: str
    constant: Any


def shape_of(source: str) -> Shape | None:
    """Return what can answer for an expression, None where only RE2 can."""
    if not source.isascii() or _OTHER_DIALECT.search(_SAFE_ESCAPES.sub("", source)):
        return None
    try:
        tokens = list(parser.parse(source))
    except (re.error, OverflowError, RecursionError):
        return None
    begins = bool(tokens) and tokens[0] == (op.AT, op.AT_BEGINNING)
    ends = bool(tokens) and tokens[-1] == (op.AT, op.AT_END)
    inner = tokens[begins : len(tokens) - ends]
    return _literal(inner, begins, ends) or _set(inner, begins, ends) or _backtracking(source, inner, begins, ends)


def answers(shape: Shape) -> Callable[[str], bool]:
    """Return the function that answers for an expression of this shape."""
    constant = shape.constant
    match shape.test:
        case "contains":
            return lambda text: constant in text
        case "begins":
            return lambda text: text.startswith(constant)
        case "ends":
            return lambda text: text.endswith(constant)
        case "consists":
            return lambda text: text != "" and not text.strip(constant)
        case _:
            return lambda text: constant(text) is not None


def _literal(tokens: list[Any], begins: bool, ends: bool) -> Shape | None:
    if not tokens or (begins and ends) or any(kind is not op.LITERAL for kind, _ in tokens):
        return None
    text = "".join(chr(code) for _, code in tokens)
    return Shape("begins" if begins else "ends" if ends else "contains", text)


def _set(tokens: list[Any], begins: bool, ends: bool) -> Shape | None:
    """Recognise `^[…]+$`: the text consists of these characters."""
    if not (begins and ends and len(tokens) == 1 and tokens[0][0] is op.MAX_REPEAT):
        return None
    least, most, (item,) = tokens[0][1]
    characters = _characters(item) if least == 1 and most is op.MAXREPEAT else None
    return None if characters is None or len(characters) > 128 else Shape("consists", characters)


def _characters(item: Any) -> str | None:
    if item[0] is not op.IN:
        return None
    found = []
    for kind, value in item[1]:
        if kind is op.LITERAL:
            found.append(chr(value))
        elif kind is op.RANGE and value[1] - value[0] < 128:
            found.extend(map(chr, range(value[0], value[1] + 1)))
        else:
            return None
    return "".join(found)


def _backtracking(source: str, tokens: list[Any], begins: bool, ends: bool) -> Shape | None:
    ways, unbounded = _ways(tokens)
    if ways > MOST_WAYS or unbounded > (1 if begins else 0):
        return None
    return Shape("matches", re.compile(source[:-1] + r"\Z" if ends else source).search)


def _ways(tokens: Any) -> tuple[int, int]:
    """Return in how many ways tokens may match at one place, and how many of them have no bound."""
    ways, unbounded = 1, 0
    for kind, value in tokens:
        if kind in (op.LITERAL, op.NOT_LITERAL, op.ANY):
            continue
        if kind is op.IN and not any(part is op.CATEGORY for part, _ in value):
            continue
        if kind is op.MAX_REPEAT:
            more, endless = _repeated(*value)
        elif kind is op.SUBPATTERN and not value[1] and not value[2]:
            more, endless = _ways(value[3])
        elif kind is op.BRANCH:
            each = [_ways(branch) for branch in value[1]]
            more, endless = sum(one for one, _ in each), sum(many for _, many in each)
        else:
            return MOST_WAYS + 1, 0
        ways, unbounded = min(ways * more, MOST_WAYS + 1), unbounded + endless
    return ways, unbounded


def _repeated(least: int, most: Any, inner: Any) -> tuple[int, int]:
    single = len(inner) == 1 and inner[0][0] in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN)
    ways, unbounded = _ways(inner)
    if single and (most is op.MAXREPEAT or most - least > _UNBOUNDED):
        return ways, 1
    if most is op.MAXREPEAT or unbounded:
        return MOST_WAYS + 1, 0
    if single or most == 1:
        return ways * (most - least + 1), 0
    return min(ways ** min(most, 20) * (most - least + 1), MOST_WAYS + 1), 0
