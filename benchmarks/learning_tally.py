"""What a review came to, in counts, and the shares that are made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass
class Tally:
    """Where things stand after so many decisions."""

    decisions: int
    errors: int
    applied: int
    right: int
    broken: int
    by_hand: int
    unanswerable: int
    abstained: int

    @property
    def precision(self) -> float | None:
        """Return the share of what was applied that is as it should be."""
        return self.right / self.applied if self.applied else None

    @property
    def drop_alone(self) -> float:
        """Return fixed minus broken over errors, of what the machine did by itself."""
        return (self.right - self.broken) / self.errors if self.errors else 0.0

    @property
    def drop(self) -> float:
        """Return the same of machine and reviewer together."""
        return (self.right + self.by_hand - self.broken) / self.errors if self.errors else 0.0

    @property
    def coverage(self) -> float:
        """Return the share of errors that the machine mended by itself."""
        return self.right / self.errors if self.errors else 0.0

    @property
    def actions(self) -> float:
        """Return what 100 mended cells cost, in decisions."""
        fixed = self.right + self.by_hand
        return 100 * self.decisions / fixed if fixed else math.inf
