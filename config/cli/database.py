"""`marketwright migrate`: brings the database up to date."""

from __future__ import annotations

import click

from config.cli.entry import quiet
from config.cli.output import as_json, show
from config.cli.settings import settings_of
from config.embedded import prepare_folder
from config.loop import run
from config.wiring import migrated, reached_store
from core.store.engine import pending_migrations


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; end with 1 when something is missing.")
@as_json
@click.pass_context
def migrate(ctx: click.Context, check: bool, as_json: bool) -> None:
    """Bring the database up to date. It may be run again at any time."""
    settings = settings_of(ctx)
    quiet(settings)
    prepare_folder(settings.folder)

    async def act() -> list[str]:
        if not check:
            return await migrated(settings)
        async with reached_store(settings):
            return await pending_migrations()

    names = run(act())
    show([{"migration": name} for name in names], as_json, empty="The database is up to date.")
    if check and names:
        raise SystemExit(1)
