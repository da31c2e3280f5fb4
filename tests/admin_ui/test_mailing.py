"""Links in our mails: of another time, of nobody, and from another site."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.model.notices import About, Frequency, RecipientKind
from core.store import recipients
from core.store.engine import transaction
from core.store.tables import Recipient, Subscription


@pytest.fixture
async def token(shop):
    """Return the token of an address that gets digests."""
    now = datetime.now(UTC)
    async with transaction():
        one = await recipients.insert(
            RecipientKind.EMAIL, "<b>ann</b>@shop.example", now, merchant=shop.merchant, confirmed_at=now
        )
        await recipients.subscribe(one, About.TROUBLE, Frequency.DAILY, 6, now)
    return (await Recipient.select(Recipient.token).first())["token"]


@pytest.mark.parametrize("path", ["/unsubscribe/x", "/notifications/confirm/x", f"/unsubscribe/{'x' * 5000}"])
async def test_a_link_of_nobody_is_told_so(stranger, token, path):
    for answer in (await stranger.get(path), await stranger.post(path)):
        assert answer.status_code == 404
        assert "not valid any more" in answer.text


async def test_looking_changes_nothing_and_the_button_does(stranger, token):
    for _ in range(3):
        assert (await stranger.get(f"/unsubscribe/{token}")).status_code == 200
    before = (await Subscription.select().first())["frequency"]

    answer = await stranger.post(f"/unsubscribe/{token}")

    assert before == "daily"
    assert "Nothing more is sent" in answer.text
    assert (await Subscription.select().first())["frequency"] == "off"


async def test_the_page_is_inert_and_not_kept(stranger, token):
    answer = await stranger.get(f"/unsubscribe/{token}")

    assert "<b>ann" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "script" not in answer.text


async def test_another_site_presses_no_button(stranger, token):
    answer = await stranger.post(f"/unsubscribe/{token}", headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403
    assert (await Subscription.select().first())["frequency"] == "daily"
