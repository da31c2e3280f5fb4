"""`marketwright knowledge`: what was learned, and what other numbers would have made of it."""

from __future__ import annotations

from datetime import timedelta

import click

from config.cli.entry import operator, with_context
from config.cli.output import as_json, print_json, show
from core import review
from core.context import Context
from core.errors import NotFound
from core.knowledge.backtest import GateKind, Trial
from core.knowledge.tally import Tally
from core.model.people import Actor, Role
from core.review import Backtest
from core.store import merchants

SHARE = click.FloatRange(0.0, 1.0)


@click.group()
def knowledge() -> None:
    """Try other thresholds on the past."""


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
    click.echo(f"The last {days} days. A decision takes {found.seconds_a_decision:.0f} seconds.")


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
