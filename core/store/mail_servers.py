"""The mail server that was entered on a page, sealed: one row at most."""

from __future__ import annotations

from datetime import datetime

from core.store.tables import SealedMailServer


async def get() -> str | None:
    """Return the sealed server."""
    row = await SealedMailServer.select(SealedMailServer.sealed).order_by(SealedMailServer.id, ascending=False).first()
    return None if row is None else str(row["sealed"])


async def put(sealed: str, now: datetime) -> None:
    """Keep a sealed server in the place of the one before, inside a transaction."""
    await clear()
    await SealedMailServer.insert(SealedMailServer(sealed=sealed, updated_at=now))


async def clear() -> None:
    """Forget it."""
    await SealedMailServer.delete(force=True)
