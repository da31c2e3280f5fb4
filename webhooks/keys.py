"""Fits what a plugin names into the columns that keep it."""

from __future__ import annotations

import hashlib

MAX_KEY = 200
MAX_TOPIC = 120


def dedupe_key(text: str) -> str:
    """Return the key, or its hash where it does not fit: PostgreSQL takes no NUL and no more than the column has."""
    if len(text) <= MAX_KEY and "\0" not in text:
        return text
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def topic(text: str) -> str:
    """Return the topic as far as it fits; the whole of it stands in the event."""
    return text.replace("\0", "")[:MAX_TOPIC]
