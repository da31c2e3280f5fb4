"""Orders for the believable shop, placed by people who do not exist, some of them with known defects."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from marketwright import Record
from marketwright.testing.catalogue import Product
from marketwright.testing.order_defects import spread_order_defects

_NEWEST = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_FIRST_NAMES = ("Ada", "Bruno", "Clara", "Dmitri", "Elif", "Femke", "Giulia", "Hugo", "Ines", "Jonas")
_LAST_NAMES = ("Example", "Sample", "Placeholder", "Fictitious", "Specimen", "Nobody")
_PLACES = (
    ("Beispielweg", "Musterstadt", "12345", "DE"),
    ("Rue de l'Exemple", "Villefictive", "75000", "FR"),
    ("Example Street", "Exampleton", "EX1 1AA", "GB"),
    ("Voorbeeldstraat", "Voorbeeldstad", "1000 AA", "NL"),
    ("Via dell'Esempio", "Esempio", "00100", "IT"),
    ("Calle del Ejemplo", "Ejemplo", "28000", "ES"),
)
_STATUSES = ("paid", "paid", "paid", "shipped", "shipped", "pending", "cancelled")
_SHIPPING = Decimal("4.90")
_VAT = Decimal("0.19")


@dataclass(frozen=True)
class Order:
    """One order. `defects` names what is wrong with its record, sorted."""

    record: Record
    defects: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Any:
        """Return a field of the record."""
        return self.record[name]


def orders(seed: int, products: Sequence[Product], size: int = 40) -> list[Order]:
    """Make canonical orders of the given products, newest last, the same for the same seed; 15 % have defects.

    Names, streets and towns are examples, mail goes to example.com, telephone numbers are of the range that Ofcom
    keeps free for fiction (020 7946 0000 to 0999).
    """
    rng = random.Random(f"orders {seed}")  # noqa: S311 - a shop, not a secret
    sold = [product for product in products if _price(product.record) > 0]
    moments = sorted(rng.randrange(0, 60 * 86_400) for _ in range(size))
    records = [
        _order(rng, sold, number, _NEWEST - timedelta(seconds=60 * 86_400 - at)) for number, at in enumerate(moments)
    ]
    found = spread_order_defects(rng, records)
    return [Order(record, tuple(sorted(found.get(number, ())))) for number, record in enumerate(records)]


def _order(rng: random.Random, sold: Sequence[Product], number: int, placed: datetime) -> Record:
    lines = [_line(rng, product.record) for product in rng.sample(sold, min(len(sold), rng.randint(1, 4)))]
    goods = sum((Decimal(line["unit_price"]) * line["quantity"] for line in lines), Decimal(0))
    total = goods + _SHIPPING
    name = f"{rng.choice(_FIRST_NAMES)} {rng.choice(_LAST_NAMES)}"
    status = rng.choice(_STATUSES)
    address = _address(rng, name)
    shipped = placed + timedelta(hours=rng.randint(4, 70))
    return {
        "external_id": str(7001 + number),
        "number": f"{2001 + number}",
        "status": status,
        "placed_at": _text(placed),
        "updated_at": _text(shipped if status == "shipped" else placed),
        "currency": sold[0].record["currency"] if sold else "EUR",
        "total": f"{total:.2f}",
        "shipping_total": f"{_SHIPPING:.2f}",
        "tax_total": f"{total * _VAT / (1 + _VAT):.2f}",
        "buyer": {
            "name": name,
            "email": f"buyer{number + 1}@example.com",
            "phone": f"+44 20 7946 0{number % 1000:03d}",
        },
        "shipping_address": address,
        "billing_address": dict(address),
        "lines": lines,
        "shipments": [_shipment(number, shipped)] if status == "shipped" else [],
    }


def _line(rng: random.Random, record: Record) -> dict[str, Any]:
    item = rng.choice(record["variants"]) if record["variants"] else record
    options = " / ".join(item["options"].values()) if record["variants"] else ""
    return {
        "sku": item["sku"],
        "title": record["title"] + (f" ({options})" if options else ""),
        "quantity": rng.choice((1, 1, 1, 2, 4)),
        "unit_price": f"{_price(item):.2f}",
    }


def _address(rng: random.Random, name: str) -> dict[str, str]:
    street, city, postal_code, country = rng.choice(_PLACES)
    return {
        "name": name,
        "company": "",
        "line1": f"{street} {rng.randint(1, 99)}",
        "line2": "",
        "city": city,
        "region": "",
        "postal_code": postal_code,
        "country": country,
    }


def _shipment(number: int, shipped: datetime) -> dict[str, str]:
    tracking = f"EXAMPLE{number + 1:08d}"
    return {
        "carrier": "Example Post",
        "tracking_number": tracking,
        "tracking_url": f"https://track.example.com/{tracking}",
        "shipped_at": _text(shipped),
    }


def _price(record: Record) -> Decimal:
    """Return the price, defects of notation understood; zero where it is none."""
    try:
        return Decimal(str(record["price"]).replace(",", "."))
    except InvalidOperation:
        return Decimal(0)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
