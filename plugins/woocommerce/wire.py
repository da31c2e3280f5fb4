"""Their JSON, typed as tolerantly as stores write it: 8.2 lacks fields that 10.0 has, plugins change types.

Source: the recordings of WooCommerce 8.2.2 and 10.0.2 and the documentation's examples. Only what we compute with
is typed; everything else stays in the raw payload.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from marketwright import Malformed

Json = dict[str, Any]
Wire = TypeVar("Wire", bound=msgspec.Struct)

_PLACE = re.compile(r"`\$\.(\w+)")


class Term(msgspec.Struct, frozen=True):
    """A category, brand or tag of a product. `name` is HTML-escaped."""

    id: int = 0
    name: str = ""
    slug: str = ""


class Image(msgspec.Struct, frozen=True):
    """An image of a product or variation."""

    id: int | str = 0
    src: str = ""
    alt: str | None = None


class Attribute(msgspec.Struct, frozen=True):
    """An attribute: a product lists `options`, a variation has one `option`."""

    id: int = 0
    name: str = ""
    options: list[Any] = []
    option: str | None = None
    variation: bool = False


class Dimensions(msgspec.Struct, frozen=True):
    """Lengths as text in the store's unit."""

    length: Any = ""
    width: Any = ""
    height: Any = ""


class Item(msgspec.Struct, frozen=True):
    """What products and variations have in common. Prices are text; `None` and `""` both mean none."""

    id: int
    type: str = "simple"
    status: str = ""
    sku: str | None = None
    price: Any = ""
    regular_price: Any = ""
    sale_price: Any = ""
    on_sale: bool = False
    manage_stock: bool | str = False
    stock_quantity: Any = None
    weight: Any = ""
    dimensions: Dimensions = Dimensions()
    attributes: list[Attribute] = []
    global_unique_id: str | None = None
    date_modified_gmt: str | None = None
    date_created_gmt: str | None = None
    parent_id: int = 0
    variations: list[Any] = []


class Product(Item, frozen=True):
    """A product as `/products` gives it."""

    name: str = ""
    slug: str = ""
    description: str | None = None
    permalink: str = ""
    tax_class: str | None = None
    categories: list[Term] = []
    brands: list[Term] | None = None
    tags: list[Term] = []
    images: list[Image] = []


class Webhook(msgspec.Struct, frozen=True):
    """A webhook as `/webhooks` lists it. The secret is never shown."""

    id: int
    topic: str = ""
    delivery_url: str = ""
    status: str = ""
    name: str = ""


class Fault(msgspec.Struct, frozen=True):
    """An error of WordPress: `{"code", "message", "data": {"status", "params", …}}`."""

    code: str = ""
    message: str = ""
    data: Any = None


def read(payload: object, as_type: type[Wire]) -> Wire:
    """Return `payload` typed. A field of an unforeseen type is left out (the raw payload keeps it).

    Raise `Malformed` where it is no object at all or its identity cannot be read.
    """
    if not isinstance(payload, dict):
        raise Malformed(f"A {as_type.__name__.lower()} should be a JSON object.", where=as_type.__name__.lower())
    fields = dict(payload)
    while True:
        try:
            return msgspec.convert(fields, as_type, strict=False)
        except msgspec.ValidationError as error:
            place = _PLACE.search(str(error))
            if place is None or place[1] not in fields:
                raise Malformed(f"A {as_type.__name__.lower()} cannot be read: {error}", where=str(error)) from error
            del fields[place[1]]


def objects(payload: object) -> list[Json]:
    """Return a list answer as its objects. Raise `Malformed` where it is something else."""
    if not isinstance(payload, list):
        raise Malformed("The store should have answered with a list.", where="$")
    return [item for item in payload if isinstance(item, dict)]


def moment(text: object) -> datetime | None:
    """Return one of their `…_gmt` dates, which carry no offset, as an aware time; None where there is none."""
    if not isinstance(text, str) or not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def microseconds(text: object) -> int | None:
    """Return one of their `…_gmt` dates as microseconds since the epoch: the version of what carries it."""
    found = moment(text)
    return None if found is None else round(found.timestamp()) * 1_000_000


def with_zone(text: object) -> str | None:
    """Return one of their `…_gmt` dates as ISO 8601 in UTC."""
    found = moment(text)
    return None if found is None else found.strftime("%Y-%m-%dT%H:%M:%SZ")
