"""Acme: an invented shop platform with all that a channel can do, to start a channel from.

`marketwright new-channel` copies this folder. Its twin is `sandbox.py`; everything else is what talks to the platform.
"""

from __future__ import annotations

from collections.abc import Callable

from marketwright import Channel, hookimpl
from marketwright.testing.acme import client, orders, products, push, sandbox, stock, verdicts, webhook
from marketwright.testing.acme.settings import Settings

channel = Channel(
    name="acme",
    title="Acme",
    settings=Settings,
    hosts=client.hosts,
    pace=client.pace,
    test_credentials=client.test_credentials,
    pull_products=products.pull,
    pull_one=webhook.pull_one,
    pull_orders=orders.pull,
    pull_stock=stock.pull,
    pull_verdicts=verdicts.pull,
    push_product=push.push,
    push_products=push.push_many,
    push_stock=stock.push,
    ship_order=orders.ship,
    cancel_order=orders.cancel,
    read_webhook=webhook.read,
    read_event=webhook.read_event,
    register_webhooks=webhook.register,
    list_webhooks=webhook.listed,
    repair_webhooks=webhook.register,
    sandbox=sandbox.sandbox,
    docs_url="https://acme.example/docs",
)


@hookimpl
def register_channels(register: Callable[[Channel], None]) -> None:
    """Bring the channel `acme`."""
    register(channel)
