"""Columns of attribute values as shops write them beside how they are wanted: made by a seed, apart from all rules.

Nothing here knows the steps, the units or the strategies of the program: each attribute writes a true value in the ways
that a few imagined suppliers have, of which each keeps its own habits. Part of every column is answerable only by
knowing (a colour's family), part is damaged beyond reading.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

Row = tuple[str, str]
Attribute = Callable[[random.Random], Iterator[Row]]

COLOURS = {
    "Black": ["black", "BLK", "Black ", "jet black", "schwarz", "Noir", "onyx", "Black/Matte"],
    "Blue": ["blue", "navy", "Navy Blue", "BLU", "sky-blue", "royal blue", "blau", "Azure"],
    "Red": ["red", "crimson", "Bordeaux", "RED", "dark red", "cherry", "rot", "Ruby"],
    "White": ["white", "off-white", "ivory", "WHT", "snow white", "weiß", "pearl"],
    "Green": ["green", "olive", "GRN", "dark green", "mint", "grün", "forest green"],
    "Grey": ["grey", "gray", "charcoal", "anthracite", "GRY", "slate gray", "silver grey"],
}
SIZES = {
    "XS": ["x-small", "XS", "xs", "Extra Small"],
    "S": ["Small", "small", "S", "SM"],
    "M": ["Medium", "med", "M", "MED"],
    "L": ["Large", "large", "L", "LRG"],
    "XL": ["X-Large", "xl", "Extra Large", "1X"],
    "XXL": ["2XL", "xx-large", "XXL"],
}
FIRST = [
    "Anna",
    "Bruno",
    "Chiara",
    "David",
    "Elif",
    "Femke",
    "Georg",
    "Hana",
    "Ivo",
    "Jana",
    "Karim",
    "Lena",
    "Milo",
    "Nora",
    "Otto",
    "Paula",
    "Ravi",
    "Sofia",
    "Tom",
    "Uma",
]
LAST = [
    "Adler",
    "Bauer",
    "Costa",
    "Dubois",
    "Evans",
    "Fischer",
    "Garcia",
    "Hansen",
    "Ito",
    "Jansen",
    "Keller",
    "Larsen",
    "Moreau",
    "Novak",
    "Olsen",
    "Petrov",
]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
BRANDS = [
    "Alder",
    "Birch",
    "Cobalt",
    "Dune",
    "Ember",
    "Fjord",
    "Grove",
    "Harbor",
    "Iris",
    "Juniper",
    "Kestrel",
    "Lumen",
    "Mesa",
    "Nimbus",
    "Onda",
    "Pine",
]


def _length_in_cm(rng: random.Random) -> Iterator[Row]:
    while True:
        inches = rng.choice([rng.randrange(2, 90), rng.randrange(4, 200) / 2, rng.randrange(4, 120) / 4])
        whole, part = int(inches), inches - int(inches)
        fraction = {0.25: "1/4", 0.5: "1/2", 0.75: "3/4"}.get(part)
        number = f"{whole} {fraction}" if fraction and rng.random() < 0.4 else f"{inches:g}"
        written = rng.choice(['{}"', "{} in", "{} inch", "{} Inches", "{}in", "{}"]).format(number)
        yield written, f"{round(inches * 2.54 + 1e-9, 1):.1f}"


def _weight_in_grams(rng: random.Random) -> Iterator[Row]:
    while True:
        if rng.random() < 0.5:
            kilograms = rng.randrange(1, 400) / 10
            text = f"{kilograms:g}"
            yield rng.choice(["{} kg", "{}kg", "{} KG", "{} Kilo"]).format(text), f"{round(kilograms * 1000)}"
        else:
            grams = rng.randrange(5, 999)
            yield rng.choice(["{} g", "{}g", "{} grams", "{} Gramm"]).format(grams), str(grams)


def _units_named(rng: random.Random) -> Iterator[Row]:
    ways = {
        "in": ["Inch", "inches", '"', "in", "IN."],
        "cm": ["cm", "CM", "centimeters"],
        "mm": ["mm", "MM", "millimetre"],
    }
    while True:
        unit = rng.choice(list(ways))
        number = rng.choice([str(rng.randrange(1, 300)), f"{rng.randrange(10, 999) / 10:.1f}".removesuffix(".0")])
        yield f"{number}{rng.choice(['', ' ', '-'])}{rng.choice(ways[unit])}", f"{number} {unit}"


def _capacity(rng: random.Random) -> Iterator[Row]:
    while True:
        size, unit = rng.choice([16, 32, 64, 120, 128, 250, 256, 500, 512]), rng.choice(["GB", "GB", "MB", "TB"])
        yield f"{size}{rng.choice(['', ' ', '-'])}{rng.choice([unit, unit.lower()])}", f"{size} {unit}"


def _part_number(rng: random.Random) -> Iterator[Row]:
    while True:
        parts = ["".join(rng.choices("ABCDEFGHKLMNPRSTUVWX", k=rng.randrange(2, 4))), str(rng.randrange(100, 99999))]
        parts += [rng.choice("ABCX") + str(rng.randrange(10))] if rng.random() < 0.4 else []
        yield rng.choice(["-", " ", "/", ".", ""]).join(parts), "".join(parts)


def _model_code(rng: random.Random) -> Iterator[Row]:
    while True:
        letters, number = "".join(rng.choices("abcdefgh", k=3)), rng.randrange(1, 9999)
        yield (
            rng.choice([f"{letters}{number}", f"{letters} {number}", f"{letters}-{number:04d}"]),
            f"{letters.upper()}-{number:04d}",
        )


def _phone(rng: random.Random) -> Iterator[Row]:
    while True:
        a, b, c = rng.randrange(200, 999), rng.randrange(100, 999), rng.randrange(1000, 9999)
        yield (
            rng.choice([f"({a}) {b}-{c}", f"{a}.{b}.{c}", f"{a} {b} {c}", f"{a}-{b}-{c}", f"+1 {a} {b} {c}"]),
            f"{a}-{b}-{c}",
        )


def _date(rng: random.Random) -> Iterator[Row]:
    while True:
        day = date(2019, 1, 1) + timedelta(days=rng.randrange(2800))
        name = MONTHS[day.month - 1]
        ways = [f"{day:%d.%m.%Y}", f"{day.day}. {name} {day.year}", f"{name} {day.day}, {day.year}", f"{day:%Y-%m-%d}"]
        yield rng.choice(ways), day.isoformat()


def _price(rng: random.Random) -> Iterator[Row]:
    while True:
        cents = rng.randrange(100, 500_000)
        whole, rest = divmod(cents, 100)
        grouped = f"{whole:,}".replace(",", ".")
        yield (
            rng.choice([f"{grouped},{rest:02d} €", f"€ {whole},{rest:02d}", f"{whole}.{rest:02d} EUR"]),
            f"{whole}.{rest:02d}",
        )


def _name(rng: random.Random) -> Iterator[Row]:
    while True:
        first, last = rng.choice(FIRST), rng.choice(LAST)
        yield rng.choice([f"{last}, {first}", f"{last.upper()}, {first}"]), f"{first} {last}"


def _brand(rng: random.Random) -> Iterator[Row]:
    while True:
        brand = rng.choice(BRANDS) + rng.choice(["", "", f" {rng.choice(BRANDS)}"])
        yield rng.choice([brand.upper(), brand.lower(), brand.title()]), brand.upper()


def _colour(rng: random.Random) -> Iterator[Row]:
    tones = ["", "", "", "light ", "Dark ", "matte "]
    while True:
        colour = rng.choice(list(COLOURS))
        yield rng.choice(tones) + rng.choice(COLOURS[colour]), colour


def _size(rng: random.Random) -> Iterator[Row]:
    while True:
        size = rng.choice(list(SIZES))
        yield rng.choice(["", "", "Size "]) + rng.choice(SIZES[size]), size


def _pack(rng: random.Random) -> Iterator[Row]:
    while True:
        number = rng.choice([1, 2, 4, 6, 10, 12, 24, 50, 100])
        yield (
            rng.choice(
                [f"{number}/Pack", f"{number} per pack", f"Pack of {number}", f"{number} pcs", f"{number} each"]
            ),
            str(number),
        )


UNITS_AND_CODES: dict[str, Attribute] = {
    "length": _length_in_cm,
    "weight": _weight_in_grams,
    "unit": _units_named,
    "capacity": _capacity,
    "part_number": _part_number,
    "model": _model_code,
}
OTHERS: dict[str, Attribute] = {
    "phone": _phone,
    "date": _date,
    "price": _price,
    "name": _name,
    "brand": _brand,
    "colour": _colour,
    "size": _size,
    "pack": _pack,
}
DAMAGED = 0.02


def column(name: str, rows: int, seed: int) -> list[Row]:
    """Return rows of one attribute: as written, as wanted; two in a hundred are written past reading."""
    rng = random.Random(f"{name}:{seed}")
    made = ({**UNITS_AND_CODES, **OTHERS})[name](rng)
    found = []
    for _ in range(rows):
        written, wanted = next(made)
        if rng.random() < DAMAGED:
            written = "".join(rng.sample(written, len(written)))
        found.append((written, wanted))
    return found
