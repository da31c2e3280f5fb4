"""What goes wrong in real catalogues, done on purpose: one function a kind, each named as tests and twins name it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from string import ascii_uppercase

from marketwright import Record

Spoil = Callable[[Record, random.Random], None]
_SHARE = 0.15
_FINISHES = ("Brass", "Copper", "Steel", "Black")


def title_edge_spaces(record: Record, rng: random.Random) -> None:
    """Put spaces before or behind the title."""
    record["title"] = rng.choice((f"  {record['title']}", f"{record['title']}  ", f" {record['title']} "))


def title_double_spaces(record: Record, rng: random.Random) -> None:
    """Double a space within the title."""
    before, _, after = record["title"].partition(" ")
    record["title"] = f"{before}{rng.choice(('  ', '   '))}{after}"


def title_shouting(record: Record, rng: random.Random) -> None:
    """Write the title in capitals."""
    record["title"] = record["title"].upper()


def title_too_long(record: Record, rng: random.Random) -> None:
    """Stuff the title with keywords up to 300 characters."""
    words = [record["title"], *record["bullets"], *record["tags"], record["product_type"], "gift idea", "best price"]
    text = record["title"]
    while len(text) < 300:
        text += f" {rng.choice(words)}"
    record["title"] = text[:300].rstrip().ljust(300, "!")


def title_control_characters(record: Record, rng: random.Random) -> None:
    """Leave control characters of a copied table in the title."""
    before, _, after = record["title"].partition(" ")
    record["title"] = f"{before}{rng.choice((chr(9), chr(11), chr(31)))} {after}\x07"


def title_emoji(record: Record, rng: random.Random) -> None:
    """Decorate the title with emoji."""
    record["title"] = f"{rng.choice(('🔥', '✨', '🎁'))} {record['title']} {rng.choice(('⭐⭐⭐', '👍', '💯'))}"


def price_no_decimals(record: Record, rng: random.Random) -> None:
    """Write the price without decimals: `10`."""
    record["price"] = record["price"].partition(".")[0]


def price_comma(record: Record, rng: random.Random) -> None:
    """Write the price with a decimal comma: `11,95`."""
    record["price"] = record["price"].replace(".", ",")


def price_zero(record: Record, rng: random.Random) -> None:
    """Set the price to nothing."""
    record["price"] = "0.00"


def compare_below_price(record: Record, rng: random.Random) -> None:
    """Set a former price below the price."""
    record["compare_at_price"] = f"{float(record['price']) * 0.8:.2f}"


def description_missing(record: Record, rng: random.Random) -> None:
    """Leave the description out."""
    record["description"] = ""


def description_script(record: Record, rng: random.Random) -> None:
    """Leave a tracking script in the description."""
    record["description"] += '<script src="https://tracker.example.com/t.js">track("view")</script>'


def image_missing(record: Record, rng: random.Random) -> None:
    """Leave all images out."""
    record["images"] = []


def image_http(record: Record, rng: random.Random) -> None:
    """Link the first image without TLS."""
    record["images"][0]["url"] = record["images"][0]["url"].replace("https://", "http://")


def brand_missing(record: Record, rng: random.Random) -> None:
    """Leave the brand out where the title begins with it."""
    if not record["title"].startswith(record["brand"]):
        record["title"] = f"{record['brand']} {record['title']}"
    record["brand"] = ""


def brand_spaces(record: Record, rng: random.Random) -> None:
    """Put spaces round the brand."""
    record["brand"] = rng.choice((f" {record['brand']}", f"{record['brand']} ", f" {record['brand']} "))


def category_missing(record: Record, rng: random.Random) -> None:
    """Leave the category out; type and text still tell it."""
    record["category"] = ""


def weight_missing(record: Record, rng: random.Random) -> None:
    """Leave the weight out; the dimensions are there."""
    record["weight"] = None


def quantity_negative(record: Record, rng: random.Random) -> None:
    """Oversell: the quantity is below zero."""
    record["quantity"] = -rng.randint(1, 5)


def gtin_hyphens(record: Record, rng: random.Random) -> None:
    """Write the GTIN in groups with hyphens."""
    code = record["gtin"]
    record["gtin"] = f"{code[0]}-{code[1:7]}-{code[7:12]}-{code[12]}"


def gtin_spaces(record: Record, rng: random.Random) -> None:
    """Write the GTIN in groups with spaces."""
    code = record["gtin"]
    record["gtin"] = f"{code[0]} {code[1:7]} {code[7:]}"


def gtin_check_digit(record: Record, rng: random.Random) -> None:
    """Mistype the last digit of the GTIN."""
    code = record["gtin"]
    record["gtin"] = f"{code[:12]}{(int(code[12]) + rng.randint(1, 9)) % 10}"


def sku_duplicate(record: Record, rng: random.Random) -> None:
    """Give the SKU of another product: the one that `spread_defects` left in `_twin_sku`."""
    record["sku"] = record.pop("_twin_sku")


def variants_too_many(record: Record, rng: random.Random) -> None:
    """Sell each engraved initial in each finish as a variant of its own: 104 variants."""
    options = [{"Initial": letter, "Finish": finish} for letter in ascii_uppercase for finish in _FINISHES]
    record["options"] = [
        {"name": "Initial", "values": list(ascii_uppercase)},
        {"name": "Finish", "values": list(_FINISHES)},
    ]
    record["variants"] = [
        {
            "sku": f"{record['sku']}-{place}",
            "external_id": f"{int(record['external_id']) * 1000 + place}",
            "gtin": None,
            "price": record["price"],
            "compare_at_price": None,
            "quantity": place % 4,
            "options": chosen,
            "weight": dict(record["weight"]),
        }
        for place, chosen in enumerate(options, start=1)
    ]
    record["compare_at_price"] = None
    record["gtin"] = None
    record["quantity"] = sum(variant["quantity"] for variant in record["variants"])


DEFECTS: dict[str, tuple[Spoil, int, str]] = {
    spoil.__name__: (spoil, times, field)
    for spoil, times, field in (
        (title_edge_spaces, 5, "title"),
        (gtin_hyphens, 5, "gtin"),
        (price_no_decimals, 5, "price"),
        (brand_spaces, 5, "brand"),
        (title_double_spaces, 5, "title"),
        (price_comma, 4, "price"),
        (gtin_spaces, 3, "gtin"),
        (brand_missing, 3, "brand"),
        (category_missing, 3, "category"),
        (title_shouting, 3, "title"),
        (gtin_check_digit, 3, "gtin"),
        (title_too_long, 3, "title"),
        (weight_missing, 3, "weight"),
        (image_http, 3, "images"),
        (image_missing, 2, "images"),
        (description_missing, 2, "description"),
        (description_script, 2, "description"),
        (price_zero, 2, "price"),
        (compare_below_price, 2, "price"),
        (quantity_negative, 2, "quantity"),
        (sku_duplicate, 2, "sku"),
        (title_control_characters, 2, "title"),
        (title_emoji, 2, "title"),
        (variants_too_many, 2, "variants"),
    )
}
"""Each kind: what it does, how often it comes in 300 products, and the field that it spoils (one kind a field)."""

_MOVED = {"sku", "gtin", "price", "compare_at_price", "quantity", "weight"}
"""What a product with variants keeps with them, so that no other defect may stand there."""


def spread_defects(rng: random.Random, records: Sequence[Record]) -> dict[int, set[str]]:
    """Spoil about 15 % of the records, some of them twice, and return the kinds by place in the list.

    Only records without variants are spoilt, so that each defect stands in the field that its name says; those that
    get too many of them come last.
    """
    simple = [place for place, record in enumerate(records) if not record["variants"]]
    spoilt = rng.sample(simple, min(len(simple), round(len(records) * _SHARE)))
    rounds = max(1, len(records) // 300)
    wanted = [name for turn in range(5) for name, (_, times, _) in DEFECTS.items() if turn < times] * rounds
    wanted.sort(key=lambda name: DEFECTS[name][2] == "variants")
    kinds: dict[int, set[str]] = {place: set() for place in spoilt}
    taken: dict[int, set[str]] = {place: set() for place in spoilt}
    for name in wanted:
        spoil, _, field = DEFECTS[name]
        touched = {field} | (_MOVED if field == "variants" else set())
        free = [place for place in spoilt if not touched & taken[place] and len(kinds[place]) < 2]
        if not free:
            continue
        place = min(free, key=lambda it: len(kinds[it]))
        if name == "sku_duplicate":
            records[place]["_twin_sku"] = rng.choice([records[it]["sku"] for it in simple if it not in kinds])
        spoil(records[place], rng)
        kinds[place].add(name)
        taken[place] |= touched
    return kinds
