"""How careful a program has to be that a person taught, or that somebody tries."""

from __future__ import annotations

from core.corrections.steps import STEPS
from core.model.corrections import Program, Safety


def safety_of(program: Program, fix_safety: Safety | None) -> Safety:
    """Return how far a program may go by itself: early only where every step is notation.

    Where the rule's own fix, `fix_safety`, is never applied without a person, a learned one is not either.
    """
    if fix_safety is Safety.DISPLAY:
        return Safety.DISPLAY
    kinds = [STEPS.get(name) for step in program for name in step]
    return Safety.SAFE if all(kind is not None and kind.notation for kind in kinds) else Safety.REVIEW
