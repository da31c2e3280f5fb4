"""Field paths. A pattern names a field (`variants[].gtin`); a dotted path names one value (`variants.2.gtin`)."""

from __future__ import annotations

import re
from typing import Any

_NAME = re.compile(r"(?!\d+(\[\])?$)\w(?:[\w \-'’/&()%+#,:°\"!?]{0,62}[\w)%+#°\"!?\-'’])?(\[\])?")
"""A name as platforms give them to attributes: letters of any language and digits, inside also spaces and signs, but
no dot, bracket or brace; not digits alone, which are an index."""
DEEPEST = 6

Segment = tuple[str, bool]
"""A name, and whether it walks the items of the list found under it."""


def parse(pattern: str) -> tuple[Segment, ...]:
    """Split `variants[].gtin` into (("variants", True), ("gtin", False)); ValueError where it is no path."""
    parts = pattern.split(".")
    if len(parts) > DEEPEST:
        raise ValueError(f"a field path has at most {DEEPEST} parts: {pattern[:80]!r}")
    for part in parts:
        if not _NAME.fullmatch(part):
            raise ValueError(f"not a field path: {pattern[:80]!r}")
    return tuple((part.removesuffix("[]"), part.endswith("[]")) for part in parts)


def get(record: Any, path: str) -> Any:
    """Return the value at a dotted path, None where there is none."""
    value = record
    for part in path.split("."):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list):
            index = as_index(part)
            value = value[index] if index is not None and index < len(value) else None
        else:
            return None
    return value


def bind(pattern: str, field: str) -> str:
    """Give `variants[].sku` the indices that `field` (`variants.2.gtin`) has in the same lists.

    A pattern without `[]` is returned as it stands, so a dotted path may be passed too. ValueError where `field`
    does not walk the same list.
    """
    if "[]" not in pattern:
        return pattern
    bound: list[str] = []
    walked = field.split(".")
    for name, each in parse(pattern):
        bound.append(name)
        if each:
            place = len(bound)
            if walked[:place] != bound or place >= len(walked) or as_index(walked[place]) is None:
                raise ValueError(f"{pattern} does not walk the list that {field} is in")
            bound.append(walked[place])
    return ".".join(bound)


def without_indices(path: str) -> str:
    """Return the pattern of a dotted path: `variants.2.gtin` becomes `variants[].gtin`."""
    parts: list[str] = []
    for part in path.split("."):
        if parts and as_index(part) is not None:
            parts[-1] += "[]"
        else:
            parts.append(part)
    return ".".join(parts)


def as_index(part: str) -> int | None:
    """Read one part of a path as a list index, None where it is a name."""
    return int(part) if part.isascii() and part.isdigit() and len(part) <= 6 else None
