"""What is to be known of a record so that others can be judged by it: its keys.

A key is a value under a name, as `product.sku`; the name also says how the value was made comparable. What rules ask
for is found by the same compiled code that judges records: a probe is a rule that any value violates.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN
from typing import Any

import msgspec

from core.corrections import numerals, paths
from core.model.records import Record, RecordKind
from core.rules.compile import Found, compile_rules
from core.rules.pack import Condition, Rule

SCALE = 10_000
"""Amounts of keys are whole numbers of ten-thousandths, so that two databases add them up alike."""

_LONGEST = 120
_MOST_PIECES = 10**9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ENCODER = msgspec.json.Encoder(order="sorted", enc_hook=str)
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[\W_]+")


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a record under a name. `at` is in microseconds since the epoch, `amount` in ten-thousandths."""

    name: str
    value: str
    path: str
    amount: int | None = None
    at: int | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """Return what keys are compared by."""
        return self.name, self.value


@dataclass(frozen=True)
class Probe:
    """Where a kind of record has one kind of key: `read(record, path, value)` makes it, or None where it has none."""

    name: str
    kind: RecordKind
    field: str
    when: Condition | None
    read: Callable[[str, Record, str, Any], Key | None]
    adds_up: bool = False


class KeyReader:
    """Reads all keys that some probes ask for, in one pass over a record."""

    def __init__(self, probes: Iterable[Probe], like: Rule) -> None:
        self._probes = tuple({probe.name: probe for probe in probes}.values())
        rules = [
            msgspec.structs.replace(
                like, id=probe.name, kind=probe.kind, field=probe.field, check="missing", arguments={},
                when=probe.when, cases=(), fix=(), fix_safety=None,
            )
            for probe in self._probes
        ]  # fmt: skip
        self._evaluators = {
            kind: compile_rules(rules, kind) for kind in RecordKind if any(probe.kind is kind for probe in self._probes)
        }

    def read(self, kind: RecordKind, record: Record) -> tuple[Key, ...]:
        """Return a record's keys; nothing where nobody asks for any."""
        evaluator = self._evaluators.get(kind)
        if evaluator is None or not isinstance(record, dict):
            return ()
        found: list[Found] = []
        evaluator(record, found.append)
        keys: dict[tuple[str, str, str], Key] = {}
        for place, path, value, _ in found:
            probe = self._probes[place]
            key = probe.read(probe.name, record, path, value)
            if key is None:
                continue
            held = keys.get(at := (key.name, key.value, "" if probe.adds_up else key.path))
            keys[at] = key if held is None else _added(held, key)
        return tuple(keys.values())


def name_of(kind: RecordKind, field: str, flags: str, when: Any = None) -> str:
    """Name a key by kind, field, how its value is made comparable, and the condition under which it counts."""
    digest = "" if when is None else "?" + hashlib.sha256(_ENCODER.encode(when)).hexdigest()[:12]
    return f"{kind}.{field}" + (f"/{flags}" if flags else "") + digest


def comparable(value: Any, flags: str = "") -> str | None:
    """Return text by which a value is compared, None where it has none.

    Edges and the way in which accents are encoded never count. `c` ignores case, `p` takes each run of what is neither
    letter nor digit for one space, `d` keeps digits only, without zeros in front. Long text becomes its hash.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = value if isinstance(value, str) else (str(value) if abs(value) < 10**40 else "")
    text = text.casefold() if "c" in flags else text
    text = unicodedata.normalize("NFC", text).strip()
    if "d" in flags:
        text = "".join(letter for letter in text if "0" <= letter <= "9").lstrip("0")
    elif "p" in flags:
        text = _NEITHER_LETTER_NOR_DIGIT.sub(" ", text).strip()
    text = text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if len(text) > _LONGEST:
        return f"{text[:60]}#{hashlib.sha256(text.encode()).hexdigest()[:40]}"
    return text or None


def pieces(value: Any) -> int | None:
    """Read an amount of up to a thousand million pieces, in ten-thousandths."""
    number = numerals.plain(value)
    if number is None or not -_MOST_PIECES <= number <= _MOST_PIECES:
        return None
    return int((number * SCALE).to_integral_value(ROUND_HALF_EVEN))


def moment(value: Any) -> int | None:
    """Read a time in microseconds since the epoch; one without a zone is UTC."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return ((read if read.tzinfo else read.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)


def value_key(flags: str) -> Callable[[str, Record, str, Any], Key | None]:
    """Return the reader of a plain value."""

    def read(name: str, record: Record, path: str, value: Any) -> Key | None:
        text = comparable(value, flags)
        return None if text is None else Key(name=name, value=text, path=path)

    return read


def stock_key(name: str, record: Record, path: str, value: Any) -> Key | None:
    """Read how much there is of an SKU, and when it was counted."""
    sku, amount, at = comparable(record.get("sku")), pieces(value), moment(record.get("updated_at"))
    if sku is None or amount is None or at is None:
        return None
    return Key(name=name, value=sku, path=path, amount=amount, at=at)


def item_key(name: str, record: Record, path: str, value: Any) -> Key | None:
    """Read what the item of an amount is known by, so that it is found again where items have moved."""
    holder = path.rpartition(".")[0]
    item = paths.get(record, holder) if holder else None
    identity = holder
    if isinstance(item, dict):
        identity = comparable(item.get("external_id")) or comparable(item.get("sku")) or holder
    return Key(name=name, value=identity, path=path)


def demand_key(ignored: frozenset[str]) -> Callable[[str, Record, str, Any], Key | None]:
    """Return the reader of how much an order's line asks for, and when; nothing of orders in a status `ignored`."""

    def read(name: str, record: Record, path: str, value: Any) -> Key | None:
        status, at = record.get("status"), moment(record.get("placed_at"))
        if at is None or (isinstance(status, str) and status.strip().lower() in ignored):
            return None
        sku, amount = comparable(value), pieces(paths.get(record, path.rpartition(".")[0] + ".quantity"))
        if sku is None or amount is None or amount <= 0:
            return None
        return Key(name=name, value=sku, path=path, amount=amount, at=at)

    return read


def _added(held: Key, more: Key) -> Key:
    if held.amount is None or more.amount is None:
        return held
    return msgspec.structs.replace(held, amount=held.amount + more.amount)
