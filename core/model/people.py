"""People: who acts, in which role, for which merchant."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec


class Role(StrEnum):
    """What a person may do. A reviewer decides on issues; an admin also sets thresholds, rules and connections."""

    ADMIN = "admin"
    REVIEWER = "reviewer"


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts. `merchant` is the tenant whose things they see; None sees all (an admin of the installation)."""

    user: int
    name: str
    role: Role
    merchant: int | None = None

    @property
    def is_admin(self) -> bool:
        """Tell whether they may change thresholds, auto rules and connections."""
        return self.role == Role.ADMIN


class SessionKind(StrEnum):
    """What a token is for: a signed-in browser, a program, or one sign-in by a link."""

    BROWSER = "browser"
    API = "api"
    ONE_TIME = "one_time"


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A live session. `csrf` is what a browser's forms must send along; a program's token needs none."""

    actor: Actor
    csrf: str
    session_id: int
    kind: SessionKind = SessionKind.BROWSER

    def __repr__(self) -> str:
        """Leave the CSRF token out."""
        return f"Signed(actor={self.actor!r}, session_id={self.session_id}, kind={self.kind!r})"


class SignedIn(NamedTuple):
    """A session just begun. The token is told once; only its hash is kept."""

    token: str
    csrf: str
    actor: Actor

    def __repr__(self) -> str:
        """Leave the token out."""
        return f"SignedIn(actor={self.actor!r})"
