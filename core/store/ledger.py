"""What is kept of a delivery, and where it is written: one `Ledger` for each kind of database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

NOT_STORABLE = "The database refuses this delivery; what is in it cannot be stored."


class Incoming(NamedTuple):
    """A verified delivery that is not kept yet, in the order of its columns. `event` is its `WebhookEvent` as JSON."""

    connection: int
    dedupe_key: str
    topic: str
    event: str
    body: bytes
    received_at: datetime


class Ledger(Protocol):
    """Writes groups of deliveries, each in one transaction. It is called by one writer, one group at a time."""

    async def open(self) -> None:
        """Connect."""

    async def keep(self, group: Sequence[Incoming]) -> list[int | None]:
        """Return the id of each once all are durable, None for one that was kept before.

        RetryLater: none is kept, and the same group may succeed later. Rejected: one of them cannot be stored.
        """

    async def close(self) -> None:
        """Let go of the database."""
