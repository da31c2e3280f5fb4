"""What people do with connections: add, change, test, sync, register webhooks."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import msgspec

from core.channel import Account, Subscription
from core.connections_form import fill
from core.context import Context
from core.errors import MarketwrightError, NeedsAttention, NotFound, Refused
from core.model.corrections import Mode
from core.model.people import Actor
from core.opening import open_connection, seal, unseal
from core.rulebook import version_in_force
from core.store import alerts, audit, connections, issues, merchants
from core.store.connections import ConnectionRow
from core.store.engine import transaction


class TestResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a credential test found. `code` names the diagnosis; `ok` may still come with missing rights."""

    __test__ = False

    ok: bool
    code: str
    message: str
    account: Account | None = None


def visible(actor: Actor, row: ConnectionRow | None) -> ConnectionRow:
    """Return the row if it is the actor's to see; another merchant's is as good as not there."""
    if row is None or (actor.merchant is not None and row.merchant != actor.merchant):
        raise NotFound("There is no such connection.")
    return row


def _admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise Refused("Only an admin may change connections.", code="admin_only")


async def create(
    context: Context,
    actor: Actor,
    *,
    merchant: int,
    channel: str,
    name: str,
    values: Mapping[str, Any],
    mode: Mode = Mode.SUGGEST,
    sync_minutes: int = 15,
) -> int:
    """Add a connection and return its id; its first pull comes with the next look at what is due."""
    _admin(actor)
    if actor.merchant not in {None, merchant} or not await merchants.exists(merchant):
        raise NotFound("There is no such merchant.")
    settings = fill(context.registry.channel(channel), values)
    now = context.clock()
    async with transaction():
        connection_id = await connections.create(
            public_id=secrets.token_urlsafe(18),
            merchant=merchant,
            channel=channel,
            name=name,
            mode=mode,
            sync_minutes=sync_minutes,
            now=now,
        )
        await connections.update(connection_id, now, sealed=seal(context, connection_id, settings))
        if channel in context.library.packs:
            await connections.note_rulepack(connection_id, context.library.pack(channel).pack.version)
        await audit.append(
            actor.name, "connection.create", f"connection:{connection_id}", now, merchant=merchant, channel=channel
        )
    return connection_id


async def update(
    context: Context,
    actor: Actor,
    connection_id: int,
    *,
    values: Mapping[str, Any] | None = None,
    name: str | None = None,
    mode: Mode | None = None,
    enabled: bool | None = None,
    sync_minutes: int | None = None,
    rulepack: str | None = None,
) -> None:
    """Change what is given and leave the rest; an empty `rulepack` follows the newest version.

    Another mode has the open issues looked at again, another rulepack the records, and other settings are tried anew.
    """
    row = visible(actor, await connections.get(connection_id))
    _admin(actor)
    asked = {"name": name, "mode": mode, "enabled": enabled, "sync_minutes": sync_minutes}
    changes: dict[str, Any] = {key: value for key, value in asked.items() if value is not None}
    judged_by: list[str | None] = []
    if rulepack is not None:
        if rulepack:
            context.library.pack(row.channel, rulepack)
        changes["rulepack"] = rulepack or None
        wanted = msgspec.structs.replace(row, rulepack=rulepack or None)
        judged_by = [version_in_force(context, one) for one in (row, wanted)]
    detail = {key: value for key, value in changes.items() if key != "name"}
    if values:
        channel = context.registry.channel(row.channel)
        settings = fill(channel, values, unseal(context, channel, row))
        changes |= {"sealed": seal(context, row.id, settings), "state": "new", "state_reason": None}
        detail["settings"] = sorted(values)
    if not changes:
        return
    now = context.clock()
    async with transaction():
        await connections.update(connection_id, now, **changes)
        for version in filter(None, judged_by):
            await connections.note_rulepack(connection_id, version)
        if mode not in {None, row.mode} or enabled not in {None, row.enabled}:
            await issues.look_again(connection=connection_id)
        await audit.append(
            actor.name, "connection.change", f"connection:{connection_id}", now, merchant=row.merchant, **detail
        )
    if changes.get("rulepack", row.rulepack) != row.rulepack:
        await context.queue.enqueue("validate_connection", connection_id)


async def test(context: Context, actor: Actor, connection_id: int) -> TestResult:
    """Try a connection's credentials and remember what was found."""
    row = visible(actor, await connections.get(connection_id))
    now = context.clock()
    try:
        channel, opened = open_connection(context, row)
        account = await channel.test_credentials(opened)
    except MarketwrightError as error:
        state = "needs_attention" if isinstance(error, NeedsAttention) else "unreachable"
        await connections.update(row.id, now, state=state, state_reason=error.message, tested_at=now)
        return TestResult(ok=False, code=error.code, message=error.message)
    await connections.update(row.id, now, state="ok", state_reason=None, tested_at=now, facts=account.facts)
    await alerts.close(row.merchant, f"connection:{row.id}", now)
    if account.missing_rights:
        message = f"It works as {account.name}, but these rights are missing: {', '.join(account.missing_rights)}."
        return TestResult(ok=True, code="missing_rights", message=message, account=account)
    return TestResult(ok=True, code="ok", message=f"It works: {account.name}.", account=account)


async def sync_now(context: Context, actor: Actor, connection_id: int) -> None:
    """Ask for a pull of a connection."""
    row = visible(actor, await connections.get(connection_id))
    await context.queue.enqueue("sync_connection", row.id)


async def read_requirements_now(context: Context, actor: Actor, connection_id: int) -> None:
    """Ask for what a connection's platform publishes of its requirements; Refused where it publishes nothing."""
    row = visible(actor, await connections.get(connection_id))
    _admin(actor)
    channel = context.registry.channel(row.channel)
    if channel.pull_requirements is None:
        raise Refused(f"{channel.title} publishes no requirements that can be read.", code="no_requirements")
    await context.queue.enqueue("pull_requirements", row.id)


async def register_webhooks(context: Context, actor: Actor, connection_id: int) -> list[Subscription]:
    """Subscribe to a channel's webhooks, reviving what the channel switched off, and return what stands."""
    row = visible(actor, await connections.get(connection_id))
    _admin(actor)
    channel, opened = open_connection(context, row)
    if channel.register_webhooks is None:
        raise Refused(f"{channel.title} has no webhooks; its records are pulled.", code="no_webhooks")
    if opened.webhook_url is None:
        raise Refused("Set web.public_url first: channels must know where to send webhooks.", code="no_public_url")
    found = list(await channel.register_webhooks(opened))
    if channel.repair_webhooks is not None:
        found = list(await channel.repair_webhooks(opened))
    return found


async def list_webhooks(context: Context, actor: Actor, connection_id: int) -> list[Subscription]:
    """Return the webhook subscriptions as the channel lists them."""
    row = visible(actor, await connections.get(connection_id))
    channel, opened = open_connection(context, row)
    if channel.list_webhooks is None:
        return []
    return list(await channel.list_webhooks(opened))
