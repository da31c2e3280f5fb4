"""What is kept of a delivery, and where it is written: one `Ledger` for each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


Group = Sequence[Incoming]
Outcome = list[int | None] | Exception
"""The id of each delivery of a group, None for one that was kept before; or why none of them is kept."""
Take = Callable[[], Group]
Tell = Callable[[Group, Outcome], None]


class Ledger(Protocol):
    """Writes groups of deliveries, each in one transaction. One writer drives it, one `drain` at a time."""

    async def open(self) -> None:
        """Connect."""

    async def drain(self, take: Take, tell: Tell) -> None:
        """Commit what `take` gives, group after group, until it gives nothing; `tell` each outcome once it is durable.

        `take` may be called in another thread, `tell` is called in the event loop's. Outcomes: RetryLater (the same
        group may succeed later), Rejected (one of the group cannot be stored), or what nobody expected.
        """

    async def close(self) -> None:
        """Let go of the database."""
