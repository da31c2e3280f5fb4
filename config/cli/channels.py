"""`marketwright channels`: what is installed, what each channel can do, its rulepack, and what was quarantined."""

from __future__ import annotations

import click

from config.cli.output import as_json, show
from config.cli.settings import settings_of
from config.packaged import folders
from core.capabilities import capabilities_of
from core.channel import Channel
from core.registry import Registry
from core.rules.packs import Library


@click.command()
@as_json
@click.pass_context
def channels(ctx: click.Context, as_json: bool) -> None:
    """List the channels of this installation, what each one can do, and its newest rulepack.

    Ends with 1 when a plugin, or the rulepacks of one, are quarantined.
    """
    registry = Registry.discover()
    library = Library.open(folders(registry.rulepacks, settings_of(ctx)))
    rows = [row_of(registry, library, channel) for channel in registry.channels]
    show(rows, as_json, empty="No channel is installed.")
    for one in registry.quarantined:
        click.echo(f"quarantined: {one.name} ({one.origin}): {one.reason}", err=True)
    for left_out in library.left_out:
        click.echo(f"quarantined: rulepacks of {left_out.brought_by}: {left_out.reason}", err=True)
    if registry.quarantined or library.left_out:
        raise SystemExit(1)


def row_of(registry: Registry, library: Library, channel: Channel) -> dict[str, object]:
    """Return what the table shows of one channel."""
    newest = next(iter(library.versions(channel.name)), None)
    origin = registry.origins[channel.name]
    return {
        "channel": channel.name,
        "title": channel.title,
        **capabilities_of(channel),
        "rulepack": newest,
        "plugin": origin,
    }
