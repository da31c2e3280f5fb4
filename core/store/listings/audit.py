"""The audit log, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class AuditItem(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to which thing, and when."""

    id: int
    at: datetime
    merchant: int | None
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
