"""What the believable shop sells: families of homeware, kitchen and outdoor goods, as data."""

from marketwright.testing.assortment.family import SERIES, Family
from marketwright.testing.assortment.home import HOME
from marketwright.testing.assortment.kitchen import KITCHEN
from marketwright.testing.assortment.outdoor import OUTDOOR

FAMILIES: tuple[Family, ...] = tuple(family for group in zip(KITCHEN, HOME, OUTDOOR, strict=True) for family in group)

__all__ = ["FAMILIES", "SERIES", "Family"]
