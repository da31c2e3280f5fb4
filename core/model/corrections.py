"""Corrections: programs of steps, the changes they make, and what became of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

Step = dict[str, dict[str, Any]]
"""One step: a single operation name mapped to its keyword arguments, e.g. `{"decimal_places": {"places": 2}}`."""

Program = tuple[Step, ...]
"""Steps carried out in order on the value of one field."""


class Safety(StrEnum):
    """How far a fix may go by itself."""

    SAFE = "safe"
    REVIEW = "review"
    DISPLAY = "display"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a record before and after. A missing value is None."""

    field: str
    before: Any
    after: Any


class Source(StrEnum):
    """Who proposed a suggestion."""

    LEARNED = "learned"
    BUILTIN = "builtin"
    LOCAL = "local"
    LLM = "llm"
    HUMAN = "human"


class Verdict(StrEnum):
    """A human decision on a suggestion."""

    APPROVED = "approved"
    REJECTED = "rejected"
    MODIFIED = "modified"


class ApplicationState(StrEnum):
    """What became of one correction on one record.

    `superseded`: the record changed before it was pushed, or under a correction that is kept here only.
    """

    PENDING = "pending"
    PUSHED = "pushed"
    VERIFIED = "verified"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"
    SUPERSEDED = "superseded"


class Stage(StrEnum):
    """How far an auto rule may spread on one connection. It stops when one of the first is undone or refused."""

    FIRST = "first"
    FEW = "few"
    ALL = "all"
    STOPPED = "stopped"


class AuditVerdict(StrEnum):
    """What a person said of a correction that applied itself and was drawn for the sample."""

    CONFIRMED = "confirmed"
    WRONG = "wrong"


class UndoState(StrEnum):
    """What became of one correction of an undo. `edited`: the record was edited since; `kept`: a person left it so."""

    WAITING = "waiting"
    UNDOING = "undoing"
    UNDONE = "undone"
    EDITED = "edited"
    FAILED = "failed"
    KEPT = "kept"


class UndoScope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which corrections are taken back: those of a batch, or what an auto rule's program did since a time.

    `by_itself` leaves out what people approved.
    """

    batch: str | None = None
    auto_rule: str | None = None
    since: datetime | None = None
    by_itself: bool = False


class Mode(StrEnum):
    """How far a connection lets corrections go. New connections start in `suggest`."""

    OBSERVE = "observe"
    SUGGEST = "suggest"
    APPLY_LOCALLY = "apply_locally"
    APPLY_AND_PUSH = "apply_and_push"


class Phase(StrEnum):
    """The document's four phases of a pattern."""

    DETECTED = "detected"
    RECOGNISED = "recognised"
    AUTOMATIC = "automatic"
    MONITORED = "monitored"
