"""`marketwright users`: who may sign in."""

from __future__ import annotations

from datetime import timedelta

import click

from config.cli.entry import operator, with_database
from config.cli.output import as_json, show
from core import people
from core.errors import NotFound
from core.model.people import Role
from core.store import merchants
from core.store import users as store


@click.group()
def users() -> None:
    """List and add people; give one a new password, a link to sign in once, or a token for the API."""


@users.command("list")
@as_json
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List the people who may sign in."""

    async def act() -> list[dict[str, object]]:
        names = await merchants.names()
        return [
            {
                "id": one.id,
                "name": one.name,
                "role": one.role,
                "merchant": "all" if one.merchant is None else names.get(one.merchant, one.merchant),
                "active": one.is_active,
            }
            for one in await store.accounts(None)
        ]

    show(with_database(ctx, act), as_json, empty="Nobody can sign in yet; see: marketwright users add")


@users.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.ADMIN.value, show_default=True)
@click.option("--merchant", help="Whose things they see; without one, everybody's.")
@click.password_option()
@click.pass_context
def add(ctx: click.Context, name: str, role: str, merchant: str | None, password: str) -> None:
    """Add a person. The password is asked for where it is not given."""

    async def act() -> int:
        owner = None if merchant is None else await _merchant(merchant)
        return await people.create_user(name, password, Role(role), owner, by=operator().name)

    click.echo(f"User {with_database(ctx, act)} was added.")


@users.command()
@click.argument("name")
@click.password_option()
@click.pass_context
def password(ctx: click.Context, name: str, password: str) -> None:
    """Give NAME a new password; whoever is signed in under that name has to sign in again."""

    async def act() -> None:
        await people.set_password(await _user(name), password, by=operator().name)

    with_database(ctx, act)
    click.echo(f"{name} has a new password.")


@users.command()
@click.argument("name")
@click.pass_context
def link(ctx: click.Context, name: str) -> None:
    """Print the path of a link that signs NAME in once."""

    async def act() -> str:
        return await people.one_time_token(await _user(name))

    click.echo(f"/sign-in?token={with_database(ctx, act)}")


@users.command()
@click.argument("name")
@click.option("--label", required=True, help="What the token is for.")
@click.option("--days", type=click.IntRange(min=1), help="How long it lives; without it, until it is revoked.")
@click.pass_context
def token(ctx: click.Context, name: str, label: str, days: int | None) -> None:
    """Print a token for a program that acts as NAME over the API. It is shown this once."""

    async def act() -> str:
        life = None if days is None else timedelta(days=days)
        return await people.create_api_token(await _user(name), label, life=life)

    click.echo(with_database(ctx, act))


async def _user(name: str) -> int:
    found = await store.credentials(name)
    if found is None:
        raise NotFound(f"There is nobody named {name}; see: marketwright users list")
    return found.actor.user


async def _merchant(name: str) -> int:
    found = await merchants.find(name)
    if found is None:
        raise NotFound(f"There is no merchant named {name}; a connection adds one: marketwright connections add")
    return found
