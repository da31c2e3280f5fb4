"""Finds the connection that a webhook address names, without asking the database for every request.

An opened connection is used for a moment without looking, then its row is read again; it is opened anew only where
the row was changed. So a change made by another process (a new secret, the switch) counts within that moment.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.channel import Channel, Connection
from core.errors import MarketwrightError, NeedsAttention, NotFound
from core.model.events import WebhookEvent, WebhookRequest
from core.store import endpoints
from core.store.endpoints import Endpoint

FRESH_SECONDS = 2.0
"""How long a connection is used before its row is read again."""
MOST_LOOKUPS = 8
"""Rows read at the same time; strangers who try addresses do not crowd out the jobs."""

_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_UNKNOWN = "There is no connection at this address; copy the webhook address from the connection's page."

FindChannel = Callable[[str], Channel]
OpenConnection = Callable[[int], Awaitable[Connection]]


@dataclass(frozen=True)
class Known:
    """A connection that can take webhooks. `looked_at` is when its row was last read."""

    endpoint: Endpoint
    connection: Connection
    read: Callable[[WebhookRequest, Connection], WebhookEvent]
    looked_at: float


class Directory:
    """The connections in use, by public id. `channel` and `open_connection` give what belongs to a row."""

    def __init__(
        self,
        channel: FindChannel,
        open_connection: OpenConnection,
        *,
        fresh_seconds: float = FRESH_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._channel, self._open = channel, open_connection
        self._fresh_seconds, self._clock = fresh_seconds, clock
        self._known: dict[str, Known] = {}
        self._looking: dict[str, asyncio.Task[Known]] = {}
        self._lookups = asyncio.Semaphore(MOST_LOOKUPS)

    async def find(self, channel: str, public_id: str) -> Known:
        """Return the connection; NotFound for an unknown one, another channel's, or a channel without webhooks."""
        known = self._known.get(public_id)
        if known is None or self._clock() - known.looked_at > self._fresh_seconds:
            known = await self._look(public_id)
        if known.endpoint.channel != channel:
            raise NotFound(_UNKNOWN)
        return known

    async def _look(self, public_id: str) -> Known:
        """Read the row once for all who ask at the same time."""
        if not _PUBLIC_ID.fullmatch(public_id):
            raise NotFound(_UNKNOWN)
        task = self._looking.get(public_id)
        if task is None:
            task = asyncio.create_task(self._read(public_id))
            self._looking[public_id] = task
            task.add_done_callback(lambda _: self._looking.pop(public_id, None))
        return await asyncio.shield(task)

    async def _read(self, public_id: str) -> Known:
        async with self._lookups:
            endpoint = await endpoints.find(public_id)
        if endpoint is None:
            self._known.pop(public_id, None)
            raise NotFound(_UNKNOWN)
        before = self._known.get(public_id)
        if before is not None and before.endpoint == endpoint:
            known = Known(endpoint, before.connection, before.read, self._clock())
        else:
            known = await self._opened(endpoint)
        self._known[public_id] = known
        return known

    async def _opened(self, endpoint: Endpoint) -> Known:
        """Open a connection; what is wrong with ours must not tell the channel that the address is gone."""
        try:
            channel = self._channel(endpoint.channel)
        except MarketwrightError as error:
            raise NeedsAttention(f"The channel {endpoint.channel} is not loaded.", code="channel_missing") from error
        if channel.read_webhook is None:
            raise NotFound(f"{channel.title} sends no webhooks; its records are pulled.", code="no_webhooks")
        return Known(endpoint, await self._open(endpoint.id), channel.read_webhook, self._clock())
