"""`marketwright channels`: what is installed, what each channel can do, and what was quarantined."""

from __future__ import annotations

import click

from config.cli.output import as_json, show
from core.channel import Channel
from core.registry import Registry

ABILITIES = {
    "products": "pull_products",
    "orders": "pull_orders",
    "stock": "pull_stock",
    "push_product": "push_product",
    "push_stock": "push_stock",
    "ship_order": "ship_order",
    "webhooks": "read_webhook",
    "register_webhooks": "register_webhooks",
    "sandbox": "sandbox",
}
"""What a column of the table means in the channel's record."""


@click.command()
@as_json
def channels(as_json: bool) -> None:
    """List the channels of this installation and what each one can do.

    Ends with 1 when a plugin is quarantined.
    """
    registry = Registry.discover()
    show([row_of(registry, channel) for channel in registry.channels], as_json, empty="No channel is installed.")
    for one in registry.quarantined:
        click.echo(f"quarantined: {one.name} ({one.origin}): {one.reason}", err=True)
    if registry.quarantined:
        raise SystemExit(1)


def row_of(registry: Registry, channel: Channel) -> dict[str, object]:
    """Return what the table shows of one channel."""
    abilities = {name: getattr(channel, function) is not None for name, function in ABILITIES.items()}
    origin = registry.origins[channel.name]
    return {"channel": channel.name, "title": channel.title, **abilities, "plugin": origin}
