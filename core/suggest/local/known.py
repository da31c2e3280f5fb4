"""What a merchant's models answer to steps that ask its catalogue, on one channel."""

from __future__ import annotations

from dataclasses import dataclass

from core.model.records import Record
from core.suggest.local import brand, category, examples, weight
from core.suggest.local.models import Models

SURE_CATEGORY = 0.90
"""The calibrated chance from which a category is said without a list to choose from."""

SURE_WEIGHT = 0.80
"""The share of a category's records whose weight came out right, from which on a density stands for others."""


@dataclass(frozen=True)
class Known:
    """The models of a merchant, asked for a record of one channel."""

    models: Models
    channel: str

    def brand(self, record: Record) -> str | None:
        """Return the brand that stands in the record's title, None where no name is sure enough."""
        title = record.get("title")
        found = brand.find(self.models.brands, title) if isinstance(title, str) else None
        return None if found is None else found.brand

    def category(self, record: Record) -> str | None:
        """Return the category that is sure by title and description."""
        best = self.categories(record)[:1]
        return best[0][0] if best and best[0][1] >= SURE_CATEGORY else None

    def categories(self, record: Record) -> list[tuple[str, float]]:
        """Return categories of the channel with their chance, likeliest first."""
        title = record.get("title")
        if not isinstance(title, str) or not title.strip():
            return []
        text, named = examples.plain(record.get("description")), examples.name(record.get("brand"))
        return category.ranked(self.models.categories, title, text, self.channel, named)

    def value(self, field: str, record: Record) -> str | None:
        """Return the value of a field that other fields of the record determine, None where it is not sure."""
        return self.models.ready.sure(field, record)

    def divisor(self, record: Record) -> int | None:
        """Return how many cm³ weigh a kilogram, where that gives most records of the category their weight."""
        known = weight.of(self.models.densities, record.get("category"))
        return None if known is None or known[1].within < SURE_WEIGHT else known[1].divisor
