"""How far a correction may spread on one connection: first one, then a few, then all."""

from __future__ import annotations

from core.model.corrections import Stage


def room(stage: Stage, *, verified: int, under_way: int, few: int) -> int | None:
    """Return how many more may be begun now, None where there is no limit.

    `verified` were read back and hold, `under_way` are not there yet; `few` come after the first one.
    """
    if stage is Stage.ALL:
        return None
    if stage is Stage.STOPPED:
        return 0
    allowed = 1 if stage is Stage.FIRST else 1 + few
    return max(allowed - verified - under_way, 0)


def stage_of(verified: int, few: int) -> Stage:
    """Return the stage that so many verified corrections have earned."""
    if verified < 1:
        return Stage.FIRST
    return Stage.FEW if verified < 1 + few else Stage.ALL
