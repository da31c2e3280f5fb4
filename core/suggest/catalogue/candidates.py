"""All values that one field of one row could have instead, each with what speaks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from core.suggest.catalogue.confirmed import ITSELF, Said
from core.suggest.catalogue.forms import is_missing
from core.suggest.catalogue.keys import Row, key_of
from core.suggest.catalogue.nearest import Near, Neighbours
from core.suggest.catalogue.tables import Catalogue, Table

MOST = 10


class Vote(msgspec.Struct, frozen=True, kw_only=True):
    """What one table says: `times` of `total` others with that key have the value, `second` the next one."""

    by: tuple[str, ...]
    key: str
    times: int
    total: int
    second: int
    accuracy: float
    gain: float


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What one program writes, whose hash is `program`: it explained `right` of `times` decisions on such values."""

    program: str
    value: str
    right: int
    times: int


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One value, the tables that vote for it, how near it is if it is near, the programs that write it.

    `rank` counts nearer values, `against` is the strongest share with which a table votes for another value,
    `tables` how many were asked with success, `said` what people decided where the key was the same; there `denied`
    counts decisions for another value, and `refused` those on the very same value before.
    """

    value: str
    votes: tuple[Vote, ...] = ()
    near: Near | None = None
    rank: int = 0
    written: tuple[Written, ...] = ()
    against: float = 0.0
    tables: int = 0
    said: tuple[Said, ...] = ()
    denied: int = 0
    refused: int = 0


def candidates(
    known: Catalogue, neighbours: Neighbours, row: Row, field: str, *, inside: bool = False
) -> list[Candidate]:
    """Return what tables and near values would put into `field` of `row` instead of what stands there.

    `inside` says that the catalogue was learned from this very row as well, which then does not count.
    """
    own = row.get(field, "")
    votes: dict[str, list[Vote]] = {}
    strongest: dict[str, float] = {}
    answered = 0
    for table in known.tables.get(field, ()):
        said = _votes(table, row, own, inside=inside and not is_missing(own))
        answered += bool(said)
        for value, vote in said:
            votes.setdefault(value, []).append(vote)
            strongest[value] = max(strongest.get(value, 0.0), vote.times / vote.total)
    near = {} if is_missing(own) else {one.value: (at, one) for at, one in enumerate(neighbours.near(field, own))}
    found = []
    for value in dict.fromkeys([*votes, *near]):
        rank, nearest = near.get(value, (0, None))
        found.append(
            Candidate(
                value=value,
                votes=tuple(votes.get(value, ())),
                near=nearest,
                rank=rank,
                against=max((share for other, share in strongest.items() if other != value), default=0.0),
                tables=answered,
            )
        )
    return found[:MOST]


def joined(
    found: Sequence[Candidate], own: str, written: Sequence[Written], said: Mapping[str, Sequence[Said]]
) -> list[Candidate]:
    """Return candidates with what programs write and what people said, both of which come and go with decisions."""
    if not written and not said:
        return list(found)
    programs: dict[str, list[Written]] = {}
    for one in written:
        if one.value != own:
            programs.setdefault(one.value, []).append(one)
    by_value = {one.value: one for one in found}
    total, same = _decided(said)
    values = dict.fromkeys([*by_value, *programs, *(value for value in said if value != own)])
    return [
        msgspec.structs.replace(
            by_value.get(value) or Candidate(value=value),
            written=tuple(programs.get(value, ())),
            said=tuple(one for one in said.get(value, ()) if one.times > 0),
            denied=max((one.denied for one in said.get(value, ()) if one.by != ITSELF), default=total),
            refused=max((one.denied for one in said.get(value, ()) if one.by == ITSELF), default=same),
        )
        for value in values
    ]


def _decided(said: Mapping[str, Sequence[Said]]) -> tuple[int, int]:
    """Return the most decisions with one key, and those on the very same value."""
    counts = [(one.by == ITSELF, one.times + one.denied) for several in said.values() for one in several]
    return (
        max((times for same, times in counts if not same), default=0),
        max((times for same, times in counts if same), default=0),
    )


def _votes(table: Table, row: Row, own: str, *, inside: bool) -> list[tuple[str, Vote]]:
    key = key_of(table.by, row)
    held = None if key is None else table.entries.get(key)
    if key is None or held is None:
        return []
    counts, total = held
    total -= inside
    mine = next((times for value, times in counts if value == own), 0) - inside
    others = [(value, times) for value, times in counts if value != own]
    return [
        (
            value,
            Vote(
                by=table.by,
                key=key,
                times=times,
                total=max(total, times),
                second=max(others[1 - at][1] if len(others) > 1 else 0, mine),
                accuracy=table.accuracy,
                gain=table.gain,
            ),
        )
        for at, (value, times) in enumerate(others[:2])
    ]
