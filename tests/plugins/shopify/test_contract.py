"""Shopify keeps the contract of every channel, against its own twin."""

from __future__ import annotations

from marketwright.testing import ChannelContract, Twin
from plugins.shopify import channel
from plugins.shopify.sandbox import sandbox


class TestShopify(ChannelContract):
    """The kit's sentences, run on a shop of two pages."""

    channel = channel

    def make_twin(self) -> Twin:
        return sandbox(seed=1, size=40, redelivery=())

    async def touch(self, twin: Twin, external_id: str) -> None:
        await twin.state.touch(external_id)

    async def lose_webhooks(self, twin: Twin) -> None:
        twin.state.lose_webhooks()

    def throttle(self, twin: Twin, times: int) -> None:
        twin.faults.reply(lambda request: twin.state.throttled(), times)
