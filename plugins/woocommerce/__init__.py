"""WooCommerce: shops on WordPress, by the REST API wc/v3. See README.md beside this file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marketwright import Channel, Connection, RecordKind, SourceRecord, hookimpl
from plugins.woocommerce import (
    account,
    cancelling,
    client,
    key_handover,
    orders,
    products,
    push,
    push_many,
    requirements,
    settings,
    shipping,
    stock,
    subscriptions,
    webhook,
)
from plugins.woocommerce.settings import Settings


async def pull_one(connection: Connection, kind: RecordKind, external_id: str) -> SourceRecord:
    """Read one record afresh."""
    if kind is RecordKind.ORDER:
        return await orders.pull_one(connection, external_id)
    if kind is RecordKind.STOCK:
        return await stock.pull_one(connection, external_id)
    return await products.pull_one(connection, external_id)


def _sandbox(seed: int = 1, size: int = 300, **modes: Any) -> Any:
    """Make a twin of a WooCommerce store; see `plugins.woocommerce.sandbox`."""
    from plugins.woocommerce.sandbox import sandbox as make  # noqa: PLC0415 - the test kit is for those who ask

    return make(seed=seed, size=size, **modes)


channel = Channel(
    name="woocommerce",
    title="WooCommerce",
    settings=Settings,
    hosts=lambda given: (settings.host(given),),
    pace=client.pace,
    test_credentials=account.test_credentials,
    pull_products=products.pull,
    pull_one=pull_one,
    pull_orders=orders.pull,
    pull_stock=stock.pull,
    pull_requirements=requirements.pull,
    push_product=push.push,
    push_products=push_many.push_many,
    push_stock=stock.push,
    ship_order=shipping.ship,
    cancel_order=cancelling.cancel,
    read_webhook=webhook.read,
    read_event=webhook.read_event,
    register_webhooks=subscriptions.register,
    list_webhooks=subscriptions.listed,
    repair_webhooks=subscriptions.repair,
    sign_in=key_handover.sign_in,
    sandbox=_sandbox,
    docs_url="https://woocommerce.github.io/woocommerce-rest-api-docs/",
)


@hookimpl
def register_channels(register: Callable[[Channel], None]) -> None:
    """Bring the channel `woocommerce`."""
    register(channel)
