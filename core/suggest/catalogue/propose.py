"""What the merchant's own catalogue offers for one issue, with the evidence in words."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.corrections import apply
from core.model.corrections import Program, Safety
from core.model.records import Record
from core.suggest.catalogue.candidates import Candidate, Written, candidates, joined
from core.suggest.catalogue.columns import columns_of, written
from core.suggest.catalogue.confirmed import ITSELF, Confirmed
from core.suggest.catalogue.features import Case
from core.suggest.catalogue.keys import spoken
from core.suggest.catalogue.nearest import Neighbours
from core.suggest.catalogue.ranker import Judge, Ranked, Ranker
from core.suggest.catalogue.tables import Catalogue
from core.suggest.local.offer import Offer

LEAST = 0.25
MOST = 2
LEAST_SUPPORT = 3
"""Products that have to agree before a look-up alone acts for the others."""


class Taught(msgspec.Struct, frozen=True, kw_only=True):
    """What one merchant's columns taught, and what its people decided on them."""

    columns: Catalogue = Catalogue()
    ranker: Ranker = Ranker()
    confirmed: Confirmed = Confirmed()


class Columns:
    """The same made ready to answer."""

    def __init__(self, taught: Taught) -> None:
        self.taught = taught
        self._neighbours = Neighbours(taught.columns.counts)
        self._judge = Judge(taught.ranker, taught.columns)

    def ranked(self, case: Case, record: Record, programs: Sequence[Written] = ()) -> list[Ranked]:
        """Return values for the case's field, surest first."""
        known = self.taught.columns
        if case.field not in known.counts:
            return []
        row = {**columns_of(record), case.field: case.value}
        found = candidates(known, self._neighbours, row, case.field)
        said = self.taught.confirmed.of(known, row, case.field)
        return self._judge.rank(case, joined(found, case.value, programs, said))

    def sure(self, field: str, record: Record) -> str | None:
        """Return the value that is sure enough to stand for others of its kind, None where none is."""
        value = apply.get(record, field)
        if value is not None and not isinstance(value, str | int):
            return None
        text = "" if value is None else str(value)
        ranked = self.ranked(Case(detector="", field=field, pattern="", value=text), record)
        return ranked[0].candidate.value if ranked and self.is_sure(ranked[0]) else None

    def is_sure(self, one: Ranked) -> bool:
        """Tell whether a value may act for others: well ranked, and said by enough products or people."""
        support = max((vote.times for vote in one.candidate.votes), default=0)
        people = sum(said.times for said in one.candidate.said)
        near = one.candidate.near is not None
        enough = support >= LEAST_SUPPORT or people >= 2 or near
        return enough and one.confidence >= min(self.taught.ranker.threshold, 0.95)


def offers(columns: Columns, case: Case, record: Record, programs: Sequence[Written] = ()) -> list[Offer]:
    """Return at most two offers: what is sure by a way of finding out, anything else as a value."""
    ranked = [one for one in columns.ranked(case, record, programs)[:MOST] if one.confidence >= LEAST]
    if not ranked:
        return []
    by_catalogue: Program = ({"value_by_catalogue": {"of": case.field}},)
    sure = columns.sure(case.field, record)
    found = []
    for one in ranked:
        value = written(case.field, one.candidate.value)
        plain: Program = ({"set_value": {"to": value}},)
        changes = apply.run(plain, record, case.field)
        evidence = sentences(one.candidate, case)
        if changes and evidence:
            found.append(
                Offer(
                    program=by_catalogue if sure == one.candidate.value else plain,
                    changes=changes,
                    confidence=one.confidence,
                    evidence=evidence,
                    safety=Safety.REVIEW,
                )
            )
    return found


def sentences(one: Candidate, case: Case) -> tuple[str, ...]:
    """Return what speaks for a candidate, the strongest first."""
    lines = []
    for said in sorted(one.said, key=lambda each: -each.times):
        if said.by != ITSELF and said.times:
            of = f"of {said.times + said.denied} " if said.denied else ""
            lines.append(f"People chose it {said.times} {of}times where {spoken(said.by)} was the same.")
        elif said.times:
            lines.append(f"People wrote it {said.times} times instead of “{case.value}”.")
    for vote in sorted(one.votes, key=lambda each: (-each.times / each.total, -each.times))[:2]:
        key = vote.key.replace("\x1f", ", ")
        lines.append(f"{vote.times} of {vote.total} products with this {spoken(vote.by)} ({key}) have “{one.value}”.")
    if one.near is not None:
        letters = "character" if one.near.distance == 1 else "characters"
        differs = f"differs in {one.near.distance} {letters}" if one.near.distance else "differs in case alone"
        lines.append(f"“{one.value}” {differs} and stands in {one.near.times} of your products.")
    return tuple(lines)
