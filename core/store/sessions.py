"""Live tokens, by the hash of each, and attempts at signing in."""

from __future__ import annotations

from datetime import datetime

import msgspec

from core.model.people import SessionKind, Signed
from core.store.tables import Session, SignInAttempt
from core.store.users import actor_of

_LIVE = """
SELECT s.id AS session_id, s.csrf, s.kind, u.id, u.name, u.role, u.merchant
FROM sessions s JOIN users u ON u.id = s."user"
WHERE s.token_hash = {} AND u.is_active = {} AND (s.expires_at IS NULL OR s.expires_at > {})
"""
_TAKE = 'DELETE FROM sessions WHERE token_hash = {} AND kind = {} AND expires_at > {} RETURNING "user"'


class TokenItem(msgspec.Struct, frozen=True, kw_only=True):
    """An API token as its owner sees it."""

    id: int
    label: str
    created_at: datetime
    expires_at: datetime | None


async def begin(
    token_hash: str,
    user: int,
    kind: SessionKind,
    *,
    csrf: str = "",
    label: str | None = None,
    now: datetime,
    expires_at: datetime | None,
) -> int:
    """Keep a new token's hash and return the session's id."""
    row = Session(
        token_hash=token_hash,
        user=user,
        kind=kind.value,
        csrf=csrf,
        label=label,
        created_at=now,
        expires_at=expires_at,
    )
    return int((await Session.insert(row))[0]["id"])


async def live(token_hash: str, now: datetime) -> Signed | None:
    """Return the session of a token which has not expired and whose owner is active."""
    rows = await Session.raw(_LIVE, token_hash, True, now)
    if not rows:
        return None
    row = rows[0]
    return Signed(actor=actor_of(row), csrf=row["csrf"], session_id=row["session_id"], kind=SessionKind(row["kind"]))


async def take_one_time(token_hash: str, now: datetime) -> int | None:
    """Use up a sign-in link and return whose it was; None where it is unknown, used or expired."""
    rows = await Session.raw(_TAKE, token_hash, SessionKind.ONE_TIME.value, now)
    return int(rows[0]["user"]) if rows else None


async def end(token_hash: str) -> None:
    """Forget a token."""
    await Session.delete().where(Session.token_hash == token_hash)


async def end_all(user: int, *, but: int | None = None) -> None:
    """Forget all tokens of a person, except one session."""
    query = Session.delete().where(Session.user == user)
    await (query if but is None else query.where(Session.id != but))


async def end_token(user: int, token_id: int) -> bool:
    """Forget one of a person's API tokens and tell whether there was one."""
    mine = (Session.id == token_id) & (Session.user == user) & (Session.kind == SessionKind.API.value)
    return bool(await Session.delete().where(mine).returning(Session.id))


async def tokens(user: int) -> list[TokenItem]:
    """Return a person's API tokens, newest first."""
    query = Session.select(Session.id, Session.label, Session.created_at, Session.expires_at)
    mine = (Session.user == user) & (Session.kind == SessionKind.API.value)
    return msgspec.convert(await query.where(mine).order_by(Session.id, ascending=False), list[TokenItem])


async def drop_expired(now: datetime) -> None:
    """Forget what has expired."""
    await Session.delete().where(Session.expires_at < now)


async def note_attempt(keys: tuple[str, ...], now: datetime, since: datetime) -> dict[str, int]:
    """Count an attempt under each key and return how many there were since then, this one included."""
    await SignInAttempt.delete().where(SignInAttempt.at < since)
    await SignInAttempt.insert(*[SignInAttempt(key=key, at=now) for key in keys])
    return {
        key: await SignInAttempt.count().where((SignInAttempt.key == key) & (SignInAttempt.at >= since)) for key in keys
    }


async def forget_attempts(keys: tuple[str, ...]) -> None:
    """Forget the attempts under these keys."""
    await SignInAttempt.delete().where(SignInAttempt.key.is_in(list(keys)))
