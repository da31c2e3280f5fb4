"""`marketwright knowledge`: what was learned: tried on the past, written down, taken over."""

from __future__ import annotations

from typing import BinaryIO

import click
import msgspec

from config.cli.backtest import backtest
from config.cli.entry import operator, owner_of, with_context
from config.cli.output import as_json, show
from config.cli.settings import settings_of
from config.cli.sharing import receive, share, unshare
from core import review
from core.context import Context
from core.errors import Refused
from core.knowledge.transfer import Difference
from core.review import Measured, transfer
from core.review.transfer import Exported
from core.store import merchants
from core.vault import signing_key


@click.group()
def knowledge() -> None:
    """Try other numbers on the past; carry what was learned elsewhere, and share it between merchants."""


for command in (backtest, share, unshare, receive):
    knowledge.add_command(command)


@knowledge.command()
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True, help="How far back to count.")
@click.option("--merchant", help="Only this merchant; without one, all.")
@as_json
@click.pass_context
def metrics(ctx: click.Context, days: int, merchant: str | None, as_json: bool) -> None:
    """Show the key metrics, each beside its target."""

    async def act(context: Context) -> list[Measured]:
        return await review.measure(context, await owner_of(merchant), days)

    show([msgspec.to_builtins(one) for one in with_context(ctx, act)], as_json)


@knowledge.command("export")
@click.option("--merchant", help="Whose; it may be left out where there is only one.")
@click.option("--output", type=click.File("wb", lazy=True), default="-", help="The file; by default the screen.")
@click.pass_context
def export_(ctx: click.Context, merchant: str | None, output: BinaryIO) -> None:
    """Write what was learned as a signed document: patterns, corrections and counts, never records or their values."""
    seed = signing_key(settings_of(ctx).key_folder)

    async def act(context: Context) -> Exported:
        return await transfer.export(context, operator(), await _one_merchant(merchant), seed)

    made = with_context(ctx, act)
    output.write(made.text + b"\n")
    click.echo(f"{made.rules} corrections of {made.patterns} patterns, signed with {made.key}.", err=True)
    if made.left_out:
        click.echo(f"{made.left_out} corrections write values of your own records and stay here.", err=True)


@knowledge.command("import")
@click.argument("document", type=click.File("rb"))
@click.option("--merchant", help="Whose it becomes; it may be left out where there is only one.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--trust", multiple=True, metavar="KEY", help="Take what is signed with this key, besides our own.")
@as_json
@click.pass_context
def import_(
    ctx: click.Context, document: BinaryIO, merchant: str | None, dry_run: bool, trust: tuple[str, ...], as_json: bool
) -> None:
    """Take over a document that `export` wrote. What it brings is proposed, and applies itself only once people here
    have approved it."""
    text = document.read()
    seed = signing_key(settings_of(ctx).key_folder)

    async def act(context: Context) -> list[Difference]:
        owner = await _one_merchant(merchant)
        return await transfer.take_over(context, operator(), owner, text, seed=seed, trusted=trust, dry_run=dry_run)

    found = with_context(ctx, act)
    show([msgspec.to_builtins(one) for one in found], as_json, empty="The document holds nothing.")
    if not as_json:
        added = sum(1 for one in found if one.what == "added")
        click.echo(f"{added} corrections {'would be' if dry_run else 'were'} added, {len(found) - added} are known.")


async def _one_merchant(name: str | None) -> int:
    """Return the merchant of that name, or the only one."""
    names = await merchants.names()
    if name is None and len(names) != 1:
        raise Refused("Say whose knowledge it is: --merchant NAME")
    owner = await owner_of(name) if name is not None else None
    return next(iter(names)) if owner is None or owner.merchant is None else owner.merchant
