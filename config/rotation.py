"""Seals everything that is sealed anew, with a new key: connections, endpoints that take digests, the mail server."""

from __future__ import annotations

from config.settings import Settings
from config.wiring import transit_of
from core.context import Context
from core.notifications import endpoints, server
from core.opening import binding
from core.store import audit, connections, mail_servers, recipients
from core.store.engine import transaction
from core.transit import rotate_transit


async def rotate_keys(context: Context, settings: Settings) -> int:
    """Make a new key, seal all connections with it, and return how many there are.

    The old keys stay: backups of the database need them.
    """
    transit = transit_of(settings)
    if transit is None:
        vault = context.vault.rotate()
    else:
        vault = await rotate_transit(transit, settings.key_folder, context.outbound)
    sealed = await connections.seals()
    async with transaction():
        for connection_id, _ in sealed:
            await connections.lock(connection_id)
            row = await connections.get(connection_id)
            assert row is not None
            text = vault.open(row.sealed, binding(connection_id))
            await connections.update(connection_id, context.clock(), sealed=vault.seal(text, binding(connection_id)))
        for recipient_id in await recipients.sealed():
            recipient = await recipients.get(recipient_id)
            assert recipient is not None
            secret = vault.open(recipient.sealed or "", endpoints.binding(recipient_id))
            await recipients.update(recipient_id, sealed=vault.seal(secret, endpoints.binding(recipient_id)))
        if (mail := await mail_servers.get()) is not None:
            await mail_servers.put(vault.seal(vault.open(mail, server.BINDING), server.BINDING), context.clock())
        await audit.append("command line", "vault.rotate", f"key:{vault.status().sealing}", context.clock())
    return len(sealed)
