"""The benchmark's records: products of some 2.8 KB with variants, a share of them defective, the same for each seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

Product = dict[str, Any]

_NOUNS = ("kettle", "saucepan", "drill", "rain jacket", "desk lamp", "suitcase", "bread knife", "hiking boot", "duvet")
_KINDS = ("enamel", "stainless steel", "cordless", "waterproof", "brass", "hardside", "forged", "leather", "down")
_COLOURS = ("blue", "red", "green", "white", "black", "grey", "sand", "olive")
_BRANDS = ("Alder & Finch", "Nordholm", "Carrow", "Tessel", "Brightwater")
_SENTENCES = (
    "It is made to last, and every part that wears can be ordered.",
    "The surface is sealed twice, so that neither tea nor time leaves a mark.",
    "Wash it by hand with warm water and let it dry in the open.",
    "The handle stays cool on every stove, also on induction.",
    "What arrives is what you see: no batteries, no surprises.",
)


def products(count: int, *, defective: float = 0.15, seed: int = 7) -> Iterator[Product]:
    """Yield `count` products, `defective` of them with one to three defects."""
    rng = random.Random(seed)
    for number in range(count):
        product = _product(rng, number)
        if rng.random() < defective:
            for spoil in rng.sample(_DEFECTS, rng.randint(1, 3)):
                spoil(product, rng)
        yield product


def _product(rng: random.Random, number: int) -> Product:
    noun, kind, brand = rng.choice(_NOUNS), rng.choice(_KINDS), rng.choice(_BRANDS)
    sku = f"{noun[:3].upper()}-{number:06d}"
    price = f"{rng.randint(5, 400)}.{rng.randint(0, 99):02d}"
    return {
        "external_id": str(7_000_000 + number), "sku": sku, "title": f"{kind.capitalize()} {noun} by {brand}",
        "description": "<p>" + "</p><p>".join(rng.choices(_SENTENCES, k=9)) + "</p>", "brand": brand,
        "mpn": f"M{number:07d}", "gtin": _gtin(number), "category": f"Home > {noun.capitalize()}s > {kind}",
        "condition": "new", "status": "active", "currency": "EUR", "price": price,
        "compare_at_price": f"{float(price) + 10:.2f}" if number % 3 == 0 else None, "quantity": rng.randint(0, 500),
        "lead_time_days": rng.randint(1, 5), "warranty_months": 24, "handle": f"{noun.replace(' ', '-')}-{number}",
        "url": f"https://shop.example/products/{noun.replace(' ', '-')}-{number}", "updated_at": "2026-11-20T08:30:00Z",
        "images": [_image(rng, sku, place) for place in range(3)], "tags": [noun, kind, brand, "2026", "gift"],
        "weight": {"value": round(rng.uniform(0.2, 9.0), 3), "unit": "kg"}, "bullets": list(_SENTENCES[:3]),
        "dimensions": {"length": rng.randint(5, 60), "width": rng.randint(5, 60), "height": 12.5, "unit": "cm"},
        "options": [{"name": "Colour", "values": list(_COLOURS[:6])}],
        "variants": [_variant(rng, sku, number * 10 + place, price, _COLOURS[place]) for place in range(6)],
        "attributes": {"material": kind, "season": "all", "tax_code": "A", "origin": "AT", "hs_code": "732394"},
    }  # fmt: skip


def _image(rng: random.Random, sku: str, place: int) -> Product:
    address = f"https://cdn.shop.example/images/{sku.lower()}/{place}.jpg"
    return {"url": address, "alt": f"View {place + 1}", "width": rng.randint(800, 2400), "height": 1200}


def _variant(rng: random.Random, sku: str, number: int, price: str, colour: str) -> Product:
    own = f"{sku}-{colour[:2].upper()}{number % 10}"
    return {
        "external_id": str(40_000_000 + number), "sku": own, "gtin": _gtin(number), "price": price,
        "quantity": rng.randint(0, 90), "options": {"Colour": colour},
    }  # fmt: skip


def _gtin(number: int) -> str:
    digits = f"40{number % 10**10:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _set(name: str, value: Any) -> Callable[[Product, random.Random], None]:
    def spoil(product: Product, rng: random.Random) -> None:
        product[name] = value

    return spoil


def _variant_set(name: str, value: Any) -> Callable[[Product, random.Random], None]:
    def spoil(product: Product, rng: random.Random) -> None:
        rng.choice(product["variants"])[name] = value

    return spoil


def _same_sku(product: Product, rng: random.Random) -> None:
    product["variants"][1]["sku"] = product["variants"][0]["sku"]


def _small_image(product: Product, rng: random.Random) -> None:
    product["images"] = [{**image, "width": 320} for image in product["images"]]


_DEFECTS: list[Callable[[Product, random.Random], None]] = [
    _set("title", ""), _set("title", "Hat"), _set("title", " Enamel kettle"), _set("title", "Enamel <b>kettle</b>"),
    _set("title", "Enamel kettle! " + "very " * 20), _set("description", None), _set("brand", ""), _set("sku", "A B 7"),
    _set("price", "11,95"), _set("price", "12.5"), _set("price", None), _set("compare_at_price", "0.50"),
    _set("currency", "eur"), _set("quantity", -3), _set("category", None), _set("condition", "mint"),
    _set("gtin", "4006381333932"), _set("gtin", "123"), _set("images", []), _set("url", "http://shop.example/p"),
    _set("weight", {"value": 0, "unit": "kg"}), _set("tags", [f"tag {n}" for n in range(25)]), _small_image, _same_sku,
    _variant_set("sku", ""), _variant_set("gtin", "4006381333932"), _variant_set("price", "9,5"),
    _variant_set("price", "9.5"), _variant_set("quantity", 200_000),
]  # fmt: skip
