"""The WooCommerce channel keeps the contract of every channel, against its twin."""

from __future__ import annotations

from marketwright import Change, SourceRecord
from marketwright.testing import ChannelContract, Trouble, Twin
from plugins.woocommerce import channel
from plugins.woocommerce.sandbox import sandbox


class TestWooCommerce(ChannelContract):
    """The sentences of the contract."""

    channel = channel
    follows_write_there = frozenset({"date_modified", "date_modified_gmt"})
    diagnoses = ChannelContract.diagnoses | {Trouble.CLOCK_OFF}

    def make_twin(self) -> Twin:
        """Return a twin whose products fill two pages."""
        return sandbox(seed=1, size=60)

    def refused_change(self, record: SourceRecord) -> Change:
        """WooCommerce has no such status."""
        return Change(field="status", before=record.record["status"], after="on the moon")
