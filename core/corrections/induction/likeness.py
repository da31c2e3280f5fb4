"""What values read like: the patterns that hold for all values seen, and for no more than these speak for.

Runs of digits differ by their nature. A run of letters stands for any other only after three different ones were seen
in its place: until then, `10 Inch` says nothing of `10 mm`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

TOKEN = re.compile(r"(?P<number>[0-9]+(?:[.,][0-9]+)*)|(?P<letters>[^\W\d_]+)|(?P<space>\s+)|(?P<sign>.)", re.DOTALL)
MOST_TOKENS = 24
MOST_PATTERNS = 16
DIFFERENT = 3

Token = tuple[str, str]


def tokens(text: str) -> list[Token]:
    """Return the kinds and texts of a value's runs."""
    return [(str(match.lastgroup), match.group()) for match in TOKEN.finditer(text.strip())]


def key_of(text: str) -> tuple[str, ...]:
    """Return what two values have in common that are built alike."""
    return tuple(kind if kind != "sign" else text for kind, text in tokens(text))


def patterns(texts: Iterable[str]) -> list[str] | None:
    """Return the fewest patterns that the texts read like; None where they are too different to say."""
    groups: dict[tuple[str, ...], list[list[Token]]] = {}
    for text in dict.fromkeys(texts):
        cut = tokens(text)
        if not cut or len(cut) > MOST_TOKENS or "{" in text or "}" in text:
            return None
        groups.setdefault(tuple(kind if kind != "sign" else part for kind, part in cut), []).append(cut)
    if len(groups) > MOST_PATTERNS:
        return None
    found: list[str] = []
    for members in groups.values():
        found.extend(_generalised(members))
        if len(found) > MOST_PATTERNS:
            return None
    return sorted(set(found), key=lambda one: (len(one), one))


def are_many(texts: Sequence[str]) -> bool:
    """Say whether values are built in so many ways, most of them once, that the way says nothing."""
    counts: dict[tuple[str, ...], int] = {}
    for text in dict.fromkeys(texts):
        counts[key_of(text)] = counts.get(key_of(text), 0) + 1
    once = sum(1 for count in counts.values() if count == 1)
    return len(counts) >= 4 and once * 2 >= len(counts)


def _generalised(members: list[list[Token]]) -> list[str]:
    columns = list(zip(*members, strict=True))
    written: list[str | None] = []
    for column in columns:
        kind, first = column[0]
        texts = {text for _, text in column}
        if kind == "number":
            written.append("{digits}" if all(text.isdigit() for text in texts) else "{number}")
        elif kind == "letters" and len(texts) >= DIFFERENT:
            written.append("{letters}")
        elif kind == "space":
            written.append(" " if texts == {" "} else "{space}")
        else:
            written.append(first if len(texts) == 1 else None)
    rows = ["".join(part if part is not None else row[place][1] for place, part in enumerate(written)) for row in members]
    return list(dict.fromkeys(rows))
