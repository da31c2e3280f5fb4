"""`marketwright sync`: pulls a connection now, and shows how far it is."""

from __future__ import annotations

import asyncio
import inspect

import click

from config.cli.entry import with_context
from config.cli.output import as_json, progress, show
from core.context import Context
from core.errors import NotFound, Refused
from core.jobs.sync import sync_connection
from core.store import connections, sync_runs

_LOOK_EVERY_SECONDS = 0.3
_SHOWN = ("kind", "state", "seen", "changed", "issues", "error")


@click.command()
@click.argument("connection", type=int)
@as_json
@click.pass_context
def sync(ctx: click.Context, connection: int, as_json: bool) -> None:
    """Pull what changed in CONNECTION since its last pull. Ends with 1 when a pull did not come to its end.

    It goes on where an interrupted one stopped. Suggestions follow when a worker runs.
    """

    async def act(context: Context) -> list[dict[str, object]]:
        row = await connections.get(connection)
        if row is None:
            raise NotFound(f"There is no connection {connection}; see: marketwright connections list")
        if not row.enabled:
            raise Refused(f"{row.name} is switched off.")
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
