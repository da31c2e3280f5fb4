"""What jobs and reviews work with: made once by `config`, handed down as a parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from core.chat import Chat
from core.http import Outbound
from core.mail import MailServer
from core.model.tuning import Tuning
from core.queue import Queue
from core.registry import Registry
from core.rules.editions import Editions
from core.rules.messages import ENGLISH
from core.rules.packs import Library
from core.store.local_models import Shelf
from core.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Context:
    """The opened installation. `public_url` is our own address as channels reach it, None where none is set.

    `language` is the one in which issues are written.

    `mail` is the mail server that the settings name, None where they name none.

    `chat` is the language model that may be asked, None where there is no key for one.
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
    mail: MailServer | None = None
    chat: Chat | None = None
    editions: Editions = field(default_factory=Editions)
    shelf: Shelf = field(default_factory=Shelf)
