"""`marketwright sync`: pulls a connection now, and shows how far it is."""

from __future__ import annotations

import asyncio
import inspect

import click

from config.cli.entry import with_context
from config.cli.output import as_json, print_json, progress, show
from core.context import Context
from core.errors import NotFound, Refused
from core.jobs.requirements import pull
from core.jobs.sync import sync_connection
from core.jobs.validate import validate_connection
from core.opening import open_connection
from core.rulebook import Requirements, requirements_of
from core.store import connections, sync_runs
from core.store.connections import ConnectionRow

_LOOK_EVERY_SECONDS = 0.3
_SHOWN = ("kind", "state", "seen", "changed", "issues", "error")


@click.command()
@click.argument("connection", type=int)
@click.option("--requirements", "only_requirements", is_flag=True, help="Read what the platform publishes, no records.")
@as_json
@click.pass_context
def sync(ctx: click.Context, connection: int, only_requirements: bool, as_json: bool) -> None:
    """Pull what changed in CONNECTION since its last pull. Ends with 1 when a pull did not come to its end.

    It goes on where an interrupted one stopped. Suggestions follow when a worker runs.
    """
    if only_requirements:
        show_requirements(with_context(ctx, lambda context: read_requirements(context, connection)), as_json)
        return

    async def act(context: Context) -> list[dict[str, object]]:
        row = await pulled_from(connection)
        before = {run["id"] for run in await sync_runs.latest(connection)}
        pulling = asyncio.ensure_future(inspect.unwrap(sync_connection)(context, connection))
        with progress(f"Pulling {row.name}", None) as at:
            while not pulling.done():
                await asyncio.wait({pulling}, timeout=_LOOK_EVERY_SECONDS)
                for run in (await sync_runs.latest(connection))[:1]:
                    at(completed=run["seen"], total=run["total"], description=f"Pulling {run['kind']}")
        await pulling
        runs = await sync_runs.latest(connection)
        return [{name: run[name] for name in _SHOWN} for run in reversed(runs) if run["id"] not in before]

    runs = with_context(ctx, act)
    show(runs, as_json, empty="Nothing was pulled: another pull is running, or the connection needs attention.")
    if not runs or any(run["state"] != "done" for run in runs):
        raise SystemExit(1)


async def pulled_from(connection: int) -> ConnectionRow:
    """Return a connection that may be pulled."""
    row = await connections.get(connection)
    if row is None:
        raise NotFound(f"There is no connection {connection}; see: marketwright connections list")
    if not row.enabled:
        raise Refused(f"{row.name} is switched off.")
    return row


async def read_requirements(context: Context, connection: int) -> Requirements:
    """Read what a connection's platform publishes, check its records where that changed, and return what there is."""
    row = await pulled_from(connection)
    channel, opened = open_connection(context, row)
    if channel.pull_requirements is None:
        raise Refused(f"{channel.title} publishes no requirements that can be read.")
    if await pull(context, row, channel, opened):
        await inspect.unwrap(validate_connection)(context, connection)
    return await requirements_of(context, await pulled_from(connection))


def show_requirements(found: Requirements, as_json: bool) -> None:
    """Print the rules and what was left out: each a line under --json, counted for each set in a table."""
    if as_json:
        for rule in found.rules:
            print_json(rule)
        for one in found.sets:
            for skipped in one.skipped:
                print_json({"set": one.name, "left_out": skipped.what, "reason": skipped.reason})
        return
    rows = [{"set": one.name, "version": one.version, "left out": len(one.skipped)} for one in found.sets]
    show(rows, as_json=False, empty="The platform publishes nothing for what is sold here.")
    click.echo(f"{len(found.rules)} rules beside the pack: {found.edition}.")
