"""`marketwright channels`: what is installed, what each channel can do, its rulepack, and what was quarantined."""

from __future__ import annotations

import click

from config.cli.channels_table import markdown
from config.cli.output import as_json, show
from config.cli.settings import settings_of
from config.packaged import folders
from core.capabilities import capabilities_of
from core.channel import Channel
from core.quality import quality_of
from core.registry import Registry
from core.rules.packs import Library


@click.command()
@as_json
@click.option("--markdown", "as_markdown", is_flag=True, help="Write the tables of docs/channels.md.")
@click.pass_context
def channels(ctx: click.Context, as_json: bool, as_markdown: bool) -> None:
    """List the channels of this installation, what each one can do, its quality's tier and its newest rulepack.

    Ends with 1 when a plugin, or the rulepacks of one, are quarantined.
    """
    registry = Registry.discover()
    if as_markdown:
        click.echo(markdown(registry.channels))
        return
    library = Library.open(folders(registry.rulepacks, settings_of(ctx)))
    row = row_of if as_json else short_row_of
    rows = [row(registry, library, channel) for channel in registry.channels]
    show(rows, as_json, empty="No channel is installed.")
    for one in registry.quarantined:
        click.echo(f"quarantined: {one.name} ({one.origin}): {one.reason}", err=True)
    for left_out in library.left_out:
        click.echo(f"quarantined: rulepacks of {left_out.brought_by}: {left_out.reason}", err=True)
    if registry.quarantined or library.left_out:
        raise SystemExit(1)


def row_of(registry: Registry, library: Library, channel: Channel) -> dict[str, object]:
    """Return what is told of one channel to programs."""
    newest = next(iter(library.versions(channel.name)), None)
    origin = registry.origins[channel.name]
    return {
        "channel": channel.name,
        "title": channel.title,
        "tier": quality_of(channel).tier,
        **capabilities_of(channel),
        "rulepack": newest,
        "plugin": origin,
    }


def short_row_of(registry: Registry, library: Library, channel: Channel) -> dict[str, object]:
    """Return the same for a table that fits a screen: of what a channel can do, only what is missing."""
    row = row_of(registry, library, channel)
    missing = [name for name, able in capabilities_of(channel).items() if not able]
    kept = {name: row[name] for name in ("channel", "title", "tier", "rulepack", "plugin")}
    return {**kept, "cannot": ", ".join(missing)}
