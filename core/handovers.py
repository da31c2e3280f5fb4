"""Connecting an account by signing in at the channel: the person is sent there and comes back with the credentials.

What they filled in waits sealed, bound to a random state of which only the hash is kept; it is used once, within
minutes, for the channel and by the person (or for the person, where the channel's server calls) that it was made for.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta

import msgspec

from core import connections
from core.channel import Callback, Channel, Handover, SignIn
from core.connections_form import form, secret_names
from core.context import Context
from core.errors import Malformed, NotFound, Refused
from core.http import Pace
from core.model.people import Actor
from core.opening import unseal
from core.store import audit, handovers, users
from core.store import connections as connections_store
from core.store.engine import transaction
from core.store.handovers import Pending

LIFE = timedelta(minutes=15)
"""How long a person may take at the channel: a sign-in there, a second factor, a look at the rights."""

_NO_CONNECTION = 0
"""Whose pace the calls have that are made before there is a connection."""


def callback_url(context: Context, channel: Channel) -> str | None:
    """Return where a channel brings people and credentials back to, None while we have no public address."""
    return None if context.public_url is None else f"{context.public_url.rstrip('/')}/connect/{channel.name}/callback"


async def begin(
    context: Context,
    actor: Actor,
    channel: Channel,
    *,
    merchant: int,
    name: str,
    values: Mapping[str, str],
    connection_id: int | None = None,
) -> str:
    """Keep what was filled in and return the address to send the person to.

    With a connection's id its credentials are renewed, and what is left empty stays as it is there.
    """
    if not actor.is_admin:
        raise Refused("Only an admin may change connections.", code="admin_only")
    sign_in, address = _sign_in(channel), callback_url(context, channel)
    if address is None:
        raise Refused("Set web.public_url first: the channel must know where to come back to.", code="no_public_url")
    if actor.merchant is not None and actor.merchant != merchant:
        raise NotFound("There is no such merchant.")
    wanted = _filled(channel, sign_in, await _with_known(context, actor, channel, connection_id, values))
    state, now = secrets.token_urlsafe(32), context.clock()
    url = sign_in.authorise(wanted, Handover(callback_url=address, return_url=address, state=state))
    state_hash = _digest(state)
    await handovers.create(
        state_hash=state_hash,
        merchant=merchant,
        channel=channel.name,
        name=name,
        sealed=context.vault.seal(msgspec.json.encode(wanted), _binding(state_hash)),
        connection=connection_id,
        user=actor.user,
        now=now,
        expires_at=now + LIFE,
    )
    return url


async def finish(context: Context, channel: Channel, callback: Callback, actor: Actor | None = None) -> int:
    """Take what the channel brought, save it, and return the connection's id.

    `actor` is the person whose browser brought it; None is for a channel's server, which has the state alone to show.
    """
    sign_in = _sign_in(channel)
    if actor is None and not sign_in.by_server:
        raise Refused(f"{channel.title} brings people back, it does not post.", code="wrong_way")
    state_hash = _digest(sign_in.state_of(callback))
    pending = await handovers.take(state_hash, channel.name, actor.user if actor else None, context.clock())
    if pending is None:
        raise _unknown()
    person = await _person(pending)
    sealed = context.vault.open(pending.sealed, _binding(state_hash))
    values = msgspec.json.decode(sealed, type=dict[str, str])
    hidden = tuple(values[one] for one in secret_names(channel.settings) & set(values))
    client = context.outbound.client(_NO_CONNECTION, sign_in.hosts(values), Pace(), hidden)
    values |= await sign_in.accept(values, callback, client)
    return await _save(context, person, channel, pending, values)


async def outcome(context: Context, channel: Channel, callback: Callback, actor: Actor) -> int:
    """Return the connection that a channel's server has finished for the person who now comes back.

    Refused where it brought nothing: the person declined there. The hand-over is over then.
    """
    sign_in = _sign_in(channel)
    state_hash = _digest(sign_in.state_of(callback))
    pending = await handovers.known(state_hash, channel.name, actor.user)
    if pending is None:
        raise _unknown()
    if pending.used_at is None:
        await handovers.take(state_hash, channel.name, actor.user, context.clock())
        raise Refused(
            f"{channel.title} brought no credentials: it was declined there, or it cannot reach our address.",
            code="declined",
        )
    if pending.connection is None:
        raise Refused(f"What {channel.title} brought could not be used. Begin again.", code="not_connected")
    return pending.connection


async def _save(context: Context, person: Actor, channel: Channel, pending: Pending, values: Mapping[str, str]) -> int:
    """Add the connection or renew its credentials, and say in the audit log who did it and how."""
    async with transaction():
        connection_id = pending.connection
        if connection_id is None:
            connection_id = await connections.create(
                context, person, merchant=pending.merchant, channel=channel.name, name=pending.name, values=values
            )
        else:
            await connections.update(context, person, connection_id, values=values)
        await handovers.finished(pending.id, connection_id)
        await audit.append(
            person.name, "connection.sign_in", f"connection:{connection_id}", context.clock(),
            merchant=pending.merchant, channel=channel.name,
        )  # fmt: skip
    return connection_id


async def _person(pending: Pending) -> Actor:
    """Return who began it, if they still may connect accounts."""
    account = await users.get(pending.user)
    if account is None or not account.is_active:
        raise _unknown()
    return Actor(user=account.id, name=account.name, role=account.role, merchant=account.merchant)


async def _with_known(
    context: Context, actor: Actor, channel: Channel, connection_id: int | None, values: Mapping[str, str]
) -> dict[str, str]:
    """Return what was filled in, over what the connection has, if it is one."""
    if connection_id is None:
        return dict(values)
    row = connections.visible(actor, await connections_store.get(connection_id))
    if row.channel != channel.name:
        raise NotFound("There is no such connection.")
    settings = msgspec.to_builtins(unseal(context, channel, row))
    known = {name: str(value) for name, value in settings.items() if name in _sign_in(channel).needs}
    return known | dict(values)


def _filled(channel: Channel, sign_in: SignIn, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values that are there; Malformed names a field of ours that is unknown, or one that is needed."""
    titles = {field.name: field.title for field in form(channel)}
    for name in values:
        if name not in titles:
            raise Malformed(f"{channel.title} has no setting named {name}.", where=name)
    found = {name: text for name, value in values.items() if (text := value.strip())}
    for name in sign_in.needs:
        if name not in found:
            raise Malformed(f"{titles[name]} is needed.", where=name)
    return found


def _sign_in(channel: Channel) -> SignIn:
    if channel.sign_in is None:
        raise NotFound(f"{channel.title} cannot be connected by signing in.")
    return channel.sign_in


def _unknown() -> Refused:
    return Refused(
        "This sign-in is unknown, was used already, took too long, or was begun by somebody else. Begin again.",
        code="unknown_handover",
    )


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _binding(state_hash: str) -> bytes:
    """Return what the seal is bound to."""
    return f"handover:{state_hash}".encode()
