"""A believable shop for twins: products in our canonical form, some with known defects, and orders for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marketwright import Record


@dataclass(frozen=True)
class Product:
    """One product of the catalogue. `defects` names what is wrong with its record, in the order it was done."""

    record: Record
    defects: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Any:
        return self.record[name]
