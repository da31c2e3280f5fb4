"""The kit's own invented platform, Acme, to try the kit for plugin authors on."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from marketwright import Channel
from marketwright.testing.acme import channel, client, products, push, sandbox, verdicts, webhook


def make_channel(**changed: Any) -> Channel:
    """Return Acme's channel, with some functions exchanged."""
    return replace(channel, **changed)


@pytest.fixture(scope="session")
def acme() -> SimpleNamespace:
    """Return the parts of Acme: `channel(**changed)`, `twin(size=…)`, and its functions."""
    return SimpleNamespace(
        channel=make_channel, twin=sandbox.sandbox, call=client.call, read_product=products.source,
        pull=products.pull, push=push.push, push_many=push.push_many, pull_one=webhook.pull_one,
        read_webhook=webhook.read, read_event=webhook.read_event, register=webhook.register,
        test_credentials=client.test_credentials, subscriptions=webhook.listed, pull_verdicts=verdicts.pull,
    )  # fmt: skip
