"""People's accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from core.model.people import Actor, Role
from core.store.tables import User


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person's account without its password."""

    id: int
    name: str
    role: Role
    merchant: int | None
    is_active: bool
    created_at: datetime


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What a sign-in is checked against."""

    actor: Actor
    password_hash: str
    is_active: bool

    def __repr__(self) -> str:
        """Leave the hash out."""
        return f"Credentials(actor={self.actor!r})"


_ACCOUNT = (User.id, User.name, User.role, User.merchant, User.is_active, User.created_at)


async def create(name: str, password_hash: str, role: Role, merchant: int | None, now: datetime) -> int:
    """Add an account and return its id."""
    row = User(name=name, password_hash=password_hash, role=role.value, merchant=merchant, created_at=now)
    return int((await User.insert(row))[0]["id"])


async def exists(name: str) -> bool:
    """Tell whether the name is taken."""
    return bool(await User.exists().where(User.name == name))


async def any_exists() -> bool:
    """Tell whether anybody has an account yet."""
    return bool(await User.exists())


async def credentials(name: str) -> Credentials | None:
    """Return what the person of that name signs in with."""
    row = await User.select(*_ACCOUNT, User.password_hash).where(User.name == name).first()
    return None if row is None else _credentials(row)


async def get(user_id: int) -> Account | None:
    """Return one account."""
    row = await User.select(*_ACCOUNT).where(User.id == user_id).first()
    return None if row is None else msgspec.convert(row, Account)


async def accounts(scope: int | None) -> list[Account]:
    """Return the accounts of one merchant, or all, by name."""
    query = User.select(*_ACCOUNT).order_by(User.name)
    if scope is not None:
        query = query.where(User.merchant == scope)
    return msgspec.convert(await query, list[Account])


async def reviewers() -> dict[str, int]:
    """Return how many people may decide for each merchant, by its name; admins of all merchants count for each."""
    rows = await User.raw(
        "SELECT m.name, (SELECT COUNT(*) FROM users u WHERE u.is_active = {} AND (u.merchant = m.id OR u.merchant"
        " IS NULL)) AS people FROM merchants m ORDER BY m.name",
        True,
    )
    return {row["name"]: row["people"] for row in rows}


async def set_password_hash(user_id: int, password_hash: str) -> None:
    """Replace a password's hash."""
    await User.update({User.password_hash: password_hash}).where(User.id == user_id)


async def set_active(user_id: int, *, is_active: bool) -> None:
    """Let somebody in again, or out."""
    await User.update({User.is_active: is_active}).where(User.id == user_id)


def actor_of(row: dict[str, Any]) -> Actor:
    """Read an actor from a row with the account's columns."""
    return Actor(user=row["id"], name=row["name"], role=Role(row["role"]), merchant=row["merchant"])


def _credentials(row: dict[str, Any]) -> Credentials:
    return Credentials(actor=actor_of(row), password_hash=row["password_hash"], is_active=row["is_active"])
