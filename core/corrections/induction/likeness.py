"""What values read like: the patterns that hold for all values seen, and for no more than these speak for.

Runs of digits differ by their nature. A run of letters stands for any other only after three different ones were seen
in its place, or two where what was written carries them: until then, `10 Inch` says nothing of `10 mm`. Where a program
holds for three values, one that is carried is enough.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

TOKEN = re.compile(r"(?P<number>[0-9]+(?:[.,][0-9]+)*)|(?P<letters>[^\W\d_]+)|(?P<space>\s+)|(?P<sign>.)", re.DOTALL)
MOST_TOKENS = 24
MOST_PATTERNS = 16
DIFFERENT = 3
LONG = 5

Token = tuple[str, str]


def tokens(text: str) -> list[Token]:
    """Return the kinds and texts of a value's runs."""
    return [(str(match.lastgroup), match.group()) for match in TOKEN.finditer(text.strip())]


def key_of(text: str) -> tuple[str, ...]:
    """Return what two values have in common that are built alike."""
    return tuple(kind if kind != "sign" else text for kind, text in tokens(text))


def patterns(pairs: Iterable[tuple[str, str]]) -> list[str] | None:
    """Return the fewest patterns that the values of pairs read like; None where they are too different to say."""
    groups: dict[tuple[str, ...], list[tuple[list[Token], str]]] = {}
    known = dict(pairs)
    carried = 1 if len(known) >= DIFFERENT else 2
    for text, wanted in known.items():
        cut = tokens(text)
        if not cut or len(cut) > MOST_TOKENS or "{" in text or "}" in text:
            return None
        groups.setdefault(tuple(kind if kind != "sign" else part for kind, part in cut), []).append(
            (cut, wanted.casefold())
        )
    if len(groups) > MOST_PATTERNS:
        return None
    found: list[str] = []
    for members in groups.values():
        found.extend(_generalised(members, carried))
        if len(found) > MOST_PATTERNS:
            return None
    return sorted(set(found), key=lambda one: (len(one), one))


def are_many(texts: Sequence[str]) -> bool:
    """Say whether values are built in so many ways, or most of them once, that the way says nothing.

    Short values that are built in a few ways are codes rather than text: of them the way says much.
    """
    keys = [key_of(text) for text in dict.fromkeys(texts)]
    counts = Counter(keys)
    once = sum(1 for count in counts.values() if count == 1)
    least = DIFFERENT if sum(map(len, keys)) > LONG * len(keys) else 2 * DIFFERENT
    return len(counts) > MOST_PATTERNS or (len(counts) >= least and once * 2 >= len(counts))


def _generalised(members: list[tuple[list[Token], str]], carried: int) -> list[str]:
    cuts = [cut for cut, _ in members]
    written: list[str | None] = []
    for place, column in enumerate(zip(*cuts, strict=True)):
        kind, first = column[0]
        texts = {text for _, text in column}
        if kind == "number":
            written.append("{digits}" if all(text.isdigit() for text in texts) else "{number}")
        elif kind == "letters" and len(texts) >= (carried if _is_carried(members, place, len(texts)) else DIFFERENT):
            written.append("{letters}")
        elif kind == "space":
            written.append(" " if texts == {" "} else "{space}")
        else:
            written.append(first if len(texts) == 1 else None)
    rows = ["".join(part or row[place][1] for place, part in enumerate(written)) for row in cuts]
    return list(dict.fromkeys(rows))


def _is_carried(members: list[tuple[list[Token], str]], place: int, different: int) -> bool:
    """Tell whether what was written has the letters at a place in it; where all are the same, as a whole word."""
    if different > 1:
        return all(cut[place][1].casefold() in wanted for cut, wanted in members)
    return all(("letters", cut[place][1].casefold()) in tokens(wanted) for cut, wanted in members)
