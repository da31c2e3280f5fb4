"""What people should know: open alerts first, then closed ones."""

from __future__ import annotations

from datetime import datetime

import msgspec


class AlertItem(msgspec.Struct, frozen=True, kw_only=True):
    """One alert. `connection_id` is None where it concerns the installation."""

    id: int
    merchant: int
    connection_id: int | None
    connection_name: str | None
    subject: str
    severity: str
    message: str
    created_at: datetime
    closed_at: datetime | None
