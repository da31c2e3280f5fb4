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
from core.rules.checks.across import ACROSS, Fall
from core.rules.keys import Key, KeyReader, Probe, comparable
from core.rules.messages import ENGLISH
from core.rules.pack import Rule


class Unmoved(msgspec.Struct, frozen=True):
    """An amount that is what it was; its item may have moved from one path to another."""

    rule: Rule
    before: str
    after: str


class Falls:
    """The rules of a pack about amounts that fall, made ready."""

    def __init__(self, across: Across) -> None:
        self.across = across
        self._readers = [
            (rule, KeyReader((Probe(rule.id, rule.kind, rule.field, rule.when, _item),), rule))
            for rule in across.rules
            if rule.check == "max_drop"
        ]

    def compare(
        self, kind: RecordKind, before: Record, after: Record, language: str = ENGLISH
    ) -> tuple[list[Violation], list[Unmoved]]:
        """Return what fell too far, and what did not move."""
        fallen, unmoved = [], []
        for rule, reader in self._readers:
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
                    fallen.append(self.across.said(rule, key.path, now, said, language))
        return fallen, unmoved


def same_amount(left: Any, right: Any) -> bool:
    """Tell whether two values are the same number, however it is written."""
    number = numerals.plain(left)
    return number is not None and number == numerals.plain(right)


def _item(name: str, record: Record, path: str, value: Any) -> Key | None:
    """Read an amount under what its item is known by, so that it is found again where items have moved."""
    holder = path.rpartition(".")[0]
    item = paths.get(record, holder) if holder else None
    identity = holder
    if isinstance(item, dict):
        identity = comparable(item.get("external_id")) or comparable(item.get("sku")) or holder
    return Key(name=name, value=identity, path=path)
