"""What a channel can do, read off its record: the one list behind the tables, the API and the documentation."""

from __future__ import annotations

import msgspec

from core.channel import Channel


class Capability(msgspec.Struct, frozen=True):
    """One thing that a channel may be able to do. `function` is the field of its record that does it."""

    name: str
    title: str
    function: str


CAPABILITIES = (
    Capability("products", "Products", "pull_products"),
    Capability("orders", "Orders", "pull_orders"),
    Capability("stock", "Stock", "pull_stock"),
    Capability("requirements", "Its own requirements", "pull_requirements"),
    Capability("verdicts", "Its own verdicts", "pull_verdicts"),
    Capability("push_product", "Correct a product", "push_product"),
    Capability("push_products", "Correct many at once", "push_products"),
    Capability("push_stock", "Set stock", "push_stock"),
    Capability("ship_order", "Ship an order", "ship_order"),
    Capability("cancel_order", "Cancel an order", "cancel_order"),
    Capability("webhooks", "Webhooks", "read_webhook"),
    Capability("register_webhooks", "Register webhooks", "register_webhooks"),
    Capability("list_webhooks", "List webhooks", "list_webhooks"),
    Capability("repair_webhooks", "Repair webhooks", "repair_webhooks"),
    Capability("sign_in", "Connect by signing in", "sign_in"),
    Capability("sandbox", "Twin for tests and demo", "sandbox"),
)


def has(channel: Channel, function: str) -> bool:
    """Say whether a channel brings an optional part of its record."""
    return getattr(channel, function) is not None


def capabilities_of(channel: Channel) -> dict[str, bool]:
    """Return what a channel can do, by the names of `CAPABILITIES` and in their order."""
    return {one.name: has(channel, one.function) for one in CAPABILITIES}
