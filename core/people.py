"""People: accounts, signing in and out, tokens for programs, and links that sign in once.

Passwords are kept as Argon2id. A token has 256 random bits and only its SHA-256 is kept, so that a stolen database
opens no session. Attempts are counted in the database: several processes throttle as one.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import NotFound, Refused
from core.model.people import Actor, Role, SessionKind, Signed, SignedIn
from core.store import audit, sessions, users
from core.store.engine import transaction

COOKIE = "marketwright_session"
CSRF_HEADER = "X-CSRF-Token"
SESSION_LIFE = timedelta(days=7)
LINK_LIFE = timedelta(minutes=15)
WINDOW = timedelta(minutes=15)
TRIES_PER_ADDRESS = 5
TRIES_PER_NAME = 30
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1024

_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$P/CZvcbKV2Fp3M3OERPNlg$Oh5kEaolurUSmdgO0wwBr1vSeDFDX6m1Y0VUla4Z8Pw"
"""A hash that no password fits: checked for unknown names, so that they take as long as known ones."""


async def sign_in(
    name: str, password: str, *, address: str | None = None, replaces: str | None = None, now: datetime | None = None
) -> SignedIn:
    """Begin a session with a password and end the one that it replaces.

    Refused when they do not fit (which of them is not said), when the account is disabled (`wrong_sign_in`), and after
    too many attempts from one address or at one name (`too_many_attempts`).
    """
    now = now or datetime.now(UTC)
    name = _readable(name)
    keys = _attempt_keys(name, address)
    await _throttle(keys, now)
    found = await users.credentials(name)
    hasher = PasswordHasher()
    fits = await asyncio.to_thread(_verify, hasher, found.password_hash if found else _NOBODY, password)
    if found is None or not fits or not found.is_active:
        raise Refused("Name and password do not fit together.", code="wrong_sign_in")
    await sessions.forget_attempts(tuple(keys))
    if hasher.check_needs_rehash(found.password_hash):
        await users.set_password_hash(found.actor.user, await _hash(password))
    return await _begin(found.actor, "sign_in", replaces, now)


async def sign_in_by_link(token: str, *, replaces: str | None = None, now: datetime | None = None) -> SignedIn:
    """Begin a session with the token of a one-time link and use it up. Refused when it was used or is too old."""
    now = now or datetime.now(UTC)
    user = await sessions.take_one_time(_digest(token), now)
    account = None if user is None else await users.get(user)
    if account is None or not account.is_active:
        raise Refused("This link was used already or is too old; ask for a new one.", code="wrong_sign_in")
    actor = Actor(user=account.id, name=account.name, role=account.role, merchant=account.merchant)
    return await _begin(actor, "sign_in_by_link", replaces, now)


async def by_token(token: str, *, now: datetime | None = None) -> Signed | None:
    """Return the live session of a browser or a program; None when unknown, expired, or its account is disabled."""
    signed = await sessions.live(_digest(token), now or datetime.now(UTC))
    return None if signed is None or signed.kind is SessionKind.ONE_TIME else signed


async def sign_out(token: str) -> None:
    """End the session of a token."""
    await sessions.end(_digest(token))


def csrf_fits(signed: Signed, given: str | None) -> bool:
    """Tell whether a form or a call brought its session's own CSRF token."""
    return bool(given) and bool(signed.csrf) and secrets.compare_digest(signed.csrf.encode(), str(given).encode())


async def create_user(
    name: str, password: str, role: Role | str, merchant: int | None, *, by: str = "installation"
) -> int:
    """Add an account and return its id. A reviewer belongs to a merchant; an admin without one sees all of them."""
    role, name = Role(role), _readable(name)
    if not 1 <= len(name) <= 100:
        raise Refused("A name has 1 to 100 characters.", code="name")
    if role is Role.REVIEWER and merchant is None:
        raise Refused("A reviewer belongs to a merchant; say which.", code="merchant_missing")
    password_hash = await _hash(_checked(password))
    now = datetime.now(UTC)
    async with transaction():
        if await users.exists(name):
            raise Refused(f"There is somebody named {name} already.", code="name_taken")
        user = await users.create(name, password_hash, role, merchant, now)
        await audit.append(by, "create_user", f"user:{user}", now, merchant=merchant, role=role.value)
    return user


