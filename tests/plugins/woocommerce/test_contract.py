"""The WooCommerce channel keeps the contract of every channel, against its twin."""

from __future__ import annotations

from typing import ClassVar

from marketwright import Channel
from marketwright.testing import ChannelContract, Twin
from plugins.woocommerce import channel
from plugins.woocommerce.sandbox import sandbox


class TestWooCommerce(ChannelContract):
    """The sentences of the contract."""

    channel: ClassVar[Channel] = channel

    def make_twin(self) -> Twin:
        """Return a twin whose products fill two pages."""
        return sandbox(seed=1, size=60)

    async def touch(self, twin: Twin, external_id: str) -> None:
        """Change a product as the merchant would."""
        await twin.state.touch(external_id)

    async def lose_webhooks(self, twin: Twin) -> None:
        """Disable one webhook, as seven failures do, and delete another, as merchants do."""
        first, second, *_ = twin.state.webhooks
        twin.state.webhooks[first]["status"] = "disabled"
        del twin.state.webhooks[second]
