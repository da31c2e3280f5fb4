"""Every channel of ours has a quality file that holds, and the documentation shows what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.cli.channels_table import markdown
from core.channel import Channel
from core.quality import BY_ID, RULES, Status, quality_of
from core.registry import Registry
from marketwright.testing import ChannelContract
from marketwright.testing.contract.shown import SHOWN_BY

ROOT = Path(__file__).resolve().parents[2]
CHANNELS = Registry.discover(entry_point_group="no such group").channels


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_what_a_channel_claims_holds(channel: Channel) -> None:
    assert quality_of(channel).problems == ()


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_what_shows_a_claim_is_there(channel: Channel) -> None:
    claims = quality_of(channel).claims
    named = [claims[rule.id].reason for rule in RULES if rule.evidence and claims[rule.id].status is Status.DONE]

    assert [path for path in named if not (ROOT / path).is_file()] == []
    assert [path for path in named if "def test_" not in (ROOT / path).read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_a_channel_with_a_quality_file_is_held_to_the_contract(channel: Channel) -> None:
    tests = ROOT / "tests/plugins" / channel.name / "test_contract.py"

    assert "(ChannelContract)" in tests.read_text(encoding="utf-8")


def test_every_rule_is_held_by_something() -> None:
    derived = {"readme", "twin", "troubleshooting"}
    loose = [rule.id for rule in RULES if rule.id not in SHOWN_BY and not rule.evidence and rule.id not in derived]

    assert loose == ["sign-in"]
    assert BY_ID["sign-in"].functions == ("sign_in",)


def test_every_sentence_that_shows_a_rule_is_one_of_the_contract() -> None:
    named = {sentence for sentences in SHOWN_BY.values() for sentence in sentences}

    assert set(SHOWN_BY) <= set(BY_ID)
    assert [it for it in named if not callable(getattr(ChannelContract, it, None))] == []


def test_the_table_of_channels_is_the_one_that_is_generated() -> None:
    text = (ROOT / "docs/channels.md").read_text(encoding="utf-8")

    assert markdown(CHANNELS) in text, "run: marketwright channels --markdown, and put it into docs/channels.md"
