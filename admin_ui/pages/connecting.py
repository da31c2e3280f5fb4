"""Adding a connection and changing its credentials, with a form drawn from the channel's own settings."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from admin_ui.answers import done
from admin_ui.door import admins_only, opened, signed_in
from admin_ui.notices import Notice, carry
from admin_ui.rendering import page
from core import connections, handovers
from core.channel import Channel
from core.connections_form import FormField, shown
from core.connections_form import form as form_of
from core.context import Context
from core.errors import Malformed, MarketwrightError
from core.opening import unseal
from core.store import connections as connections_store
from core.store import merchants


@get("/connections/new", include_in_schema=False)
async def choose(request: Request[Any, Any, Any]) -> Template:
    """Let a channel be chosen."""
    admins_only(request)
    installed = opened(request).registry.channels
    return await page(request, "connecting/choose.html", here="connections", installed=installed)


@get("/connections/new/{channel_name:str}", include_in_schema=False)
async def new(request: Request[Any, Any, Any], channel_name: FromPath[str]) -> Template:
    """Show the empty form of a channel."""
    admins_only(request)
    channel = opened(request).registry.channel(channel_name)
    return await draw(request, channel, name=channel.title)


@post("/connections/new/{channel_name:str}", status_code=200, include_in_schema=False)
async def create(request: Request[Any, Any, Any], channel_name: FromPath[str]) -> Response[Any]:
    """Add the connection, try its credentials, and ask for its first pull where they work."""
    admins_only(request)
    context, actor = opened(request), signed_in(request).actor
    channel = context.registry.channel(channel_name)
    sent = dict(await request.form())
    name = str(sent.get("connection_name", "")).strip()[:120] or channel.title
    values = given(form_of(channel), sent)
    try:
        merchant = await merchant_of(context, actor.merchant, sent)
        connection_id = await connections.create(
            context, actor, merchant=merchant, channel=channel.name, name=name, values=values
        )
    except Malformed as error:
        merchant_name = str(sent.get("merchant", ""))
        return await draw(request, channel, name=name, values=values, merchant=merchant_name, error=error)
    return await tried(request, connection_id)


@get("/connections/{connection_id:int}/edit", include_in_schema=False)
async def edit(request: Request[Any, Any, Any], connection_id: FromPath[int]) -> Template:
    """Show the form of a connection; its secrets are only named as set or not."""
    admins_only(request)
    channel, name, known = await known_settings(request, connection_id)
    return await draw(request, channel, name=name, values=known, connection_id=connection_id)


@post("/connections/{connection_id:int}/edit", status_code=200, include_in_schema=False)
async def change(request: Request[Any, Any, Any], connection_id: FromPath[int]) -> Response[Any]:
    """Save name and credentials and try them. A secret left empty stays as it is."""
    admins_only(request)
    context, actor = opened(request), signed_in(request).actor
    channel, before, known = await known_settings(request, connection_id)
    sent = dict(await request.form())
    name = str(sent.get("connection_name", "")).strip()[:120] or before
    values = given(form_of(channel), sent)
    try:
        await connections.update(context, actor, connection_id, name=name, values=values)
    except Malformed as error:
        return await draw(
            request, channel, name=name, values={**known, **values}, connection_id=connection_id, error=error
        )
    result = await connections.test(context, actor, connection_id)
    notice = Notice(f"Saved. {result.message}", bad=not result.ok)
    to = f"/connections/{connection_id}" + ("" if result.ok else "/edit")
    return Redirect(to, status_code=303, cookies=[carry(notice)])


async def tried(request: Request[Any, Any, Any], connection_id: int) -> Response[Any]:
    """Try a connection that was just saved, ask for a pull where it works, and say so."""
    context, actor = opened(request), signed_in(request).actor
    result = await connections.test(context, actor, connection_id)
    if result.ok:
        await connections.sync_now(context, actor, connection_id)
    said = "A pull has begun." if result.ok else "It is saved, but it does not work yet."
    said = f"{result.message} {said}"
    to = f"/connections/{connection_id}" + ("" if result.ok else "/edit")
    return done(request, Notice(said, bad=not result.ok), to, id=connection_id, ok=result.ok)


async def draw(
    request: Request[Any, Any, Any],
    channel: Channel,
    *,
    name: str,
    values: Mapping[str, Any] | None = None,
    connection_id: int | None = None,
    merchant: str = "",
    error: MarketwrightError | None = None,
) -> Template:
    """Draw the form. What was typed comes back, secrets excepted."""
    fields = form_of(channel)
    secret = {field.name for field in fields if field.secret}
    known = values or {}
    known_merchants = sorted((await merchants.names()).values()) if signed_in(request).actor.merchant is None else []
    return await page(
        request,
        "connecting/form.html",
        status=400 if error else 200,
        here="connections",
        channel=channel,
        sign_in=channel.sign_in,
        callback_url=handovers.callback_url(opened(request), channel),
        fields=fields,
        values={key: value for key, value in known.items() if key not in secret},
        kept={key for key in secret if known.get(key) is True},
        connection_name=name,
        connection_id=connection_id,
        wrong=error.message if error else None,
        wrong_field=getattr(error, "where", None),
        chooses_merchant=signed_in(request).actor.merchant is None,
        merchants=known_merchants,
        merchant=merchant or (known_merchants[0] if len(known_merchants) == 1 else ""),
    )


async def known_settings(request: Request[Any, Any, Any], connection_id: int) -> tuple[Channel, str, dict[str, Any]]:
    """Return a connection's channel, name and settings without their secrets."""
    context, actor = opened(request), signed_in(request).actor
    row = connections.visible(actor, await connections_store.get(connection_id))
    channel = context.registry.channel(row.channel)
    return channel, row.name, shown(channel, unseal(context, channel, row))


def given(fields: list[FormField], sent: Mapping[str, Any]) -> dict[str, str]:
    """Return what the form sent for the channel's fields; an empty secret is as if not sent."""
    values: dict[str, str] = {}
    for field in fields:
        value = sent.get(f"setting-{field.name}")
        if value or (value is not None and not field.secret):
            values[field.name] = str(value)
    return values


async def merchant_of(context: Context, own: int | None, sent: Mapping[str, Any]) -> int:
    """Return the merchant that gets the connection: one's own, else the one named, added where it is new."""
    if own is not None:
        return own
    name = str(sent.get("merchant", "")).strip()[:200]
    if not name:
        raise Malformed("Name the merchant that this account belongs to.", where="merchant")
    return await merchants.find(name) or await merchants.create(name, context.clock())


HANDLERS = (choose, new, create, edit, change)
