"""Shopify keeps the contract of every channel, against its own twin."""

from __future__ import annotations

from marketwright import Change, SourceRecord
from marketwright.testing import ChannelContract, Twin
from plugins.shopify import channel
from plugins.shopify.sandbox import sandbox


class TestShopify(ChannelContract):
    """The kit's sentences, run on a shop of two pages."""

    channel = channel
    follows_write_there = frozenset({"updated_at"})

    def make_twin(self) -> Twin:
        return sandbox(seed=1, size=40, redelivery=())

    def refused_change(self, record: SourceRecord) -> Change:
        """Shopify takes titles of 255 characters at most."""
        return Change(field="title", before=record.record["title"], after="x" * 256)
