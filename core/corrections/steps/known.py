"""Steps that ask what the merchant's own catalogue taught.

The program stays the same whatever brand or category comes out of it, so that what people decide on one record counts
for the next one: it is the way of finding out that proves itself, not one brand.
"""

from __future__ import annotations

from core.corrections.abstains import Abstains
from core.corrections.arguments import KnownCatalogue, WholeRecord
from core.corrections.steps.derived import weight_from_dimensions
from core.corrections.steps.values import missing


def brand_by_catalogue(value: object, *, record: WholeRecord, catalogue: KnownCatalogue) -> str:
    """Take a brand that the merchant's other records have out of the title, where it was one often enough."""
    found: str | None = None if catalogue is None or not missing(value) else catalogue.brand(record)
    if found is None:
        raise Abstains
    return found


def category_by_catalogue(value: object, *, record: WholeRecord, catalogue: KnownCatalogue) -> str:
    """Give the category in which the merchant's other records with such a title and description are."""
    found: str | None = None if catalogue is None else catalogue.category(record)
    if found is None:
        raise Abstains
    return found


def value_by_catalogue(value: object, *, of: str, record: WholeRecord, catalogue: KnownCatalogue) -> object:
    """Write what the merchant's other records have where the fields that determine it are the same."""
    found: str | None = None if catalogue is None else catalogue.value(of, record)
    if found is None:
        raise Abstains
    is_number = isinstance(value, int) or of in ("lead_time_days", "warranty_months")
    return int(found) if is_number and found.isascii() and found.isdigit() else found


def weight_by_catalogue(
    value: object, *, record: WholeRecord, catalogue: KnownCatalogue, unit: str = "kg"
) -> dict[str, str]:
    """Compute the weight from the dimensions, by how heavy a litre is in the record's category."""
    divisor: int | None = None if catalogue is None else catalogue.divisor(record)
    if divisor is None:
        raise Abstains
    return weight_from_dimensions(value, record=record, divisor=divisor, unit=unit)
