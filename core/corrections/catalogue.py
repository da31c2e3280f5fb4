"""What a step may ask of a merchant's own catalogue; what answers is made elsewhere and handed to `apply.run`."""

from __future__ import annotations

from typing import Protocol

from core.model.records import Record


class Catalogue(Protocol):
    """Answers from what a merchant's accepted records taught. Each is None where it is not sure enough."""

    def brand(self, record: Record) -> str | None:
        """Return the brand that stands in the record's title."""

    def category(self, record: Record) -> str | None:
        """Return the category that records with such words are in."""

    def value(self, field: str, record: Record) -> str | None:
        """Return what the record's other fields, or a frequent value near by, say should stand in a field."""

    def divisor(self, record: Record) -> int | None:
        """Return how many cm³ weigh a kilogram in the record's category."""
