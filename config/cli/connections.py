"""`marketwright connections`: merchants' accounts on channels."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from config.cli.entry import operator, with_context, with_database
from config.cli.output import as_json, print_json, show
from core import connections as acts
from core import versions
from core.connections import TestResult
from core.connections_form import form
from core.context import Context
from core.errors import NotFound
from core.model.corrections import Mode
from core.store import connections as store
from core.store import merchants


@click.group()
def connections() -> None:
    """List, add and test merchants' accounts on channels."""


@connections.command("list")
@as_json
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List the connections."""

    async def act() -> list[dict[str, object]]:
        names = await merchants.names()
        return [
            {
                "id": row.id,
                "merchant": names.get(row.merchant, row.merchant),
                "channel": row.channel,
                "name": row.name,
                "mode": row.mode,
                "enabled": row.enabled,
                "state": row.state,
                "reason": row.state_reason,
                "synced_at": row.synced_at,
            }
            for row in await store.all_of(None)
        ]

    show(with_database(ctx, act), as_json, empty="There is no connection yet; see: marketwright connections add")


@connections.command()
@click.argument("channel")
@click.option("--merchant", required=True, help="The merchant's name; a new one is added.")
@click.option("--name", required=True, help="What people call this connection.")
@click.option("--mode", type=click.Choice([mode.value for mode in Mode]), default=Mode.SUGGEST.value, show_default=True)
@click.option("--minutes", type=click.IntRange(1, 1440), default=15, show_default=True, help="Between two pulls.")
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of the channel; NAME=@FILE reads a file. Secrets that are missing are asked for.",
)
@click.pass_context
def add(
    ctx: click.Context, channel: str, merchant: str, name: str, mode: str, minutes: int, given: tuple[str, ...]
) -> None:
    """Add a connection to CHANNEL and test its credentials."""
    values = dict(_pair(one) for one in given)

    async def act(context: Context) -> acts.TestResult:
        for field in form(context.registry.channel(channel)):
            if field.secret and field.required and not field.generated and field.name not in values:
                values[field.name] = click.prompt(field.title, hide_input=True)
        owner = await merchants.find(merchant) or await merchants.create(merchant, context.clock())
        made = await acts.create(
            context,
            operator(),
            merchant=owner,
            channel=channel,
            name=name,
            values=values,
            mode=Mode(mode),
            sync_minutes=minutes,
        )
        click.echo(f"Connection {made} was added.")
        return await acts.test(context, operator(), made)

    _tell(with_context(ctx, act))


@connections.command()
@click.argument("connection", type=int)
@as_json
@click.pass_context
def test(ctx: click.Context, connection: int, as_json: bool) -> None:
    """Try the credentials of CONNECTION. Ends with 1 when they do not work."""

    async def act(context: Context) -> acts.TestResult:
        return await acts.test(context, operator(), connection)

    _tell(with_context(ctx, act), as_json)


@connections.command()
@click.argument("connection", type=int)
@click.argument("version", required=False)
@click.option("--preview", is_flag=True, help="Say what it would mean for the connection's records; change nothing.")
@click.option("--back", is_flag=True, help="Take the version that was in force before.")
@as_json
@click.pass_context
def rulepack(
    ctx: click.Context, connection: int, version: str | None, preview: bool, back: bool, as_json: bool
) -> None:
    """Say which rulepack version judges CONNECTION, or let VERSION do so from now on (`newest` follows the newest)."""
    if back and version is not None:
        raise click.UsageError("Name a version or take the one before with --back, not both.")

    async def act(context: Context) -> versions.Standing | versions.Preview:
        actor = operator()
        wanted = (await versions.standing(context, actor, connection)).before if back else version
        if back and wanted is None:
            raise NotFound(f"No other version judged connection {connection} before.")
        if preview:
            return await versions.preview(context, actor, connection, versions.version_of(wanted))
        if wanted is not None:
            await versions.activate(context, actor, connection, versions.version_of(wanted))
        return await versions.standing(context, actor, connection)

    found = with_context(ctx, act)
    if as_json:
        print_json(found)
    elif isinstance(found, versions.Preview):
        _show_preview(found)
    else:
        _show_standing(found)


@connections.command()
@click.argument("connection", type=int)
@click.option("--register", is_flag=True, help="First register what is missing, and revive what the channel stopped.")
@as_json
@click.pass_context
def webhooks(ctx: click.Context, connection: int, register: bool, as_json: bool) -> None:
    """List the webhooks of CONNECTION as its channel knows them."""
    act = acts.register_webhooks if register else acts.list_webhooks
    found = with_context(ctx, lambda context: act(context, operator(), connection))
    show([msgspec.to_builtins(one) for one in found], as_json, empty="The channel sends us no webhooks; see --register")


def _show_preview(found: versions.Preview) -> None:
    rows = [
        {
            "rule": one.rule, "title": one.title, "severity": one.severity, "change": one.change,
            "what": one.what, "newly_violate": one.newly, "no_longer": one.no_longer,
        }
        for one in found.rules
    ]  # fmt: skip
    show(rows, as_json=False, empty="No rule differs.")
    for title, examples in (("newly fails", found.failing), ("newly passes", found.passing)):
        for one in examples:
            click.echo(f"{title}: {one.title or one.record_id} ({one.sku or 'no SKU'}): {one.message} [{one.rule}]")
    click.echo(
        f"{found.newly_fail} newly fail, {found.newly_pass} newly pass of {found.records} records, "
        f"from {found.old} to {found.new}."
    )


def _show_standing(found: versions.Standing) -> None:
    follows = "pinned" if found.pinned else "follows the newest"
    click.echo(f"Connection {found.connection_id} is judged by {found.in_force or 'nothing'} ({follows}).")
    rows = [
        {
            "version": version, "in force": version == found.in_force, "newest": version == found.newest,
            "before": version == found.before,
        }
        for version in found.versions
    ]  # fmt: skip
    show(rows, as_json=False, empty=f"{found.channel} has no rulepack of its own; the common one judges.")


def _pair(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found or not name:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--set")
    if value.startswith("@"):
        try:
            return name, Path(value[1:]).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise click.BadParameter(f"{value[1:]}: {error.strerror}", param_hint="--set") from error
    return name, value


def _tell(result: object, as_json: bool = False) -> None:

    assert isinstance(result, TestResult)
    if as_json:
        print_json(result)
    else:
        click.echo(result.message)
    if not result.ok:
        raise SystemExit(1)
