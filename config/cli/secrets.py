"""`marketwright secrets`: the keys that seal credentials."""

from __future__ import annotations

import click

from config.cli.entry import with_context
from config.cli.output import as_json, show
from config.cli.settings import settings_of
from config.rotation import rotate_keys
from core.context import Context
from core.store import connections as store
from core.vault import key_id


@click.group()
def secrets() -> None:
    """Say which keys seal credentials; change the key."""


@secrets.command()
@as_json
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """List the keys and how many connections each one seals. Keys themselves are never shown."""

    async def act(context: Context) -> list[dict[str, object]]:
        known = context.vault.status()
        used = [key_id(sealed) for _, sealed in await store.seals()]
        names = sorted({*known.opening, *used})
        return [
            {
                "key": name,
                "seals_now": name == known.sealing,
                "connections": used.count(name),
                "is_here": name in known.opening,
            }
            for name in names
        ]

    rows = with_context(ctx, act)
    show(rows, as_json)
    if not all(row["is_here"] for row in rows):
        click.echo("Credentials are sealed with a key that is not here; restore it from your backup.", err=True)
        raise SystemExit(1)


@secrets.command()
@click.pass_context
def rotate(ctx: click.Context) -> None:
    """Make a new key and seal every connection's credentials with it. It may be run while the server runs."""

    async def act(context: Context) -> int:
        return await rotate_keys(context, settings_of(ctx))

    click.echo(f"{with_context(ctx, act)} connections are sealed with the new key; the old key stays for backups.")
