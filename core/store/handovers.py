"""Pending hand-overs: who was sent to which channel to sign in there, by the hash of the state they took along."""

from __future__ import annotations

from datetime import datetime

import msgspec

from core.store.tables import Handover

_TAKE = """
UPDATE handovers SET used_at = {}, sealed = '' WHERE id = {} AND used_at IS NULL AND expires_at > {} RETURNING id
"""


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A hand-over. `sealed` opens only with the vault and is empty once it was used."""

    id: int
    state_hash: str
    merchant: int
    channel: str
    name: str
    sealed: str
    connection: int | None
    user: int
    used_at: datetime | None

    def __repr__(self) -> str:
        """Name it without what it seals."""
        return f"Pending(id={self.id}, channel={self.channel!r}, connection={self.connection})"


async def create(
    *,
    state_hash: str,
    merchant: int,
    channel: str,
    name: str,
    sealed: str,
    connection: int | None,
    user: int,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Keep a new hand-over, and forget those whose time is over."""
    await Handover.delete().where(Handover.expires_at < now)
    row = Handover(
        state_hash=state_hash, merchant=merchant, channel=channel, name=name, sealed=sealed, connection=connection,
        user=user, created_at=now, expires_at=expires_at,
    )  # fmt: skip
    await Handover.insert(row)


async def known(state_hash: str, channel: str, user: int | None) -> Pending | None:
    """Return a channel's hand-over, used or not; where a person is named, only one that they began."""
    wanted = (Handover.state_hash == state_hash) & (Handover.channel == channel)
    row = await Handover.select().where(wanted if user is None else wanted & (Handover.user == user)).first()
    if row is None:
        return None
    return Pending(**{name: row[name] for name in Pending.__struct_fields__})


async def take(state_hash: str, channel: str, user: int | None, now: datetime) -> Pending | None:
    """Use a hand-over up and return it as it was; None where it is unknown, used, expired, or somebody else's.

    Of several that come at once only one gets it.
    """
    found = await known(state_hash, channel, user)
    if found is None:
        return None
    taken = await Handover.raw(_TAKE, now, found.id, now)
    return found if taken else None


async def finished(handover_id: int, connection: int) -> None:
    """Remember which connection came of it."""
    await Handover.update({Handover.connection: connection}).where(Handover.id == handover_id)
