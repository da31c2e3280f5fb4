"""What the twins of the platforms hold, pulled as from a real shop and judged by the shipped packs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from core.model.issues import Category
from core.model.records import RecordKind
from core.rules import Library
from marketwright.testing import open_connection, orders
from marketwright.testing.catalogue import catalogue
from plugins import shopify, woocommerce

LIBRARY = Library.open([Path(__file__).resolve().parents[2] / "rulepacks"])
CHANNELS = pytest.mark.parametrize("channel", [shopify.channel, woocommerce.channel], ids=lambda channel: channel.name)
ORDER_RULES = {
    "email_without_domain": "order.buyer.email",
    "phone_cut_off": "order.buyer.phone",
    "phone_with_letters": "order.buyer.phone",
    "postal_code_missing": "order.address.postal_code.required",
    "city_missing": "order.address.city",
    "country_lower_case": "order.address.country",
    "tracking_url_http": "order.shipment.tracking_url",
}
NOT_HELD = {"shopify": {"country_lower_case"}, "woocommerce": set()}


async def pulled(channel, kind, pull):
    """Return what the rules say of every record of a kind in the channel's twin."""
    pack = LIBRARY.pack(channel.name)
    twin = channel.sandbox()
    async with twin.running(), open_connection(channel, twin.settings(), webhook_url="http://127.0.0.1:1/in") as opened:
        return [
            violation
            async for page in pull(opened, {})
            for source in page.records
            for violation in pack.evaluate(kind, source.record)
        ]


@CHANNELS
async def test_products_have_issues_of_all_four_categories(channel):
    violations = await pulled(channel, RecordKind.PRODUCT, channel.pull_products)

    assert {violation.category for violation in violations} == set(Category)


@CHANNELS
async def test_each_defect_of_an_order_that_the_platform_can_hold_is_an_issue(channel):
    made = Counter(
        ORDER_RULES[defect]
        for order in orders(1, catalogue())
        for defect in order.defects
        if defect not in NOT_HELD[channel.name]
    )

    violations = await pulled(channel, RecordKind.ORDER, channel.pull_orders)

    assert Counter(violation.rule for violation in violations) == made
