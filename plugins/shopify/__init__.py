"""Shopify, by its GraphQL Admin API."""

from __future__ import annotations

from collections.abc import Callable

from marketwright import Channel, hookimpl
from plugins.shopify import (
    account,
    authorisation,
    cancelling,
    client,
    orders,
    products,
    products_push,
    shipping,
    stock,
    stock_push,
    subscriptions,
    webhook,
)
from plugins.shopify.sandbox import sandbox
from plugins.shopify.settings import Settings

channel = Channel(
    name="shopify",
    title="Shopify",
    settings=Settings,
    hosts=client.hosts,
    pace=client.pace,
    test_credentials=account.test_credentials,
    pull_products=products.pull,
    pull_one=webhook.pull_one,
    pull_orders=orders.pull,
    pull_stock=stock.pull,
    push_product=products_push.push,
    push_stock=stock_push.push,
    ship_order=shipping.ship,
    cancel_order=cancelling.cancel,
    read_webhook=webhook.read,
    read_event=webhook.read_event,
    register_webhooks=subscriptions.register,
    list_webhooks=subscriptions.listed,
    repair_webhooks=subscriptions.register,
    sign_in=authorisation.sign_in,
    sandbox=sandbox,
    docs_url="https://shopify.dev/docs/api/admin-graphql/2026-07",
)


@hookimpl
def register_channels(register: Callable[[Channel], None]) -> None:
    """Bring Shopify."""
    register(channel)
