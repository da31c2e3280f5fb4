"""`marketwright work`: a worker alone."""

from __future__ import annotations

import click

from config import logging
from config.cli.settings import settings_of
from config.loop import run
from config.worker import work as run_worker


@click.command()
@click.pass_context
def work(ctx: click.Context) -> None:
    """Run one worker by itself, beside `serve` processes that share its database and Redis."""
    settings = settings_of(ctx)
    logging.configure(settings.logging)
    run(run_worker(settings))
