"""What links in our mails lead to, without a session: confirming an address, and ending digests.

Opening a link changes nothing, because programmes that look through mail open links too; the button does, and so
does a mail programme's own, which posts to the same address (RFC 8058).
"""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Template

from admin_ui.door import OPEN, opened
from core.notifications import preferences

CONFIRM, LEAVE = "confirm", "leave"


@get("/notifications/confirm/{token:str}", opt={OPEN: True}, include_in_schema=False)
async def ask_confirmation(token: FromPath[str]) -> Template:
    """Ask whether digests may go to the address that the link was sent to."""
    return await drawn(token, CONFIRM)


@post("/notifications/confirm/{token:str}", opt={OPEN: True}, status_code=200, include_in_schema=False)
async def confirm(request: Request[Any, Any, Any], token: FromPath[str]) -> Template:
    """Take the address for confirmed."""
    await preferences.confirm(opened(request), token)
    return await drawn(token, CONFIRM, is_done=True)


@get("/unsubscribe/{token:str}", opt={OPEN: True}, include_in_schema=False)
async def ask_unsubscribe(token: FromPath[str]) -> Template:
    """Ask whether digests should end."""
    return await drawn(token, LEAVE)


@post("/unsubscribe/{token:str}", opt={OPEN: True}, status_code=200, include_in_schema=False)
async def unsubscribe(request: Request[Any, Any, Any], token: FromPath[str]) -> Template:
    """End all digests to the address."""
    await preferences.unsubscribe(opened(request), token)
    return await drawn(token, LEAVE, is_done=True)


async def drawn(token: str, about: str, *, is_done: bool = False) -> Template:
    """Draw the page of a link; its address stays with whoever has the link."""
    row = await preferences.of_link(token)
    values = {"address": row.address, "about": about, "is_done": is_done, "token": row.token}
    return Template("mailing/page.html", context=values)


HANDLERS = (ask_confirmation, confirm, ask_unsubscribe, unsubscribe)
