"""What one local suggester offers for one issue, before it is checked against the rules."""

from __future__ import annotations

import msgspec

from core.model.corrections import Change, Program, Safety


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A program with what it changes; `confidence` is 0 to 1, `evidence` are sentences for the reviewer."""

    program: Program
    changes: tuple[Change, ...]
    confidence: float
    evidence: tuple[str, ...]
    safety: Safety = Safety.REVIEW
