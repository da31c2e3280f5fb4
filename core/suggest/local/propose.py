"""Asks the local suggesters that an issue's field concerns, and says what they offer as proposals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.corrections import apply
from core.corrections.steps.values import missing
from core.model.corrections import Program, Safety, Source
from core.model.records import Record, RecordKind
from core.store.issues import IssueRow
from core.suggest.catalogue.features import Case
from core.suggest.catalogue.propose import offers
from core.suggest.local import brand, description, examples, notation, weight
from core.suggest.local.known import Known
from core.suggest.local.models import Models
from core.suggest.local.offer import Offer
from core.suggest.proposal import Proposal

LEAST_CATEGORY = 0.15
MOST_CATEGORIES = 3
WEIGHT_FROM = 0.30
SUREST = 0.99
SORTED: Program = ({"category_by_catalogue": {}},)
CAREFUL = (Safety.SAFE, Safety.REVIEW, Safety.DISPLAY)


def propose(
    models: Models, issue: IssueRow, kind: RecordKind, record: Record, limits: Mapping[str, Any]
) -> list[Proposal]:
    """Return what is offered without a key and a network; nothing of it is checked against the rules yet.

    None is less careful than the rule's own fix: what the rulepack wants looked at is not made safe here.
    """
    found = [*notation.offers(record, issue.field, issue.actual, limits)]
    if kind is RecordKind.PRODUCT:
        found += _from_catalogue(models, issue, record)
        found += _from_columns(models, issue, record)
    return [
        Proposal(
            source=Source.LOCAL,
            program=one.program,
            program_hash=apply.program_hash(one.program),
            changes=one.changes,
            confidence=one.confidence,
            evidence=one.evidence,
            safety=max(one.safety, issue.fix_safety or one.safety, key=CAREFUL.index),
        )
        for one in found
    ]


def _from_catalogue(models: Models, issue: IssueRow, record: Record) -> Iterator[Offer]:
    known = Known(models, issue.channel)
    match issue.field:
        case "brand":
            yield from _brand(known, record)
        case "category":
            yield from _category(known, record)
        case "weight" | "weight.value":
            yield from _weight(known, record)
        case "description" if missing(record.get("description")):
            offered = description.offer(record, issue.field, models.locale)
            yield from [offered] if offered is not None else []


def _from_columns(models: Models, issue: IssueRow, record: Record) -> list[Offer]:
    if issue.actual is not None and not isinstance(issue.actual, str | int):
        return []
    value = "" if issue.actual is None else str(issue.actual)
    case = Case(detector=issue.rule, field=issue.field, pattern=issue.pattern, value=value)
    return offers(models.ready, case, record)


def _brand(known: Known, record: Record) -> Iterator[Offer]:
    title, present = record.get("title"), examples.name(record.get("brand"))
    found = brand.find(known.models.brands, title) if isinstance(title, str) and present is None else None
    if found is None:
        return
    program: Program = ({"brand_by_catalogue": {}},)
    changes = apply.run(program, record, "brand", known)
    if not changes:
        program = ({"set_value": {"to": found.brand}},)
        changes = apply.run(program, record, "brand")
    yield Offer(
        program=program,
        changes=changes,
        confidence=found.confidence,
        evidence=(
            f"“{found.brand}” was the brand in {found.hits} of {found.times} titles with these words.",
            f"Of your titles held out, {found.confidence:.0%} of such finds were right.",
        ),
    )


def _category(known: Known, record: Record) -> Iterator[Offer]:
    """Offer what is sure as a way of finding out, and the rest as values to choose from, which stay with people."""
    model = known.models.categories
    sure = apply.run(SORTED, record, "category", known)
    for name, chance in known.categories(record)[:MOST_CATEGORIES]:
        program: Program = ({"set_value": {"to": name}},)
        changes = apply.run(program, record, "category")
        is_sure = bool(changes) and sure == changes
        if chance >= LEAST_CATEGORY and changes:
            yield Offer(
                program=SORTED if is_sure else program,
                changes=changes,
                confidence=min(chance, SUREST),
                evidence=(
                    f"Words of title and description, compared with {model.examples} of your accepted records.",
                    f"On records held out the first choice was right {model.right:.0%} of the time.",
                ),
                safety=Safety.REVIEW if is_sure else Safety.DISPLAY,
            )


def _weight(known: Known, record: Record) -> Iterator[Offer]:
    found = weight.of(known.models.densities, record.get("category"))
    if found is None or found[1].within < WEIGHT_FROM:
        return
    name, density = found
    program: Program = ({"weight_by_catalogue": {}},)
    changes, safety = apply.run(program, record, "weight", known), Safety.REVIEW
    if not changes:
        program, safety = ({"weight_from_dimensions": {"divisor": density.divisor, "unit": "kg"}},), Safety.DISPLAY
        changes = apply.run(program, record, "weight")
    if changes:
        whose = f"records in {name}" if name else "records of your catalogue"
        yield Offer(
            program=program,
            changes=changes,
            confidence=min(density.within, SUREST),
            evidence=(
                f"{density.examples} {whose} weigh 1 kg for each {density.divisor} cm³.",
                f"For {density.within:.0%} of them that gives the weight within a quarter.",
            ),
            safety=safety,
        )
