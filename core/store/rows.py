"""Between rows and Python: JSON text, hashes and times."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(order="sorted")


def to_json(value: Any) -> str:
    """Encode a value as canonical JSON text: keys sorted, no spaces."""
    return _ENCODER.encode(value).decode()


def from_json(text: str | bytes | int | float | None) -> Any:
    """Decode JSON text as a column gives it; null stays None.

    SQLite gives a column declared JSON numeric affinity, so that a bare number comes back as the number it is.
    """
    return text if text is None or isinstance(text, int | float) else msgspec.json.decode(text)


def printable(text: str) -> str:
    """Return text as a text column can hold it: PostgreSQL's takes no NUL."""
    return text.replace("\x00", "\ufffd")


def identity(text: str) -> uuid.UUID | None:
    """Return the id that a text from outside names, None where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def content_hash(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hex."""
    return hashlib.sha256(_ENCODER.encode(value)).hexdigest()


def utc(value: datetime) -> datetime:
    """Return an aware time in UTC; SQLite gives back what was stored, PostgreSQL the session's zone."""
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
