"""A connection is looked up, remembered for a moment, and opened anew only where its row was changed."""

from __future__ import annotations

from core.signing import hmac_base64
from core.store.tables import Connection


async def rotate(front, seal: str, secret: str) -> None:
    """Change the secret as another process does."""
    front.secret = secret
    await Connection.update({Connection.sealed: seal}).where(Connection.public_id == "shop-1")


def signed(body: bytes) -> str:
    return hmac_base64("a new secret", body)


async def test_a_connection_is_opened_once(front):
    for number in range(3):
        front.seconds += 10
        await front.deliver(b'{"id": %d}' % number)

    assert front.opened == 1


async def test_a_new_secret_counts_after_a_moment(front):
    body = b'{"id": 1}'
    await front.deliver(body)

    await rotate(front, "2", "a new secret")
    at_once = await front.deliver(body, x_wc_webhook_signature=signed(body))
    front.seconds += 3
    later = await front.deliver(body, x_wc_webhook_signature=signed(body))

    assert (at_once.status, later.status, front.opened) == (401, 200, 2)


async def test_a_connection_that_is_deleted_is_forgotten(front):
    await front.deliver(b'{"id": 1}')
    front.seconds += 3

    await Connection.delete().where(Connection.public_id == "shop-1")

    assert (await front.deliver(b'{"id": 2}')).status == 404
