"""A small forest as plain numbers: what scikit-learn fitted, safe to store and to load, answered by numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np


class Forest(msgspec.Struct, frozen=True, kw_only=True):
    """All nodes of all trees in a row; a leaf points at itself. `values` are chances of being right."""

    roots: list[int] = msgspec.field(default_factory=list)
    features: bytes = b""
    limits: bytes = b""
    left: bytes = b""
    right: bytes = b""
    values: bytes = b""
    depth: int = 0
    width: int = 0

    def fits(self) -> bool:
        """Tell whether the measures agree, so that no answer reads beside its numbers."""
        nodes = len(self.values) // 4
        same = len(self.features) == len(self.left) == len(self.right) == len(self.limits) == 4 * nodes
        if not same or len(self.values) != 4 * nodes or not 0 <= self.depth <= 64:
            return False
        if not nodes:
            return not self.roots
        inside = all(0 <= root < nodes for root in self.roots)
        for held, most in ((self.left, nodes), (self.right, nodes), (self.features, self.width)):
            numbers = np.frombuffer(held, dtype="<i4")
            inside = inside and bool((numbers >= 0).all() and (numbers < most).all())
        return inside and bool(self.roots)


class Answers:
    """A forest made ready to answer many rows at once."""

    def __init__(self, forest: Forest) -> None:
        self._roots = np.array(forest.roots, dtype=np.int64)
        self._features = np.frombuffer(forest.features, dtype="<i4").astype(np.int64)
        self._limits = np.frombuffer(forest.limits, dtype="<f4")
        self._left = np.frombuffer(forest.left, dtype="<i4").astype(np.int64)
        self._right = np.frombuffer(forest.right, dtype="<i4").astype(np.int64)
        self._values = np.frombuffer(forest.values, dtype="<f4")
        self._depth = forest.depth

    def chances(self, rows: Sequence[Sequence[float]]) -> Any:
        """Return for each row the mean of what the trees say."""
        matrix = np.asarray(rows, dtype=np.float32)
        at = np.broadcast_to(self._roots, (len(matrix), len(self._roots))).copy()
        lines = np.arange(len(matrix))[:, None]
        for _ in range(self._depth):
            goes_left = matrix[lines, self._features[at]] <= self._limits[at]
            at = np.where(goes_left, self._left[at], self._right[at])
        return self._values[at].mean(axis=1)


def stored(trees: Sequence[Any], width: int) -> Forest:
    """Return fitted scikit-learn trees as numbers; the second class is the one that is right."""
    parts: dict[str, list[Any]] = {name: [] for name in ("features", "limits", "left", "right", "values")}
    roots, offset, depth = [], 0, 0
    for one in trees:
        tree = one.tree_
        own = np.arange(tree.node_count)
        leaf = tree.children_left < 0
        shares = tree.value[:, 0, :]
        roots.append(offset)
        parts["features"].append(np.where(leaf, 0, tree.feature))
        parts["limits"].append(tree.threshold)
        parts["left"].append(np.where(leaf, own, tree.children_left) + offset)
        parts["right"].append(np.where(leaf, own, tree.children_right) + offset)
        parts["values"].append(shares[:, 1] / shares.sum(axis=1))
        offset += tree.node_count
        depth = max(depth, tree.max_depth)
    joined = {name: np.concatenate(several) for name, several in parts.items()}
    return Forest(
        roots=roots,
        features=joined["features"].astype("<i4").tobytes(),
        limits=joined["limits"].astype("<f4").tobytes(),
        left=joined["left"].astype("<i4").tobytes(),
        right=joined["right"].astype("<i4").tobytes(),
        values=joined["values"].astype("<f4").tobytes(),
        depth=depth,
        width=width,
    )
