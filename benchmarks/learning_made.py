"""A merchant's catalogue made with a seed, and the ways in which exports go wrong, written apart from every rule.

What is wrong is drawn by itself: slips of the finger, columns swapped, other formats and units, what is missing, values
of another product, broken encodings. Nothing here knows what the product detects or how it mends.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from benchmarks.learning_data import Pair

BRANDS = ["Alder & Co", "Birkhaus", "Cordova", "Dornfeld", "Elmwood", "Fjällby", "Grünwerk", "Halden", "Isarta", "Jørn"]
KINDS = {
    "Kettles": ("Kitchen > Kettles", "8516.71", "standard", 1100),
    "Pans": ("Kitchen > Pans", "7323.93", "standard", 1600),
    "Lamps": ("Lighting > Lamps", "9405.21", "standard", 2100),
    "Chairs": ("Furniture > Chairs", "9401.61", "standard", 5400),
    "Rugs": ("Home textiles > Rugs", "5703.29", "reduced", 3300),
    "Books": ("Books > Manuals", "4901.99", "reduced", 450),
    "Tea": ("Food > Tea", "0902.10", "food", 250),
    "Bowls": ("Kitchen > Bowls", "6911.10", "standard", 700),
}
COLOURS = ["black", "white", "oak", "graphite", "sage green", "crème", "navy blue"]
ORIGINS = {"Al": "Germany", "Bi": "Austria", "Co": "Spain", "Do": "Germany", "El": "United Kingdom", "Fj": "Sweden",
           "Gr": "Germany", "Ha": "Norway", "Is": "Germany", "Jø": "Denmark"}  # fmt: skip
Damage = Callable[[random.Random, dict[str, str], list[dict[str, str]]], tuple[str, str] | None]


def made(name: str, rows: int, seed: int, share: float = 0.06) -> Pair:
    """Return a catalogue of so many rows, of whose cells about `share` went wrong."""
    draw = random.Random(seed)
    clean = [_product(draw, at) for at in range(rows)]
    dirty = [dict(row) for row in clean]
    fields = list(clean[0])
    for _ in range(int(rows * len(fields) * share)):
        at = draw.randrange(rows)
        damage = draw.choices(DAMAGES, [weight for _, weight in WEIGHTED])[0]
        found = damage(draw, dirty[at], clean)
        if found is not None and dirty[at][found[0]] == clean[at][found[0]]:
            dirty[at][found[0]] = found[1]
    _swap(draw, dirty, clean)
    return Pair(name, fields, dirty, clean)


def _product(draw: random.Random, number: int) -> dict[str, str]:
    brand, kind = draw.choice(BRANDS), draw.choice(list(KINDS))
    category, tariff, tax, grams = KINDS[kind]
    colour = draw.choice(COLOURS)
    series = draw.randint(1, 6)
    return {
        "sku": f"{brand[:2].upper()}{number:05d}",
        "title": f"{brand} {kind[:-1] if kind != 'Tea' else kind} {series}00, {colour}",
        "brand": brand,
        "mpn": f"{brand[:3].upper()}-{kind[:2].upper()}{series}-{draw.randint(100, 999)}",
        "category": category,
        "tariff": tariff,
        "tax_class": tax,
        "colour": colour,
        "origin": ORIGINS[brand[:2]],
        "weight": f"{grams + series * 50}",
        "price": f"{draw.randint(5, 300)}.{draw.choice(['00', '50', '90', '95'])}",
        "available_from": f"20{draw.randint(20, 26)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
    }


def _slip(draw: random.Random, row: dict[str, str], _: list[dict[str, str]]) -> tuple[str, str] | None:
    field = draw.choice(["brand", "category", "colour", "origin", "tax_class", "title"])
    text = row[field]
    if len(text) < 3:
        return None
    at = draw.randrange(len(text) - 1)
    letter = draw.choice("abcdefghijklmnopqrstuvwxyz")
    return field, draw.choice([
        text[:at] + text[at + 1 :], text[:at] + letter + text[at:], text[:at] + letter + text[at + 1 :],
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
    ])  # fmt: skip


def _gone(draw: random.Random, row: dict[str, str], _: list[dict[str, str]]) -> tuple[str, str]:
    field = draw.choice(["brand", "category", "tariff", "tax_class", "origin", "colour", "weight"])
    return field, draw.choice(["", "", "N/A", "-"])


def _foreign(draw: random.Random, row: dict[str, str], clean: list[dict[str, str]]) -> tuple[str, str]:
    field = draw.choice(["brand", "category", "tariff", "tax_class", "origin"])
    return field, draw.choice(clean)[field]


def _price(draw: random.Random, row: dict[str, str], _: list[dict[str, str]]) -> tuple[str, str]:
    return "price", draw.choice([row["price"].replace(".", ","), f"EUR {row['price']}", f"{row['price']} €"])


def _date(draw: random.Random, row: dict[str, str], _: list[dict[str, str]]) -> tuple[str, str] | None:
    parts = row["available_from"].split("-")
    return ("available_from", f"{parts[2]}.{parts[1]}.{parts[0]}") if len(parts) == 3 else None


def _unit(draw: random.Random, row: dict[str, str], _: list[dict[str, str]]) -> tuple[str, str] | None:
    if not row["weight"].isdigit():
        return None
    grams = int(row["weight"])
    return "weight", draw.choice([f"{grams} g", f"{grams / 1000:g} kg", f"{grams}g"])


def _case(draw: random.Random, row: dict[str, str], _: list[dict[str, str]]) -> tuple[str, str]:
    field = draw.choice(["brand", "colour", "origin"])
    return field, draw.choice([row[field].upper(), row[field].lower(), f"{row[field]} "])


def _encoding(draw: random.Random, row: dict[str, str], _: list[dict[str, str]]) -> tuple[str, str] | None:
    field = draw.choice(["brand", "colour", "title"])
    broken = row[field].encode().decode("latin-1")
    return (field, broken) if broken != row[field] else None


def _swap(draw: random.Random, dirty: list[dict[str, str]], clean: list[dict[str, str]]) -> None:
    """Let some rows have two columns the other way round."""
    for at in draw.sample(range(len(dirty)), max(len(dirty) // 150, 1)):
        left, right = draw.choice([("brand", "colour"), ("tariff", "tax_class"), ("brand", "origin")])
        dirty[at][left], dirty[at][right] = clean[at][right], clean[at][left]


WEIGHTED: list[tuple[Damage, int]] = [
    (_slip, 4), (_gone, 4), (_foreign, 2), (_price, 3), (_date, 2), (_unit, 2), (_case, 2), (_encoding, 1),
]  # fmt: skip
DAMAGES = [damage for damage, _ in WEIGHTED]
