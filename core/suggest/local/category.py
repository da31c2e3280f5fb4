"""The category from title and description: a linear model over hashed words, with calibrated probabilities.

Only numbers are kept: a row of weights for each category. Answering takes numpy alone and well under a millisecond;
`category_training` makes the numbers.
"""

from __future__ import annotations

import zlib
from functools import cached_property
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np

from core.suggest.local.brand import folded

BUCKETS = 1 << 15
FEWEST_EXAMPLES = 20
MOST_CATEGORIES = 200


class Categories(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A trained model. `weights` holds float16 numbers, little-endian, a row of `BUCKETS` for each of `names`.

    `rarity` weighs each bucket, `bias` each name; `sharpness` turns distances into probabilities; `places` are the
    channels that use a name, because each channel has a vocabulary of its own. `right` is how often the first name
    was right on examples held out.
    """

    names: list[str] = msgspec.field(default_factory=list)
    places: list[list[str]] = msgspec.field(default_factory=list)
    weights: bytes = b""
    rarity: bytes = b""
    bias: list[float] = msgspec.field(default_factory=list)
    sharpness: float = 1.0
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


def features(title: str, text: str) -> list[int]:
    """Return the buckets of a product's words, pairs of words and beginnings of words, each once."""
    head, body = folded(title).split()[:40], folded(text).split()[:60]
    found = {f"t{word}" for word in head}
    found |= {f"p{left} {right}" for left, right in pairwise(head)}
    for word in head:
        padded = f"<{word}>"
        found |= {f"c{padded[at : at + 4]}" for at in range(len(padded) - 3)}
    found |= {f"t{word}" for word in body[:25]} | {f"d{word}" for word in body}
    return sorted({zlib.crc32(one.encode()) % BUCKETS for one in found})


def ranked(model: Categories, title: str, text: str, channel: str | None = None) -> list[tuple[str, float]]:
    """Return categories with their probability, likeliest first; those of `channel` alone where one is named."""
    if not model.names:
        return []
    hashed = features(title, text)
    values = model.rare[hashed]
    length = float(np.sqrt((values * values).sum())) or 1.0
    allowed = _allowed(model, channel)
    if not allowed:
        return []
    distances = (values / length) @ model.table[hashed] + np.asarray(model.bias, dtype=np.float32)
    chances = softmax(distances[allowed] * model.sharpness)
    order = np.argsort(-chances, kind="stable")[:10]
    return [(model.names[allowed[at]], float(chances[at])) for at in order]


def softmax(values: Any) -> Any:
    """Return probabilities along the last axis."""
    raised = np.exp(values - values.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def _allowed(model: Categories, channel: str | None) -> list[int]:
    return [at for at, places in enumerate(model.places) if channel is None or channel in places]
