"""Endpoints that take digests as webhooks: what admins set. Their secrets are sealed, and shown once."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping

from core.addresses import as_ip, check_address, host_and_port
from core.context import Context
from core.errors import Malformed, NotFound, Refused
from core.mail import ADDRESS
from core.model.notices import About, Frequency, RecipientKind
from core.model.people import Actor
from core.store import audit, recipients
from core.store.engine import transaction
from core.store.recipients import RecipientRow

SECRET_BYTES = 32
MOST_ENDPOINTS = 20
LONGEST_URL = 2000
ALLOWED = {
    About.TROUBLE: (Frequency.OFF, Frequency.AT_ONCE, Frequency.HOURLY, Frequency.DAILY),
    About.CORRECTIONS: (Frequency.OFF, Frequency.HOURLY, Frequency.DAILY),
}
"""What can be asked for. Corrections that went well are no interruption."""
Wanted = Mapping[About, Frequency]


def binding(recipient_id: int) -> bytes:
    """Return what an endpoint's secret is sealed for."""
    return f"recipient:{recipient_id}".encode()


def secret_of(context: Context, row: RecipientRow) -> str:
    """Return an endpoint's secret."""
    return context.vault.open(row.sealed or "", binding(row.id)).decode()


def checked_address(address: str) -> str:
    """Return an e-mail address that mail servers take; Malformed for any other."""
    found = address.strip()
    if len(found) > 254 or not re.fullmatch(ADDRESS, found):
        raise Malformed("This is no e-mail address such as ann@shop.example.", where="address")
    return found


def check_wanted(wanted: Wanted, hour: int) -> None:
    """Refuse frequencies that do not fit what they are about, and hours that no day has."""
    for about, frequency in wanted.items():
        if frequency not in ALLOWED[about]:
            raise Malformed("Corrections are told hourly, daily or not at all.", where=str(about))
    if not 0 <= hour <= 23:
        raise Malformed("An hour is between 0 and 23.", where="hour")


async def visible(actor: Actor, endpoint_id: int) -> RecipientRow:
    """Return an endpoint that an actor may see; NotFound for any other."""
    row = await recipients.get(endpoint_id)
    hidden = row is None or row.kind is not RecipientKind.WEBHOOK
    if row is None or hidden or (actor.merchant is not None and row.merchant != actor.merchant):
        raise NotFound(f"There is no endpoint {endpoint_id}.")
    return row


async def add(context: Context, actor: Actor, url: str, wanted: Wanted, hour: int) -> tuple[int, str]:
    """Add an endpoint of the actor's own scope and return its id and its secret, which is shown this once."""
    url = checked_url(context, url)
    check_wanted(wanted, hour)
    now = context.clock()
    async with transaction():
        if len(await recipients.endpoints(actor.merchant)) >= MOST_ENDPOINTS:
            raise Refused(f"There are {MOST_ENDPOINTS} endpoints already; remove one.", code="too_many")
        endpoint_id = await recipients.insert(
            RecipientKind.WEBHOOK, url, now, merchant=actor.merchant, confirmed_at=now
        )
        secret = await _new_secret(context, endpoint_id)
        for about in About:
            await recipients.subscribe(endpoint_id, about, wanted.get(about, Frequency.OFF), hour, now)
        await _note(context, actor, "endpoint.add", endpoint_id, url)
    return endpoint_id, secret


async def change(
    context: Context, actor: Actor, endpoint_id: int, *, wanted: Wanted, hour: int, url: str | None = None
) -> None:
    """Change what an endpoint is told, and its address. One that was switched off is tried again."""
    row = await visible(actor, endpoint_id)
    check_wanted(wanted, hour)
    address = row.address if url is None else checked_url(context, url)
    now = context.clock()
    async with transaction():
        await recipients.update(row.id, address=address, disabled_at=None, disabled_reason=None)
        for about, frequency in wanted.items():
            await recipients.subscribe(row.id, about, frequency, hour, now)
        await _note(context, actor, "endpoint.change", row.id, address)


async def renew_secret(context: Context, actor: Actor, endpoint_id: int) -> str:
    """Give an endpoint another secret, which is shown this once; the one before ends at once."""
    row = await visible(actor, endpoint_id)
    async with transaction():
        secret = await _new_secret(context, row.id)
        await _note(context, actor, "endpoint.secret", row.id, row.address)
    return secret


async def remove(context: Context, actor: Actor, endpoint_id: int) -> None:
    """Remove an endpoint with what it was not told yet."""
    row = await visible(actor, endpoint_id)
    async with transaction():
        await recipients.remove(row.id)
        await _note(context, actor, "endpoint.remove", row.id, row.address)


def checked_url(context: Context, url: str) -> str:
    """Return an address that may be called. Names are resolved, and looked at again, when it is."""
    url = url.strip()
    if len(url) > LONGEST_URL or any(ord(one) <= 32 or ord(one) == 127 for one in url):
        raise Malformed("This is no web address.", where="url")
    scheme, host, _ = host_and_port(url)
    outbound = context.outbound
    literal = as_ip(host)
    if literal is not None:
        check_address(literal, host, private_networks=outbound.private_networks)
    if scheme != "https" and not (outbound.plain_http and outbound.private_networks):
        raise Refused("Use an https address: what is told is not for everybody on the way.", code="plain_http")
    return url


async def _new_secret(context: Context, endpoint_id: int) -> str:
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
    await recipients.update(endpoint_id, sealed=context.vault.seal(secret.encode(), binding(endpoint_id)))
    return secret


async def _note(context: Context, actor: Actor, action: str, endpoint_id: int, url: str) -> None:
    _, host, _ = host_and_port(url)
    await audit.append(
        actor.name, action, f"endpoint:{endpoint_id}", context.clock(), merchant=actor.merchant, host=host
    )
