"""Checks across the records of a connection: what one record alone cannot show.

A check here gets what the other records say, and is true where the value holds. Its keyword-only parameters are its
YAML schema, as everywhere; a parameter that is a field names one of the other records.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from core.corrections.arguments import FieldValue, Parameter, parameters

IGNORED = (
    "cancelled", "canceled", "refused", "refunded", "failed", "declined", "request_declined", "rejected", "voided",
    "expired", "restocked", "returned", "trash", "checkout-draft",
)  # fmt: skip
"""Statuses of orders that ask for no stock, or not any more."""


class Peers(msgspec.Struct, frozen=True):
    """What other records say of one value: how many hold it, and the first of them by name.

    Of orders also how much they ask for, and how much there is of it (in ten-thousandths of a piece).
    """

    count: int = 0
    others: tuple[str, ...] = ()
    asked: int = 0
    held: int = 0


class Fall(msgspec.Struct, frozen=True):
    """An amount in a record's last version and in this one."""

    before: Decimal
    after: Decimal


def unique_across(
    peers: Peers,
    *,
    ignore_case: bool = False,
    ignore_punctuation: bool = False,
    digits_only: bool = False,
    also: FieldValue = None,
) -> bool:
    """Hold when no other record has this value in the same field, nor in the field `also`."""
    return peers.count == 0


def known_across(peers: Peers, *, field: FieldValue, ignore_case: bool = False) -> bool:
    """Hold when another record has this value in `field`."""
    return peers.count > 0


def covers_orders(peers: Peers, *, ignored: tuple[str, ...] = IGNORED) -> bool:
    """Hold when orders placed since the stock was counted ask for no more than there is."""
    return peers.count == 0 or peers.asked <= peers.held


def max_drop(fall: Fall, *, share: Decimal) -> bool:
    """Hold when the amount is not lower by more than `share` than in the record's last version."""
    return fall.before <= 0 or fall.after >= fall.before * (1 - share)


@dataclass(frozen=True)
class AcrossCheck:
    """One check across records. `says` are the words that its message may have filled in besides its arguments."""

    function: Callable[..., bool]
    says: frozenset[str]

    @property
    def name(self) -> str:
        """Return the name that authors write."""
        return self.function.__name__

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Return the keyword-only parameters: what an author may write."""
        return parameters(self.function)


ACROSS: dict[str, AcrossCheck] = {
    check.name: check
    for check in (
        AcrossCheck(unique_across, frozenset({"count", "others"})),
        AcrossCheck(known_across, frozenset()),
        AcrossCheck(max_drop, frozenset({"before", "drop"})),
        AcrossCheck(covers_orders, frozenset({"asked", "count", "others"})),
    )
}
