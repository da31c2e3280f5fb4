"""A believable shop for twins: products in our canonical form, some of them with known defects."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from marketwright import Record
from marketwright.testing.assortment import FAMILIES, SERIES, Family
from marketwright.testing.defects import spread_defects

_NEWEST = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_RESTRICTED = "20"
_SHARE_WITH_VARIANTS = 0.3
_MOST_VARIANTS = 12


@dataclass(frozen=True)
class Product:
    """One product of the catalogue. `defects` names what is wrong with its record, sorted."""

    record: Record
    defects: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Any:
        """Return a field of the record."""
        return self.record[name]


def catalogue(seed: int = 1, size: int = 300, currency: str = "EUR") -> list[Product]:
    """Make the same shop for the same seed: homeware, kitchen and outdoor goods, about 15 % of them with defects.

    From 300 products on every kind of defect comes at least twice, those of notation (spaces, hyphens, decimals) at
    least five times, so that patterns can be learned; a smaller shop holds fewer kinds. Values have the types that
    a healthy record has: prices are text, quantities integers, weights numbers. GTINs are of the restricted range
    20, which belongs to nobody.
    """
    rng = random.Random(f"catalogue {seed}")  # noqa: S311 - a shop, not a secret
    records = [_product(rng, number, currency) for number in range(size)]
    found = spread_defects(rng, records)
    return [Product(record, tuple(sorted(found.get(number, ())))) for number, record in enumerate(records)]


def gtin13(number: int) -> str:
    """Return the GTIN-13 of the restricted range with this item number and its right check digit."""
    digits = f"{_RESTRICTED}{number:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _product(rng: random.Random, number: int, currency: str) -> Record:
    family = FAMILIES[number % len(FAMILIES)]
    turn = number // len(FAMILIES)
    series = SERIES[(turn + number % len(FAMILIES) * 7) % len(SERIES)]
    edition = f" No. {turn // len(SERIES) + 1}" if turn >= len(SERIES) else ""
    name = f"{series}{edition} {family.noun}"
    has_variants = bool(family.sizes or family.colours) and rng.random() < _SHARE_WITH_VARIANTS
    size = rng.choice(family.sizes) if family.sizes and not has_variants else ""
    colour = rng.choice(family.colours) if family.colours and not has_variants else ""
    title = " ".join(filter(None, (family.brand if rng.random() < 0.6 else "", name))) + "".join(
        f", {part}" for part in (size, colour) if part
    )
    sku = f"{_initials(family)}-{series[:3].upper()}-{number + 1:04d}"
    handle = "-".join("".join(c if c.isalnum() else " " for c in f"{name} {number + 1}".lower()).split())
    price = _price(rng, family)
    record: Record = {
        "sku": sku,
        "external_id": str(1001 + number),
        "title": title,
        "description": _description(rng, family, name),
        "brand": family.brand,
        "gtin": gtin13(1000 + number),
        "mpn": f"{_initials(family)}{number + 1:04d}",
        "category": family.category,
        "product_type": family.product_type,
        "condition": "new",
        "status": "active",
        "price": price,
        "compare_at_price": f"{float(price) * 1.2:.2f}" if rng.random() < 0.12 else None,
        "currency": currency,
        "quantity": rng.choice((0, 3, 8, 14, 22, 40, 65, 120)),
        "images": _images(rng, handle, name),
        "weight": {"value": round(rng.uniform(*family.weight), 3), "unit": "kg"},
        "dimensions": dict(zip(("length", "width", "height"), family.box, strict=True), unit="cm"),
        "attributes": {"material": family.material} | _parts(size=size, colour=colour),
        "tags": sorted({*family.tags, series.lower()}),
        "options": [],
        "variants": [],
        "bullets": list(family.bullets),
        "handle": handle,
        "tax_class": "standard",
        "locale": "en",
        "url": f"https://shop.example.com/products/{handle}",
        "updated_at": _moment(rng),
    }
    if has_variants:
        _add_variants(rng, family, record, number)
    return record


def _add_variants(rng: random.Random, family: Family, record: Record, number: int) -> None:
    """Give the record 2 to 12 variants over size, colour or both; identity and stock move to them."""
    both = bool(family.sizes and family.colours)
    axes = [("Size", family.sizes)] if family.sizes else []
    if family.colours and (not both or rng.random() < 0.5):
        axes.append(("Colour", family.colours))
    combinations: list[dict[str, str]] = [{}]
    for axis, values in axes:
        combinations = [{**made, axis: value} for made in combinations for value in values]
    record["options"] = [{"name": axis, "values": list(values)} for axis, values in axes]
    base = float(record["price"])
    for place, options in enumerate(combinations[:_MOST_VARIANTS]):
        step = family.sizes.index(options["Size"]) if "Size" in options else 0
        record["variants"].append(
            {
                "sku": f"{record['sku']}-{place + 1}",
                "external_id": str(50_001 + number * 20 + place),
                "gtin": gtin13(500_000 + number * 20 + place),
                "price": f"{base + step * round(base * 0.2):.2f}",
                "compare_at_price": None,
                "quantity": rng.choice((0, 2, 5, 9, 18, 30)),
                "options": options,
                "weight": {"value": round(record["weight"]["value"] * (1 + 0.3 * step), 3), "unit": "kg"},
            }
        )
    record["compare_at_price"] = None
    record["gtin"] = None
    record["quantity"] = sum(variant["quantity"] for variant in record["variants"])


def _description(rng: random.Random, family: Family, name: str) -> str:
    stock = rng.choice(
        (
            "Leaves our warehouse within two working days.",
            "Packed by hand in recycled card.",
            "We have used ours for years and would buy it again.",
            "Spare parts are available for ten years.",
        )
    )
    points = "".join(f"<li>{point}</li>" for point in family.bullets)
    return (
        f"<p><strong>{name}</strong>: {family.intro[0].lower()}{family.intro[1:]}</p>"
        f"<ul>{points}</ul><p>Made of {family.material}. {family.care} {stock}</p>"
    )


def _images(rng: random.Random, handle: str, name: str) -> list[dict[str, Any]]:
    views = ("front", "detail", "in use", "packaging")
    return [
        {
            "url": f"https://images.example.com/{handle}-{place + 1}.jpg",
            "alt": f"{name}, {views[place]}",
            "width": 1600,
            "height": 1600,
            "bytes": rng.randrange(180_000, 900_000),
            "format": "jpg",
        }
        for place in range(rng.randint(1, len(views)))
    ]


def _price(rng: random.Random, family: Family) -> str:
    return f"{rng.randint(*family.price)}.{rng.choice(('00', '50', '90', '95', '99'))}"


def _moment(rng: random.Random) -> str:
    when = _NEWEST - timedelta(seconds=rng.randrange(0, 90 * 86_400))
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _initials(family: Family) -> str:
    return "".join(word[0] for word in family.noun.replace("'", "").split()).upper().ljust(2, "X")


def _parts(**parts: str) -> dict[str, str]:
    return {name: value for name, value in parts.items() if value}
