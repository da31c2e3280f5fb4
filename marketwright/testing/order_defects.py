"""What goes wrong in real orders, done on purpose: one function a kind, each named as tests and twins name it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from marketwright import Record

Spoil = Callable[[Record], None]
_SHARE = 0.15


def email_without_domain(order: Record) -> None:
    """Break the e-mail address off behind the at sign."""
    order["buyer"]["email"] = order["buyer"]["email"].partition("@")[0] + "@"


def phone_cut_off(order: Record) -> None:
    """Break the phone number off, so that E.164 cannot hold it."""
    order["buyer"]["phone"] = order["buyer"]["phone"][:8]


def phone_with_letters(order: Record) -> None:
    """Put a note behind the phone number."""
    order["buyer"]["phone"] += " (evenings)"


def postal_code_missing(order: Record) -> None:
    """Leave the postal code out of both addresses."""
    for address in _addresses(order):
        address["postal_code"] = ""


def city_missing(order: Record) -> None:
    """Leave the city out of both addresses."""
    for address in _addresses(order):
        address["city"] = ""


def country_lower_case(order: Record) -> None:
    """Write the country in small letters: `de`."""
    for address in _addresses(order):
        address["country"] = address["country"].lower()


def tracking_url_http(order: Record) -> None:
    """Link the parcel without TLS."""
    shipment = order["shipments"][0]
    shipment["tracking_url"] = shipment["tracking_url"].replace("https://", "http://")


ORDER_DEFECTS: dict[str, tuple[Spoil, str]] = {
    spoil.__name__: (spoil, field)
    for spoil, field in (
        (tracking_url_http, "shipments"),
        (email_without_domain, "email"),
        (phone_cut_off, "phone"),
        (postal_code_missing, "postal_code"),
        (phone_with_letters, "phone"),
        (city_missing, "city"),
        (country_lower_case, "country"),
    )
}
"""Each kind: what it does, and the field that it spoils (one kind a field)."""


def spread_order_defects(rng: random.Random, orders: Sequence[Record]) -> dict[int, set[str]]:
    """Spoil about 15 % of the orders, some of them twice, and return the kinds by place in the list.

    The kinds take turns; from 40 orders on each comes at least once.
    """
    wanted = round(len(orders) * _SHARE)
    shipped = [place for place, order in enumerate(orders) if order["shipments"]]
    first = rng.sample(shipped, min(len(shipped), wanted, 1))
    others = [place for place in range(len(orders)) if place not in first]
    spoilt = first + rng.sample(others, wanted - len(first))
    kinds: dict[int, set[str]] = {place: set() for place in spoilt}
    taken: dict[int, set[str]] = {place: set() for place in spoilt}
    for turn in range(max(len(spoilt), len(ORDER_DEFECTS)) if spoilt else 0):
        name, (spoil, field) = list(ORDER_DEFECTS.items())[turn % len(ORDER_DEFECTS)]
        free = [place for place in spoilt if field not in taken[place] and len(kinds[place]) < 2]
        if field == "shipments":
            free = [place for place in free if orders[place]["shipments"]]
        if free:
            place = min(free, key=lambda it: len(kinds[it]))
            spoil(orders[place])
            kinds[place].add(name)
            taken[place].add(field)
    return kinds


def _addresses(order: Record) -> tuple[Record, Record]:
    return order["shipping_address"], order["billing_address"]
