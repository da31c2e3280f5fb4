"""Amounts that fell from a record's last version to this one. Pure.

Nothing is kept for it but the issue: where the amount is the same as before, an issue that stands goes on standing.
"""

from __future__ import annotations

from typing import Any

import msgspec

from core.corrections import numerals, paths
from core.model.issues import Violation
from core.model.records import Record, RecordKind
from core.rules.across import Across
from core.rules.checks import ACROSS
from core.rules.checks.across import Fall
from core.rules.pack import Rule


class Unmoved(msgspec.Struct, frozen=True):
    """An amount that is what it was; its item may have moved from one path to another."""

    rule: Rule
    before: str
    after: str


def compare(across: Across, kind: RecordKind, before: Record, after: Record) -> tuple[list[Violation], list[Unmoved]]:
    """Return what fell too far between two versions, and what did not move."""
    fallen, unmoved = [], []
    for rule, reader in across.compared.falls:
        held = {key.value: key.path for key in reader.read(kind, before)}
        for key in reader.read(kind, after):
            if (path := held.get(key.value)) is None:
                continue
            was, now = paths.get(before, path), paths.get(after, key.path)
            first, second = numerals.plain(was), numerals.plain(now)
            if first is None or second is None:
                continue
            if first == second:
                unmoved.append(Unmoved(rule, path, key.path))
            elif not ACROSS[rule.check].function(Fall(first, second), **rule.arguments):
                said = {"before": was, "drop": int((1 - second / first) * 100)}
                fallen.append(across.said(rule, key.path, now, said))
    return fallen, unmoved


def same_amount(left: Any, right: Any) -> bool:
    """Tell whether two values are the same number, however it is written."""
    number = numerals.plain(left)
    return number is not None and number == numerals.plain(right)
