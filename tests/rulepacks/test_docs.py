"""The author's reference names what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.corrections.arguments import parameters
from core.corrections.steps import STEPS
from core.rules.census import count, markdown
from core.rules.checks import ACROSS, CHECKS
from core.rules.packs import Library

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "rulepacks.md").read_text(encoding="utf-8")
CHANNELS = {
    "shopify", "woocommerce", "prestashop", "magento", "bigcommerce", "opencart", "amazon", "ebay", "mirakl",
    "cdiscount", "backmarket", "refurbed",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted({*CHECKS, *ACROSS, *STEPS}))
def test_every_check_and_step_is_named(name):
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize(
    "function", [entry.function for entry in (*CHECKS.values(), *ACROSS.values(), *STEPS.values())]
)
def test_every_argument_is_named(function):
    for parameter in parameters(function):
        assert not parameter.is_written or f"`{parameter.name}`" in TEXT


def test_the_table_of_packs_is_the_one_that_is_counted():
    assert markdown(Library.open([ROOT / "rulepacks"])) in TEXT


def test_every_channel_has_rules_of_all_kinds_and_categories_and_enough_of_them():
    counts = {one.pack.split("@")[0]: one for one in map(count, Library.open([ROOT / "rulepacks"]))}

    assert set(counts) - {"common"} == CHANNELS
    for channel in CHANNELS:
        one = counts[channel]
        assert one.rules >= (35 if channel in {"shopify", "amazon", "ebay", "woocommerce", "prestashop"} else 20)
        assert all(one.by_kind.values())
        assert all(one.by_category.values())
        assert {"en", "fr", "de"} <= set(one.languages)
