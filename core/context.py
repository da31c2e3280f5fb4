"""What jobs and reviews work with: made once by `config`, handed down as a parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from core.http import Outbound
from core.model.tuning import Tuning
from core.queue import Queue
from core.registry import Registry
from core.rules.editions import Editions
from core.rules.messages import ENGLISH
from core.rules.packs import Library
from core.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Context:
    """The opened installation. `public_url` is our own address as channels reach it, None where none is set.

    `language` is the one in which issues are written.
    """

    registry: Registry
    library: Library
    vault: Vault
    outbound: Outbound
    queue: Queue
    tuning: Tuning
    clock: Callable[[], datetime]
    public_url: str | None = None
    language: str = ENGLISH
    editions: Editions = field(default_factory=Editions)
