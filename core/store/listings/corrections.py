"""Stored corrections read back: programs, their changes, and the sentence that says what they do."""

from __future__ import annotations

from typing import Any

import msgspec

from core.corrections.apply import describe
from core.errors import Refused
from core.model.corrections import Change, Program
from core.store.rows import from_json


def program_of(text: Any) -> Program:
    """Read a stored program; a missing one is empty."""
    return tuple(from_json(text) or ())


def changes_of(text: Any) -> tuple[Change, ...]:
    """Read stored changes; missing ones are none."""
    return msgspec.convert(from_json(text) or (), tuple[Change, ...])


def sentence_of(program: Program) -> str:
    """Say what a program does; one with steps of another release says that it cannot be shown."""
    try:
        return describe(program)
    except (Refused, ValueError):
        return "A correction with steps that this release does not know."
