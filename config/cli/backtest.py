"""`marketwright knowledge backtest`: other numbers, or another correction, tried on the past."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TextIO

import click
import yaml

from config.cli.entry import owner_of, with_context
from config.cli.output import as_json, print_json, show
from core import review
from core.context import Context
from core.errors import Malformed
from core.knowledge.backtest import GateKind, Trial
from core.knowledge.tally import Produced, Tally
from core.model.corrections import Program
from core.review import Backtest

SHARE = click.FloatRange(0.0, 1.0)


@click.command()
@click.option("--threshold", type=SHARE, help="The threshold to try; without one each pattern keeps its own.")
@click.option("--gate", type=click.Choice([kind.value for kind in GateKind]), help="The gate to try for every fix.")
@click.option("--min-occurrences", type=click.IntRange(1), help="The approvals to ask for instead.")
@click.option("--min-reviewers", type=click.IntRange(1, 50), help="How many people to ask for instead.")
@click.option(
    "--reviewer-cap",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    help="The largest share of the approvals that is one person's.",
)
@click.option("--program", type=click.File("r"), help="A correction to try instead: a JSON or YAML list of steps.")
@click.option("--auto-rule", metavar="ID", help="A learned correction to try instead.")
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How far back to count.")
@click.option("--channel", help="Only this channel.")
@click.option("--pattern", help="Only this pattern.")
@click.option("--merchant", help="Only this merchant; without one, all.")
@as_json
@click.pass_context
def backtest(
    ctx: click.Context,
    /,
    program: TextIO | None,
    auto_rule: str | None,
    days: int,
    channel: str | None,
    pattern: str | None,
    merchant: str | None,
    as_json: bool,
    **numbers: Any,
) -> None:
    """Say what would have applied itself at other numbers, and what people thought of it. Nothing is changed.

    With a program it also says what that would have made of the records that people decided on.
    """
    if program is not None and auto_rule is not None:
        raise click.UsageError("Name a program or an auto rule, not both.")
    steps = None if program is None else steps_of(program)

    async def act(context: Context) -> Backtest:
        actor = await owner_of(merchant)
        chosen = steps if auto_rule is None else await review.program_of(actor, auto_rule)
        trial = trial_of(numbers, chosen, context, days)
        return await review.backtest(context, actor, trial, pattern_id=pattern, channel=channel)

    found = with_context(ctx, act)
    if as_json:
        print_json(found)
    else:
        tell(found, days)


def steps_of(file: TextIO) -> Program:
    """Read a program from a file; Malformed where it is none. JSON is YAML too."""
    try:
        steps = yaml.safe_load(file.read(1 << 20))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"{file.name} is no list of steps: {error}") from error
    if not isinstance(steps, list) or not steps:
        raise Malformed(f"{file.name} is no list of steps, such as: - decimal_places: {{places: 2}}")
    return tuple(steps)


def trial_of(numbers: dict[str, Any], program: Program | None, context: Context, days: int) -> Trial:
    """Return the trial that the options ask for."""
    gate = numbers.pop("gate")
    since = context.clock() - timedelta(days=days)
    return Trial(gate=None if gate is None else GateKind(gate), program=program, since=since, **numbers)


def tell(found: Backtest, days: int) -> None:
    """Write the result as a table, each pattern and each channel a line."""
    rows = [
        *(_row(one.title, one.channel, one.trial, one.now, one.produced) for one in found.patterns),
        *(_row("all patterns", one.channel, one.trial, one.now, one.produced) for one in found.channels),
        _row("all patterns", "all channels", found.trial, found.now, found.produced),
    ]
    if found.sentence is not None:
        click.echo(f"Tried: {found.sentence}")
    show(rows, as_json=False)
    click.echo(f"The last {days} days. A decision takes {found.seconds_a_decision:.1f} seconds.")
    if found.produced is not None and found.produced.not_known:
        click.echo(f"Of {found.produced.not_known} it is not known what it would have made, or what that is worth.")


def _row(pattern: str, channel: str, trial: Tally, now: Tally, made: Produced | None) -> dict[str, object]:
    row = {
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
    if made is not None:
        row |= {"same_value": made.agreed, "other_value": made.differed + made.refused, "not_known": made.not_known}
    return row
