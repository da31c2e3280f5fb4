"""A plain description from title and attributes, in the record's language: it states what the record states."""

from __future__ import annotations

from core.corrections.apply import run
from core.corrections.steps.describe import language_of, told
from core.model.corrections import Program, Safety
from core.model.records import Record
from core.suggest.local.offer import Offer

CONFIDENCE = 0.45


def offer(record: Record, field: str, catalogue: str | None) -> Offer | None:
    """Return a description for a record that has none; None where the language or what to say is not known.

    `catalogue` is the language that most of the merchant's records are in.
    """
    language = language_of(record, catalogue)
    if field != "description" or language is None:
        return None
    program: Program = ({"description_from_record": {"language": language}},)
    changes = run(program, record, field)
    if not changes:
        return None
    names = ", ".join(name for name, _ in told(record))
    return Offer(
        program=program,
        changes=changes,
        confidence=CONFIDENCE,
        evidence=(f"It says what the record says in: title, {names}.",),
        safety=Safety.REVIEW,
    )
