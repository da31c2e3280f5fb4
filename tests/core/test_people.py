"""Signing in and out, tokens, links, throttling; and what the database must not hold."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core import people
from core.errors import NotFound, Refused
from core.model.people import Role, SessionKind
from core.store import sessions, users
from core.store.tables import AuditEntry, Session, User

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    """Hash with little memory: the parameters are Argon2's, not ours, to test."""
    hasher = people.PasswordHasher
    monkeypatch.setattr(people, "PasswordHasher", lambda: hasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
async def ann(shop):
    """Write a reviewer and return her id."""
    return await people.create_user("ann", PASSWORD, Role.REVIEWER, await shop.merchant())


async def test_a_password_signs_in_and_the_token_is_known_afterwards(ann):
    token, csrf, actor = await people.sign_in("ann", PASSWORD)

    signed = await people.by_token(token)

    assert signed is not None
    assert signed.actor == actor
    assert (actor.user, actor.name, actor.role, actor.is_admin) == (ann, "ann", Role.REVIEWER, False)
    assert people.csrf_fits(signed, csrf)
    assert not people.csrf_fits(signed, "something else")
    assert not people.csrf_fits(signed, None)


@pytest.mark.parametrize(
    ("name", "password"), [("ann", "wrong password"), ("nobody", PASSWORD), ("ann\0", ""), ("", "")]
)
async def test_what_does_not_fit_is_refused_without_saying_which(ann, name, password):
    with pytest.raises(Refused) as refused:
        await people.sign_in(name, password)

    assert refused.value.code == "wrong_sign_in"
    assert refused.value.message == "Name and password do not fit together."


async def test_neither_passwords_nor_tokens_are_in_the_database(ann):
    token, _, _ = await people.sign_in("ann", PASSWORD)
    program = await people.create_api_token(ann, "nightly export")
    rows = repr(await Session.select()) + repr(await User.select()) + repr(await AuditEntry.select())

    assert token not in rows
    assert program not in rows
    assert PASSWORD not in rows
    assert "$argon2id$" in rows


async def test_each_sign_in_gets_a_new_session_and_ends_the_one_it_replaces(ann):
    first = await people.sign_in("ann", PASSWORD)

    second = await people.sign_in("ann", PASSWORD, replaces=first.token)

    assert second.token != first.token
    assert second.csrf != first.csrf
    assert await people.by_token(first.token) is None
    assert await people.by_token(second.token) is not None


async def test_signing_out_ends_the_session(ann):
    token, _, _ = await people.sign_in("ann", PASSWORD)

    await people.sign_out(token)

    assert await people.by_token(token) is None


async def test_a_session_expires(ann):
    now = datetime.now(UTC)
    token, _, _ = await people.sign_in("ann", PASSWORD, now=now)

    assert await people.by_token(token, now=now + people.SESSION_LIFE - timedelta(seconds=1)) is not None
    assert await people.by_token(token, now=now + people.SESSION_LIFE) is None


async def test_a_disabled_account_is_out_at_once_and_cannot_come_back(ann):
    token, _, _ = await people.sign_in("ann", PASSWORD)
    program = await people.create_api_token(ann, "export")
    link = await people.one_time_token(ann)

    await people.set_active(ann, is_active=False)

    assert await people.by_token(token) is None
    assert await people.by_token(program) is None
    with pytest.raises(Refused):
        await people.sign_in("ann", PASSWORD)
    with pytest.raises(Refused):
        await people.sign_in_by_link(link)


async def test_an_account_disabled_in_the_table_alone_is_out_too(ann):
    token, _, _ = await people.sign_in("ann", PASSWORD)

    await users.set_active(ann, is_active=False)

    assert await people.by_token(token) is None


async def test_a_new_password_ends_the_other_sessions(ann):
    kept, other = await people.sign_in("ann", PASSWORD), await people.sign_in("ann", PASSWORD)
    signed = await people.by_token(kept.token)
    assert signed is not None

    await people.set_password(ann, "another long password", keep=signed.session_id)

    assert await people.by_token(kept.token) is not None
    assert await people.by_token(other.token) is None
    with pytest.raises(Refused):
        await people.sign_in("ann", PASSWORD)
    assert await people.sign_in("ann", "another long password")


async def test_a_link_signs_in_once_and_only_soon(ann):
    link, late = await people.one_time_token(ann), await people.one_time_token(ann)

    signed_in = await people.sign_in_by_link(link)

    assert signed_in.actor.name == "ann"
    assert await people.by_token(late) is None
    with pytest.raises(Refused):
        await people.sign_in_by_link(link)
    with pytest.raises(Refused):
        await people.sign_in_by_link(late, now=datetime.now(UTC) + people.LINK_LIFE)


async def test_a_session_token_is_no_link(ann):
    token, _, _ = await people.sign_in("ann", PASSWORD)

    with pytest.raises(Refused):
        await people.sign_in_by_link(token)


async def test_too_many_attempts_from_one_address_are_refused_even_with_the_right_password(ann):
    for _ in range(people.TRIES_PER_ADDRESS):
        with pytest.raises(Refused):
            await people.sign_in("ann", "wrong password", address="192.0.2.1")

    with pytest.raises(Refused) as refused:
        await people.sign_in("ann", PASSWORD, address="192.0.2.1")

    assert refused.value.code == "too_many_attempts"
    assert await people.sign_in("ann", PASSWORD, address="192.0.2.2")
    later = datetime.now(UTC) + people.WINDOW + timedelta(seconds=1)
    assert await people.sign_in("ann", PASSWORD, address="192.0.2.1", now=later)


async def test_a_burst_gets_no_more_tries_than_a_queue(ann):
    burst = [people.sign_in("ann", "wrong password", address="192.0.2.1") for _ in range(20)]

    refused = await asyncio.gather(*burst, return_exceptions=True)

    tried = [error for error in refused if isinstance(error, Refused) and error.code == "wrong_sign_in"]
    assert len(tried) <= people.TRIES_PER_ADDRESS
    assert {error.code for error in refused} <= {"wrong_sign_in", "too_many_attempts"}


async def test_many_addresses_together_are_throttled_too(ann):
    for number in range(people.TRIES_PER_NAME):
        with pytest.raises(Refused):
            await people.sign_in("ann", "wrong password", address=f"192.0.2.{number}")

    with pytest.raises(Refused) as refused:
        await people.sign_in("ann", PASSWORD, address="198.51.100.1")

    assert refused.value.code == "too_many_attempts"


async def test_signing_in_forgets_the_attempts_before(ann):
    for _ in range(3):
        for _ in range(people.TRIES_PER_ADDRESS - 1):
            with pytest.raises(Refused):
                await people.sign_in("ann", "wrong password")
        await people.sign_in("ann", PASSWORD)

    assert await people.sign_in("ann", PASSWORD)


async def test_a_program_has_tokens_of_its_own_and_they_can_be_revoked(ann):
    token = await people.create_api_token(ann, "nightly export")
    signed = await people.by_token(token)
    assert signed is not None

    kept = await sessions.tokens(ann)
    await people.revoke_api_token(signed.actor, kept[0].id)

    assert signed.kind is SessionKind.API
    assert [item.label for item in kept] == ["nightly export"]
    assert await people.by_token(token) is None
    with pytest.raises(NotFound):
        await people.revoke_api_token(signed.actor, kept[0].id)


async def test_nobody_revokes_another_persons_token(ann, shop):
    bob = await people.create_user("bob", PASSWORD, "admin", None)
    await people.create_api_token(ann, "export")
    stranger = await people.sign_in("bob", PASSWORD)

    with pytest.raises(NotFound):
        await people.revoke_api_token(stranger.actor, (await sessions.tokens(ann))[0].id)
    assert await sessions.tokens(bob) == []


@pytest.mark.parametrize(
    ("name", "password", "role", "code"),
    [
        ("ann", PASSWORD, "admin", "name_taken"),
        ("  ", PASSWORD, "admin", "name"),
        ("bob", "short", "admin", "password"),
        ("bob", "x" * 1025, "admin", "password"),
        ("bob", PASSWORD, "reviewer", "merchant_missing"),
    ],
)
async def test_an_account_that_makes_no_sense_is_refused(ann, name, password, role, code):
    with pytest.raises(Refused) as refused:
        await people.create_user(name, password, role, None)

    assert refused.value.code == code


async def test_what_concerns_nobody_is_not_found(store):
    with pytest.raises(NotFound):
        await people.set_password(999, PASSWORD)
    with pytest.raises(NotFound):
        await people.one_time_token(999)


def test_reprs_hold_no_secrets():
    signed_in = people.SignedIn("the-token", "the-csrf", people.Actor(user=1, name="ann", role=Role.ADMIN))

    assert "the-token" not in repr(signed_in)
    assert "the-csrf" not in repr(signed_in)
