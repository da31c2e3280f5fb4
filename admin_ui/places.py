"""The places of the frame: what the rail, the phone's bottom bar and the keys lead to."""

from __future__ import annotations

import msgspec


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One place. `count` names the number beside it; `key` is pressed after `g`."""

    name: str
    title: str
    path: str
    icon: str
    key: str
    roles: frozenset[str] = frozenset({"admin", "reviewer"})
    count: str | None = None


ADMINS = frozenset({"admin"})
PLACES = (
    Place(name="review", title="Review", path="/review", icon="review", key="r", count="pending"),
    Place(name="auto", title="Auto-corrected", path="/auto-corrected", icon="auto", key="a", count="auto_today"),
    Place(name="history", title="History", path="/history", icon="history", key="h"),
    Place(name="records", title="Records", path="/records", icon="records", key="e"),
    Place(name="connections", title="Connections", path="/connections", icon="connections", key="c", roles=ADMINS),
    Place(name="knowledge", title="Knowledge", path="/knowledge", icon="knowledge", key="k"),
    Place(name="rulepacks", title="Rulepacks", path="/rulepacks", icon="rulepacks", key="p"),
    Place(name="analytics", title="Analytics", path="/analytics", icon="analytics", key="n"),
    Place(name="alerts", title="Alerts", path="/alerts", icon="alerts", key="l", count="alerts"),
    Place(name="audit", title="Audit", path="/audit", icon="lock", key="u", roles=ADMINS),
    Place(name="notifications", title="Notifications", path="/settings/notifications", icon="mail", key="m"),
)


def seen_by(role: str) -> list[Place]:
    """Return the places that a role may see."""
    return [place for place in PLACES if role in place.roles]
