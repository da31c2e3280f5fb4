"""What one merchant's catalogue taught, as data: numbers and words, which are safe to load whoever wrote them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import cached_property

import msgspec

from core.suggest.catalogue.features import NAMES
from core.suggest.catalogue.propose import Columns, Taught
from core.suggest.local.brand import Gazetteer
from core.suggest.local.category import BUCKETS, Categories
from core.suggest.local.examples import Example
from core.suggest.local.weight import Density

LARGEST = 64_000_000
"""Bytes that stored models may take once they are unpacked."""


class Models(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The models of one merchant; an empty one abstains. `locale` is the language most of its records are in,
    as they say themselves or, where none does, by their words."""

    brands: Gazetteer = Gazetteer()
    categories: Categories = Categories()
    densities: dict[str, Density] = msgspec.field(default_factory=dict)
    locale: str | None = None
    examples: int = 0
    taught: Taught = Taught()

    @cached_property
    def ready(self) -> Columns:
        """Return what the columns taught, ready to answer."""
        return Columns(self.taught)


def pack(value: Models | list[Example]) -> bytes:
    """Return models or a sample as bytes for the database."""
    return zlib.compress(msgspec.msgpack.encode(value), 3)


def unpack(data: bytes) -> Models:
    """Return models from the database; ValueError where they are not what this version writes."""
    try:
        models = msgspec.msgpack.decode(_inflated(data), type=Models)
    except (zlib.error, msgspec.DecodeError) as error:
        raise ValueError(f"these models cannot be read: {error}") from error
    made = models.categories
    rows = len(made.names)
    fits = len(made.weights) == rows * BUCKETS * 2 and len(made.bias) == len(made.places) == rows
    forest = models.taught.ranker.forest
    if forest.roots and (not forest.fits() or forest.width != len(NAMES)):
        raise ValueError("the ranker was made with other measures")
    if not fits or (rows and len(made.rarity) != BUCKETS * 4):
        raise ValueError("these models were made with other measures")
    return models


def unpack_sample(data: bytes) -> list[Example]:
    """Return a sample from the database; ValueError where it is not what this version writes."""
    try:
        return msgspec.msgpack.decode(_inflated(data), type=list[Example])
    except (zlib.error, msgspec.DecodeError) as error:
        raise ValueError(f"this sample cannot be read: {error}") from error


def sample_of(examples: Iterable[Example]) -> dict[int, Example]:
    """Return examples by their record."""
    return {one.record: one for one in examples}


def _inflated(data: bytes) -> bytes:
    opened = zlib.decompressobj()
    unpacked = opened.decompress(data, LARGEST)
    if not opened.eof and not opened.unconsumed_tail:
        raise zlib.error("they end too early")
    if opened.unconsumed_tail:
        raise ValueError("these models are larger than any that this program writes")
    return unpacked
