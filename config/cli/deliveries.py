"""`marketwright deliveries`: webhooks that were kept, and handling one again."""

from __future__ import annotations

import click

from config.cli.entry import with_context, with_database
from config.cli.output import as_json, show
from core.context import Context
from core.errors import NotFound
from core.store import deliveries as store


@click.group()
def deliveries() -> None:
    """List the webhooks that were kept; handle one again."""


@deliveries.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--before", type=int, help="Only those older than this id, for the next page.")
@as_json
@click.pass_context
def list_(ctx: click.Context, limit: int, before: int | None, as_json: bool) -> None:
    """List deliveries, newest first."""
    show(with_database(ctx, lambda: store.latest(limit, before)), as_json, empty="No webhook has come in yet.")


@deliveries.command()
@click.argument("ids", type=int, nargs=-1, required=True)
@click.pass_context
def replay(ctx: click.Context, ids: tuple[int, ...]) -> None:
    """Handle deliveries again. A record that is newer than what they say stays as it is."""

    async def act(context: Context) -> None:
        missing = [one for one in ids if not await store.reopen(one)]
        await context.queue.enqueue("process_deliveries", *(one for one in ids if one not in missing))
        if missing:
            raise NotFound(f"there is no delivery {', '.join(map(str, missing))}; see: marketwright deliveries list")

    with_context(ctx, act)
    click.echo(f"{len(ids)} will be handled again.")
