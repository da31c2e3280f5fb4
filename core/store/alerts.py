"""What a person should know: one open alert for each subject."""

from __future__ import annotations

from datetime import datetime

from core.privacy import redact
from core.store.tables import Alert


async def open_one(
    merchant: int,
    subject: str,
    message: str,
    now: datetime,
    *,
    severity: str = "warning",
    connection: int | None = None,
) -> None:
    """Open an alert, or refresh the text of the one that is open; a platform's words in it are redacted."""
    await Alert.raw(
        "INSERT INTO alerts (merchant, connection, subject, severity, message, created_at)"
        " VALUES ({}, {}, {}, {}, {}, {})"
        " ON CONFLICT (merchant, subject) WHERE closed_at IS NULL DO UPDATE SET message = excluded.message",
        merchant, connection, subject, severity, redact(message), now,
    )  # fmt: skip


async def close(merchant: int, subject: str, now: datetime) -> None:
    """Close the open alert on a subject, where there is one."""
    await Alert.update({Alert.closed_at: now}).where(
        (Alert.merchant == merchant) & (Alert.subject == subject) & Alert.closed_at.is_null()
    )
