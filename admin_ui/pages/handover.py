"""Connecting by signing in at a channel: on the way there, and back again."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from admin_ui.door import OPEN, admins_only, opened, signed_in
from admin_ui.notices import Notice, carry
from admin_ui.pages.connecting import draw, given, merchant_of, tried
from admin_ui.rendering import page
from core import connections, handovers
from core.channel import Callback
from core.connections_form import form as form_of
from core.errors import Malformed, MarketwrightError, Refused
from core.store import connections as connections_store

LARGEST_CALLBACK = 16 * 1024
"""What a channel's server may post without having said who it is: a key is some 300 bytes."""


@post("/connect/{channel_name:str}", status_code=200, include_in_schema=False)
async def leave(request: Request[Any, Any, Any], channel_name: FromPath[str]) -> Template:
    """Keep what was filled in and show the way to the channel.

    A redirect would not do: our policy lets forms lead to ourselves only.
    """
    admins_only(request)
    context, actor = opened(request), signed_in(request).actor
    channel = context.registry.channel(channel_name)
    sent = dict(await request.form())
    name = str(sent.get("connection_name", "")).strip()[:120] or channel.title
    values = given(form_of(channel), sent)
    asked = request.query_params.get("connection", "")
    connection_id = int(asked) if asked.isascii() and asked.isdigit() else None
    try:
        if connection_id is None:
            merchant = await merchant_of(context, actor.merchant, sent)
        else:
            merchant = connections.visible(actor, await connections_store.get(connection_id)).merchant
        url = await handovers.begin(
            context, actor, channel, merchant=merchant, name=name, values=values, connection_id=connection_id
        )
    except (Malformed, Refused) as error:
        named = str(sent.get("merchant", ""))
        return await draw(
            request, channel, name=name, values=values, connection_id=connection_id, merchant=named, error=error
        )
    host = urlsplit(url).netloc
    return await page(request, "handover/leave.html", here="connections", channel=channel, url=url, host=host)


@get("/connect/{channel_name:str}/callback", include_in_schema=False)
async def come_back(request: Request[Any, Any, Any], channel_name: FromPath[str]) -> Response[Any]:
    """Take what the person's browser brought, or see what the channel's server has posted; then try it."""
    admins_only(request)
    context, actor = opened(request), signed_in(request).actor
    channel = context.registry.channel(channel_name)
    callback = Callback(query=dict(request.query_params.items()))
    by_server = channel.sign_in is not None and channel.sign_in.by_server
    try:
        if by_server:
            connection_id = await handovers.outcome(context, channel, callback, actor)
        else:
            connection_id = await handovers.finish(context, channel, callback, actor)
    except MarketwrightError as error:
        notice = Notice(error.message, bad=True)
        return Redirect(f"/connections/new/{channel.name}", status_code=303, cookies=[carry(notice)])
    return await tried(request, connection_id)


@post(
    "/connect/{channel_name:str}/callback",
    opt={OPEN: True},
    status_code=200,
    request_max_body_size=LARGEST_CALLBACK,
    include_in_schema=False,
)
async def posted(request: Request[Any, Any, Any], channel_name: FromPath[str]) -> Response[Any]:
    """Take what a channel's server brings. It has no session; all it has to show is the state."""
    context = opened(request)
    channel = context.registry.channel(channel_name)
    await handovers.finish(context, channel, Callback(body=await request.body()))
    return Response({"connected": True}, status_code=200)


HANDLERS = (leave, come_back, posted)
