"""What people decided on products, as the ranker learns from it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.suggest.catalogue.candidates import candidates, joined
from core.suggest.catalogue.confirmed import Confirmed
from core.suggest.catalogue.features import Case
from core.suggest.catalogue.fitting import Judged, fit
from core.suggest.catalogue.keys import Row
from core.suggest.catalogue.nearest import Neighbours
from core.suggest.catalogue.ranker import Ranker
from core.suggest.catalogue.tables import Catalogue

UNKNOWN = "\x00"
RULE_IS_RIGHT = 0.9
"""What is thought of a rule before anybody has decided: that it finds what is wrong."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision: who doubted (`rule`), the row with the bad `value` in it, what was `wanted` or else `refused`."""

    rule: str
    pattern: str
    field: str
    value: str
    row: Row
    wanted: str | None
    refused: str | None = None


def learned(known: Catalogue, decisions: Sequence[Decision]) -> tuple[Ranker, Confirmed]:
    """Return the ranker that these decisions make, oldest first, and what they confirm."""
    neighbours, confirmed = Neighbours(known.counts), Confirmed()
    rows = [{**one.row, one.field: one.value} for one in decisions]
    for one, row in zip(decisions, rows, strict=True):
        if one.wanted is not None:
            confirmed.note(known, row, one.field, one.wanted)
    judged = []
    for one, row in zip(decisions, rows, strict=True):
        found = joined(
            candidates(known, neighbours, row, one.field),
            one.value,
            (),
            confirmed.of(known, row, one.field, without=one.wanted),
        )
        if one.wanted is None:
            found = [each for each in found if each.value == one.refused]
        case = Case(detector=one.rule, field=one.field, pattern=one.pattern, value=one.value)
        judged.append(Judged(case=case, found=tuple(found), wanted=UNKNOWN if one.wanted is None else one.wanted))
    return fit(known, judged, RULE_IS_RIGHT), confirmed
