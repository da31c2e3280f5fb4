"""What changed between two values: by word in texts, by field in structures, with white space made visible."""

from __future__ import annotations

import difflib
import re
from typing import Any, Literal

import msgspec

from admin_ui.words import text, visible

TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
MOST_TOKENS = 3000
"""Above it a text is shown whole on both sides; comparing word by word would take too long."""
FOLD = 240
"""An unchanged stretch longer than this is folded."""

Kind = Literal["same", "changed", "space", "fold"]


class Piece(msgspec.Struct, frozen=True):
    """A stretch of one side of a difference. `space` is changed white space, already written visibly."""

    kind: Kind
    text: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One field before and after. A side that holds nothing is None."""

    path: str
    before: tuple[Piece, ...] | None
    after: tuple[Piece, ...] | None


def rows(field: str, before: Any, after: Any) -> list[Row]:
    """Compare two values of one field; structures are compared leaf by leaf and only differing leaves are told."""
    if not isinstance(before, dict | list) and not isinstance(after, dict | list):
        return [row(field, before, after)]
    old, new = dict(leaves(before, field)), dict(leaves(after, field))
    return [
        row(path, old.get(path), new.get(path))
        for path in dict.fromkeys([*old, *new])
        if old.get(path) != new.get(path) or type(old.get(path)) is not type(new.get(path))
    ]


def leaves(value: Any, path: str) -> list[tuple[str, Any]]:
    """Flatten a structure into dotted paths and scalars. An empty one has no leaves."""
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, f"{path}.{key}")]
    if isinstance(value, list):
        return [leaf for index, item in enumerate(value) for leaf in leaves(item, f"{path}.{index}")]
    return [] if value is None else [(path, value)]


def row(path: str, before: Any, after: Any) -> Row:
    """Compare two scalars; where only their type differs they are shown as JSON."""
    old, new = text(before), text(after)
    if old == new and before is not None and after is not None:
        old, new = (msgspec.json.encode(value).decode() for value in (before, after))
    left, right = compare(old, new)
    return Row(path=path, before=left if old else None, after=right if new else None)


def compare(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Compare two texts word by word and return the pieces of each side."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    if len(old) + len(new) > MOST_TOKENS:
        return (Piece("changed", before),), (Piece("changed", after),)
    left: list[Piece] = []
    right: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            left.extend(same("".join(old[i1:i2])))
            right.extend(same("".join(new[j1:j2])))
        else:
            left.extend(changed("".join(old[i1:i2])))
            right.extend(changed("".join(new[j1:j2])))
    return tuple(left), tuple(right)


def same(stretch: str) -> list[Piece]:
    """Return an unchanged stretch, its middle folded where it is long."""
    if len(stretch) <= FOLD:
        return [Piece("same", stretch)]
    start = stretch.rfind(" ", 40, 80) + 1 or 60
    end = stretch.find(" ", len(stretch) - 80, len(stretch) - 40)
    end = end if end > 0 else len(stretch) - 60
    fold = Piece("fold", f"{end - start} unchanged characters")
    return [Piece("same", stretch[:start]), fold, Piece("same", stretch[end:])]


def changed(stretch: str) -> list[Piece]:
    """Return a changed stretch; white space at its edges is written visibly."""
    core = stretch.strip()
    if not stretch:
        return []
    if not core:
        return [Piece("space", visible(stretch))]
    start = stretch.index(core)
    edges = (stretch[:start], stretch[start + len(core) :])
    pieces = [Piece("space", visible(edges[0])), Piece("changed", core), Piece("space", visible(edges[1]))]
    return [piece for piece in pieces if piece.text]
