"""`marketwright knowledge share`, `unshare` and `receive`: corrections between the merchants of one installation."""

from __future__ import annotations

import click

from config.cli.entry import operator, owner_of, with_context
from core import review
from core.context import Context
from core.review import Shared


@click.command()
@click.argument("pattern")
@click.pass_context
def share(ctx: click.Context, pattern: str) -> None:
    """Let what a PATTERN has learned be proposed to other merchants: programs and counts, never records."""

    async def act(context: Context) -> Shared:
        return await review.share(context, operator(), pattern)

    made = with_context(ctx, act)
    click.echo(f"{made.shared} corrections are shared; {made.left_out} write values of records and stay.")


@click.command()
@click.argument("pattern")
@click.pass_context
def unshare(ctx: click.Context, pattern: str) -> None:
    """Propose nothing of a PATTERN to other merchants any more."""

    async def act(context: Context) -> int:
        return await review.unshare(context, operator(), pattern)

    click.echo(f"{with_context(ctx, act)} corrections are shared no more.")


@click.command()
@click.option("--merchant", required=True, help="Who receives.")
@click.option("--on/--off", "receives", required=True, help="Propose what others share, or stop.")
@click.pass_context
def receive(ctx: click.Context, merchant: str, receives: bool) -> None:
    """Say whether a merchant is proposed what others share."""

    async def act(context: Context) -> None:
        await review.receive(context, await owner_of(merchant), receives=receives)

    with_context(ctx, act)
    click.echo(f"What others share is {'proposed' if receives else 'not proposed'} to {merchant}.")
