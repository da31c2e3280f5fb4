"""One proposed correction of one issue, before it is stored."""

from __future__ import annotations

import msgspec

from core.model.corrections import Change, Program, Safety, Source


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """`confidence` is 0 to 1; `evidence` are sentences for the reviewer, the strongest first.

    `call` is the question to a model that it answers.
    """

    source: Source
    program: Program
    program_hash: str
    changes: tuple[Change, ...]
    confidence: float
    evidence: tuple[str, ...]
    safety: Safety
    call: int | None = None