async def set_password(user: int, password: str, *, by: str = "installation", keep: int | None = None) -> None:
    """Replace a password and end every session of its owner, API tokens too, except the session `keep`."""
    password_hash = await _hash(_checked(password))
    async with transaction():
        account = await _existing(user)
        await users.set_password_hash(user, password_hash)
        await sessions.end_all(user, but=keep)
        await audit.append(by, "set_password", f"user:{user}", datetime.now(UTC), merchant=account.merchant)


async def set_active(user: int, *, is_active: bool, by: str = "installation") -> None:
    """Let somebody in again, or out at once: their sessions and tokens end."""
    async with transaction():
        account = await _existing(user)
        await users.set_active(user, is_active=is_active)
        if not is_active:
            await sessions.end_all(user)
        action = "enable_user" if is_active else "disable_user"
        await audit.append(by, action, f"user:{user}", datetime.now(UTC), merchant=account.merchant)


async def one_time_token(user: int, *, now: datetime | None = None) -> str:
    """Return a token that signs somebody in once, within a quarter of an hour: `/sign-in?token=…`."""
    now = now or datetime.now(UTC)
    account = await _existing(user)
    token = secrets.token_urlsafe(32)
    await sessions.begin(_digest(token), account.id, SessionKind.ONE_TIME, now=now, expires_at=now + LINK_LIFE)
    return token


async def create_api_token(user: int, label: str, *, life: timedelta | None = None) -> str:
    """Return a new token for a program that acts as this person, shown once.

    It ends after its `life`; without one it lives until it is revoked.
    """
    label = _readable(label)
    if not 1 <= len(label) <= 100:
        raise Refused("A token's label has 1 to 100 characters.", code="label")
    token = f"mw_{secrets.token_urlsafe(32)}"
    now = datetime.now(UTC)
    expires_at = None if life is None else now + life
    async with transaction():
        account = await _existing(user)
        kept = await sessions.begin(_digest(token), user, SessionKind.API, label=label, now=now, expires_at=expires_at)
        await audit.append(account.name, "create_token", f"token:{kept}", now, merchant=account.merchant)
    return token


async def revoke_api_token(actor: Actor, token_id: int) -> None:
    """End one of one's own API tokens."""
    async with transaction():
        if not await sessions.end_token(actor.user, token_id):
            raise NotFound(f"There is no token {token_id} of yours.")
        await audit.append(actor.name, "revoke_token", f"token:{token_id}", datetime.now(UTC), merchant=actor.merchant)


async def _begin(actor: Actor, action: str, replaces: str | None, now: datetime) -> SignedIn:
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    async with transaction():
        if replaces:
            await sessions.end(_digest(replaces))
        await sessions.drop_expired(now)
        await sessions.begin(
            _digest(token), actor.user, SessionKind.BROWSER, csrf=csrf, now=now, expires_at=now + SESSION_LIFE
        )
        await audit.append(actor.name, action, f"user:{actor.user}", now, merchant=actor.merchant)
    return SignedIn(token, csrf, actor)


async def _throttle(keys: dict[str, int], now: datetime) -> None:
    """Count first and look at the password afterwards: a burst of attempts gets no more tries than a queue of them.

    Each attempt is committed before it counts; inside one transaction those of a burst would not see each other.
    """
    tried = await sessions.note_attempt(tuple(keys), now, now - WINDOW)
    if any(tried[key] > most for key, most in keys.items()):
        minutes = int(WINDOW.total_seconds() // 60)
        raise Refused(f"Too many attempts; try again in {minutes} minutes.", code="too_many_attempts")


def _attempt_keys(name: str, address: str | None) -> dict[str, int]:
    return {
        _digest(f"name:{name}"): TRIES_PER_NAME,
        _digest(f"name:{name} address:{address or 'unknown'}"): TRIES_PER_ADDRESS,
    }


async def _existing(user: int) -> users.Account:
    account = await users.get(user)
    if account is None:
        raise NotFound(f"There is no user {user}.")
    return account


def _readable(text: str) -> str:
    """Drop what surrounds a name, and the NUL that PostgreSQL cannot keep."""
    return text.replace("\0", "").strip()


def _checked(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Refused(f"A password has at least {SHORTEST_PASSWORD} characters.", code="password")
    return password


async def _hash(password: str) -> str:
    return await asyncio.to_thread(PasswordHasher().hash, password)


def _verify(hasher: PasswordHasher, password_hash: str, password: str) -> bool:
    try:
        return len(password) <= LONGEST_PASSWORD and hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
