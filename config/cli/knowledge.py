"""`marketwright knowledge`: what was learned: tried on the past, written down, taken over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

import click
import msgspec

from config.cli.entry import operator, with_context
from config.cli.output import as_json, print_json, show
from config.cli.settings import settings_of
from core import review
from core.context import Context
from core.errors import NotFound, Refused
from core.knowledge.backtest import GateKind, Trial
from core.knowledge.tally import Tally
from core.knowledge.transfer import Difference
from core.model.corrections import UndoScope
from core.model.people import Actor, Role
from core.review import Backtest, FrozenUndo, Measured, transfer
from core.review.transfer import Exported
from core.store import merchants
from core.vault import signing_key

SHARE = click.FloatRange(0.0, 1.0)


@click.group()
def knowledge() -> None:
    """Try other thresholds on the past; take back what a correction did; carry what was learned elsewhere."""


async def owner_of(name: str | None) -> Actor:
    """Return who acts: for one merchant where a name is given, for all otherwise."""
    if name is None:
        return operator()
    merchant = await merchants.find(name)
    if merchant is None:
        raise NotFound(f"There is no merchant named {name}; see: marketwright connections list")
    return Actor(user=0, name=operator().name, role=Role.ADMIN, merchant=merchant)


@knowledge.command()
@click.option("--threshold", type=SHARE, help="The threshold to try; without one each pattern keeps its own.")
@click.option("--gate", type=click.Choice([kind.value for kind in GateKind]), help="The gate to try for every fix.")
@click.option("--min-occurrences", type=click.IntRange(1), help="The approvals to ask for instead.")
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How far back to count.")
@click.option("--channel", help="Only this channel.")
@click.option("--pattern", help="Only this pattern.")
@click.option("--merchant", help="Only this merchant; without one, all.")
@as_json
@click.pass_context
def backtest(
    ctx: click.Context,
    threshold: float | None,
    gate: str | None,
    min_occurrences: int | None,
    days: int,
    channel: str | None,
    pattern: str | None,
    merchant: str | None,
    as_json: bool,
) -> None:
    """Say what would have applied itself at other numbers, and what people thought of it. Nothing is changed."""

    async def act(context: Context) -> Backtest:
        trial = Trial(
            threshold=threshold,
            gate=None if gate is None else GateKind(gate),
            min_occurrences=min_occurrences,
            since=context.clock() - timedelta(days=days),
        )
        return await review.backtest(context, await owner_of(merchant), trial, pattern_id=pattern, channel=channel)

    found = with_context(ctx, act)
    if as_json:
        print_json(found)
        return
    rows = [
        *(_row(one.title, one.channel, one.trial, one.now) for one in found.patterns),
        *(_row("all patterns", one.channel, one.trial, one.now) for one in found.channels),
        _row("all patterns", "all channels", found.trial, found.now),
    ]
    show(rows, as_json=False)
    click.echo(f"The last {days} days. A decision takes {found.seconds_a_decision:.1f} seconds.")


def _row(pattern: str, channel: str, trial: Tally, now: Tally) -> dict[str, object]:
    return {
        "pattern": pattern,
        "channel": channel,
        "moments": trial.moments,
        "would_apply": trial.applied,
        "now": now.applied,
        "rejected": trial.rejected,
        "changed": trial.changed,
        "undone": trial.undone,
        "minutes_saved": trial.minutes_saved,
    }


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


@knowledge.command()
@click.option("--rule", required=True, metavar="ID", help="The auto rule; its pattern's page and the API name it.")
@click.option("--since", type=click.DateTime(), help="Only what was corrected since then (UTC).")
@click.option("--by-itself", is_flag=True, help="Leave out what people approved.")
@click.option("--merchant", help="Only this merchant; without one, all.")
@click.option("--yes", is_flag=True, help="Do it; without, the list is only shown.")
@as_json
@click.pass_context
def undo(
    ctx: click.Context,
    rule: str,
    since: datetime | None,
    by_itself: bool,
    merchant: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Take back everything that a learned correction did, and switch it off. What was edited since stays as it is.

    `serve` or `work` carries it out; the pages show how far it is.
    """

    async def act(context: Context) -> tuple[FrozenUndo, int | None]:
        actor = await owner_of(merchant)
        at = None if since is None else since.replace(tzinfo=UTC)
        frozen = await review.freeze_undo(context, actor, UndoScope(auto_rule=rule, since=at, by_itself=by_itself))
        if not yes:
            return frozen, None
        return frozen, await review.start_undo(context, actor, frozen.scope, last=frozen.last, digest=frozen.digest)

    frozen, undo_id = with_context(ctx, act)
    if as_json:
        print_json({"undo_id": undo_id, **msgspec.to_builtins(frozen)})
        return
    show([_way_back(one) for one in frozen.sample], as_json=False, empty="Nothing of it is left to undo.")
    if undo_id is None:
        click.echo(f"{frozen.count} corrections would be undone. Add --yes to do it.")
    else:
        click.echo(f"{frozen.count} corrections are being undone: /undos/{undo_id}")


def _way_back(one: dict[str, Any]) -> dict[str, object]:
    change = one["changes"][0]
    return {
        "correction": one["application_id"],
        "record": one["title"] or one["sku"],
        "field": change["field"],
        "now": change["before"],
        "then": change["after"],
    }


@knowledge.command("start-anew")
@click.argument("rule")
@click.option("--merchant", help="Only this merchant; without one, all.")
@click.pass_context
def start_anew(ctx: click.Context, rule: str, merchant: str | None) -> None:
    """Give a learned correction that switched itself off another try, with a clean record and one correction first."""

    async def act(context: Context) -> None:
        await review.start_anew(context, await owner_of(merchant), rule)

    with_context(ctx, act)
    click.echo("The rule is on. It corrects one issue on each connection, and more once that one is verified.")
