"""The shape of one family of products: what its members have in common."""

from __future__ import annotations

from dataclasses import dataclass

SERIES = (
    "Alder", "Bergen", "Calla", "Dune", "Ember", "Fjord", "Grove", "Hazel", "Isla", "Juniper", "Kelda", "Linden",
    "Mistral", "Nord", "Orla", "Petra", "Quarry", "Rowan", "Sable", "Tarn", "Umber", "Vale", "Willow", "Yarrow",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Family:
    """Products of one kind from one maker. Prices are whole units of currency, weights kg, sizes cm."""

    noun: str
    brand: str
    category: str
    material: str
    price: tuple[int, int]
    weight: tuple[float, float]
    box: tuple[int, int, int]
    sizes: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    intro: str
    care: str
    bullets: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def product_type(self) -> str:
        """Return the last step of the category path."""
        return self.category.rpartition(" > ")[2]
