"""How far detectors and ways of finding a value were right, by pattern, detector, field and all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

STRENGTH = 2.0
"""How many decisions the wider circle weighs, where little is known of a narrower one."""


class Tally(msgspec.Struct, array_like=True):
    """So many right of so many."""

    right: float = 0.0
    times: float = 0.0


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """Tallies by name. A name is a tuple written as text; `prior` stands where nothing is known."""

    tallies: dict[str, Tally] = msgspec.field(default_factory=dict)
    prior: float = 0.5

    def note(self, circles: Iterable[str], *, right: bool, weight: float = 1.0) -> None:
        """Count one outcome in each of these circles."""
        for name in circles:
            tally = self.tallies.setdefault(name, Tally())
            tally.right += weight * right
            tally.times += weight

    def rate(self, circles: Sequence[str], *, without: bool | None = None) -> float:
        """Return the share that was right, circles from wide to narrow; `without` one outcome that counts not."""
        found = self.prior
        for name in circles:
            tally = self.tallies.get(name)
            if tally is None:
                continue
            right, times = tally.right, tally.times
            if without is not None:
                right, times = right - without, times - 1
            found = (max(right, 0.0) + STRENGTH * found) / (max(times, 0.0) + STRENGTH)
        return found

    def times(self, name: str, *, without: bool | None = None) -> float:
        """Return how many outcomes of a circle are known."""
        tally = self.tallies.get(name)
        return 0.0 if tally is None else max(tally.times - (without is not None), 0.0)


def circles(kind: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return circles of one kind, from all to the narrowest, in the order of `names`."""
    return (kind, *(f"{kind}|{name}={value}" for name, value in names.items()))
