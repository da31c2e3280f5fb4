"""`marketwright serve`: the web server, the workers and the schedule."""

from __future__ import annotations

import click
import msgspec

from config import logging
from config.cli.settings import settings_of
from config.demo import run_demo
from config.loop import run
from config.serve import serve as run_server
from core.context import Context
from core.store import users


@click.command()
@click.option("--host", help="Where to listen; by default web.host of the settings.")
@click.option("--port", type=click.IntRange(0, 65535), help="By default web.port; 0 takes a free one.")
@click.option("--demo", is_flag=True, help="Also start shops to play with; uses a data directory of its own.")
@click.option("--reload-rules", is_flag=True, help="Read rulepacks again when their files change, for who writes them.")
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: int | None, demo: bool, reload_rules: bool) -> None:
    """Run the web server, the workers and the schedule."""
    settings = settings_of(ctx)
    web = msgspec.structs.replace(
        settings.web, host=settings.web.host if host is None else host, port=settings.web.port if port is None else port
    )
    rulepacks = msgspec.structs.replace(settings.rulepacks, reload=reload_rules or settings.rulepacks.reload)
    settings = msgspec.structs.replace(settings, web=web, rulepacks=rulepacks)
    logging.configure(settings.logging)
    run(run_demo(settings, click.echo) if demo else run_server(settings, _announce))


async def _announce(context: Context, address: str) -> None:
    click.echo(f"Marketwright is serving on {address}")
    if not await users.any_exists():
        click.echo("Nobody can sign in yet; run: marketwright users add NAME")
