"""The category from title, description and brand: a linear model over hashed words, with calibrated probabilities.

Only numbers are kept: a row of weights for each category. Answering takes numpy alone and well under a millisecond;
`category_training` makes the numbers.
"""

from __future__ import annotations

import math
import zlib
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np

from core.suggest.local.names import folded

BUCKETS = 1 << 15
WHOLE = BUCKETS // 2
"""Buckets below are those of whole words and pairs of words, the others those of pieces of words."""

FEWEST_EXAMPLES = 20
MOST_CATEGORIES = 200


class Categories(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A trained model. `weights` holds float16 numbers, little-endian, a row of `BUCKETS` for each of `names`.

    `rarity` weighs each bucket, `bias` each name; `sharpness` turns distances into probabilities, and `slope` and
    `shift` the first of them, by its log odds, into how often it was right on examples held out, also on those of
    names that are not known here. `places` are the channels that use a name, because each channel has a vocabulary
    of its own. `right` is how often the first name was right on all examples held out.
    """

    names: list[str] = msgspec.field(default_factory=list)
    places: list[list[str]] = msgspec.field(default_factory=list)
    weights: bytes = b""
    rarity: bytes = b""
    bias: list[float] = msgspec.field(default_factory=list)
    sharpness: float = 1.0
    slope: float = 1.0
    shift: float = 0.0
    examples: int = 0
    right: float = 0.0

    @cached_property
    def table(self) -> Any:
        """Return the weights, a row for each bucket: a text touches few of them."""
        rows = np.frombuffer(self.weights, dtype="<f2").reshape(len(self.names), BUCKETS)
        return np.ascontiguousarray(rows.T, dtype=np.float32)

    @cached_property
    def rare(self) -> Any:
        """Return the weight of each bucket."""
        return np.frombuffer(self.rarity, dtype="<f4")


def features(title: str, text: str, brand: str | None = None) -> list[int]:
    """Return the buckets of a product's words, pairs of words, pieces of words and its brand, each once."""
    head, body = folded(title).split()[:40], folded(text).split()[:60]
    found: set[int] = set()
    for word in head:
        found |= _pieces(word)
    found |= {_bucket(f"p{left} {right}") for left, right in pairwise(head)}
    found |= {_bucket(f"t{word}") for word in body[:25]} | {_bucket(f"d{word}") for word in body}
    if brand:
        found |= _pieces("=" + folded(brand).replace(" ", ""))
    return sorted(found)


@lru_cache(maxsize=50_000)
def _pieces(word: str) -> frozenset[int]:
    """Return the buckets of a word and of its pieces of three to five letters."""
    padded = f"<{word[:40]}>"
    parts = {f"c{padded[at : at + size]}" for size in (3, 4, 5) for at in range(len(padded) - size + 1)}
    return frozenset({*(WHOLE + _bucket(part) for part in parts), _bucket(f"t{word}")})


def _bucket(feature: str) -> int:
    return zlib.crc32(feature.encode()) % WHOLE


def measures(hashed: Any, values: Any) -> Any:
    """Return the values of sorted buckets so that whole words and pieces weigh the same: each of length 1."""
    at = int(np.searchsorted(hashed, WHOLE))
    parts = [part / (float(np.sqrt((part * part).sum())) or 1.0) for part in (values[:at], values[at:])]
    return np.concatenate(parts)


def ranked(
    model: Categories, title: str, text: str, channel: str | None = None, brand: str | None = None
) -> list[tuple[str, float]]:
    """Return categories with their probability, likeliest first; those of `channel` alone where one is named."""
    if not model.names:
        return []
    hashed = features(title, text, brand)
    values = measures(hashed, model.rare[hashed])
    allowed = _allowed(model, channel)
    if not allowed:
        return []
    distances = values @ model.table[hashed] + np.asarray(model.bias, dtype=np.float32)
    chances = softmax(distances[allowed] * model.sharpness)
    order = np.argsort(-chances, kind="stable")[:10]
    best = float(chances[order[0]])
    sure = calibrated(model, best)
    rest = sure / best if sure < best else (1.0 - sure) / max(1.0 - best, 1e-9)
    first = (model.names[allowed[order[0]]], sure)
    return [first, *((model.names[allowed[at]], min(float(chances[at]) * rest, sure)) for at in order[1:])]


def calibrated(model: Categories, chance: float) -> float:
    """Return how often a first name of this chance was right on examples held out."""
    bounded = min(max(chance, 1e-6), 1.0 - 1e-6)
    odds = model.slope * math.log(bounded / (1.0 - bounded)) + model.shift
    return 1.0 / (1.0 + math.exp(-min(max(odds, -30.0), 30.0)))


def softmax(values: Any) -> Any:
    """Return probabilities along the last axis."""
    raised = np.exp(values - values.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def _allowed(model: Categories, channel: str | None) -> list[int]:
    return [at for at, places in enumerate(model.places) if channel is None or channel in places]
