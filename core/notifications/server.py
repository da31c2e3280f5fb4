"""The mail server in use: the one that the settings name, else the one that an admin of the installation entered."""

from __future__ import annotations

import secrets

import msgspec

from core.context import Context
from core.errors import Malformed, NeedsAttention, Refused
from core.mail import MailServer, examine, send
from core.model.people import Actor
from core.notifications import letters
from core.notifications.endpoints import checked_address
from core.store import audit, mail_servers
from core.store.engine import transaction
from core.vault import Vault

BINDING = b"mail_server"


async def in_use(context: Context) -> MailServer | None:
    """Return the mail server, None where there is none."""
    return context.mail if context.mail is not None else await entered(context.vault)


async def entered(vault: Vault) -> MailServer | None:
    """Return the mail server that was entered on the page, None where none was."""
    sealed = await mail_servers.get()
    if sealed is None:
        return None
    try:
        return msgspec.json.decode(vault.open(sealed, BINDING), type=MailServer)
    except msgspec.ValidationError as error:
        raise NeedsAttention("The mail server's settings do not fit this version; enter them again.") from error


def may_set(context: Context, actor: Actor) -> bool:
    """Tell whether somebody may enter the mail server: an admin of the installation, where no setting names one."""
    return actor.is_admin and actor.merchant is None and context.mail is None


async def enter(context: Context, actor: Actor, given: dict[str, str]) -> None:
    """Keep a mail server; an empty password keeps the one before, at the same host only."""
    _check(context, actor)
    before = await in_use(context)
    wanted = {name: value.strip() for name, value in given.items() if value.strip()}
    if "password" not in wanted and before is not None and before.password and before.host == wanted.get("host"):
        wanted["password"] = before.password
    try:
        server = msgspec.convert(wanted, MailServer, strict=False)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("`$.")[2].strip("`")
        raise Malformed(f"This does not fit: {name or 'the mail server'}.", where=name or None) from error
    if server.host is None or server.sender is None:
        raise Malformed("A mail server needs its host and an address to send from.", where="host")
    now = context.clock()
    async with transaction():
        await mail_servers.put(context.vault.seal(msgspec.json.encode(server), BINDING), now)
        await audit.append(actor.name, "mail_server.set", "mail_server", now, host=server.host, port=server.port)


async def remove(context: Context, actor: Actor) -> None:
    """Forget the mail server that was entered."""
    _check(context, actor)
    now = context.clock()
    async with transaction():
        await mail_servers.clear()
        await audit.append(actor.name, "mail_server.remove", "mail_server", now)


async def test(context: Context, actor: Actor, to: str) -> str:
    """Try the mail server and send a test to an address; return what was found. Errors say what is wrong."""
    if not (actor.is_admin and actor.merchant is None):
        raise Refused("The mail server belongs to the installation; ask one of its admins.", code="not_yours")
    server = await needed(context)
    found = await examine(server)
    if to:
        key = secrets.token_hex(16)
        await send(server, letters.trial(server, checked_address(to), key, context.clock()), to)
    return f"{found}. A test is on its way to {to}." if to else f"{found}."


async def needed(context: Context) -> MailServer:
    """Return the mail server; NeedsAttention where there is none."""
    server = await in_use(context)
    if server is None:
        raise NeedsAttention(
            "There is no mail server yet: an admin of the installation enters it on this page, or the settings name "
            "it (mail.host).",
            code="no_mail_server",
        )
    return server


def _check(context: Context, actor: Actor) -> None:
    if not (actor.is_admin and actor.merchant is None):
        raise Refused("The mail server belongs to the installation; ask one of its admins.", code="not_yours")
    if context.mail is not None:
        raise Refused("The settings name the mail server (mail.host); change it there.", code="set_elsewhere")
