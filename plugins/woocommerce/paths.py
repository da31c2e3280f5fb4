"""Find and set values of a record by canonical path: dotted, with indices; attribute names may hold dots."""

from __future__ import annotations

import copy
from typing import Any

from marketwright import Record, Rejected

_LISTS = {"variants": "external_id", "images": "url"}
"""Lists whose items have an identity: by it they are found again when the list has changed since."""


def split(path: str) -> list[str]:
    """Return the parts of a path. Everything behind `attributes.` is one name, as it may hold dots."""
    root, _, rest = path.partition(".")
    if root == "attributes" and rest:
        return [root, rest]
    return path.split(".")


def get(record: Record, path: str) -> Any:
    """Return the value at a path; None where there is none."""
    value: Any = record
    for part in split(path):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict):
            value = value.get(part)
        else:
            return None
    return value


def changed(record: Record, values: dict[str, Any]) -> Record:
    """Return a copy of the record with values set at their paths. Raise `Rejected` where a path leads nowhere."""
    target = copy.deepcopy(record)
    for path, value in values.items():
        *way, name = split(path)
        place: Any = target
        for part in way:
            if isinstance(place, list) and part.isdigit() and int(part) < len(place):
                place = place[int(part)]
            elif isinstance(place, dict):
                if place.get(part) is None:
                    place[part] = {}
                place = place[part]
            else:
                raise _nowhere(path)
        if isinstance(place, dict):
            place[name] = value
        elif isinstance(place, list) and name.isdigit() and int(name) < len(place):
            place[int(name)] = value
        else:
            raise _nowhere(path)
    return target


def translated(path: str, then: Record, now: Record) -> str:
    """Return a path of the record as it was read for the record as it is: items may have moved since."""
    parts = path.split(".")
    identity = _LISTS.get(parts[0])
    if identity is None or len(parts) < 2 or not parts[1].isdigit():
        return path
    before, after = then.get(parts[0]) or [], now.get(parts[0]) or []
    place = int(parts[1])
    if place >= len(before):
        raise _nowhere(path)
    for number, item in enumerate(after):
        if item.get(identity) == before[place].get(identity):
            return ".".join((parts[0], str(number), *parts[2:]))
    raise Rejected(f"What {path} means is not in the store any more.", code="item_gone", field=path)


def _nowhere(path: str) -> Rejected:
    return Rejected(f"The record has no place for {path}.", code="no_such_place", field=path)
