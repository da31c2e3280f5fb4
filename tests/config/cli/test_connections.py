"""Versions of a connection's rulepack on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
NEXT = """rulepack: woocommerce
version: 2099.12
extends: woocommerce@2026.11
without: [currency.code]
rules: []
"""


@pytest.mark.process
def test_a_version_is_looked_at_activated_and_taken_back(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ours/woocommerce/2099.12.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(NEXT)
    (tmp_path / "marketwright.yaml").write_text("rulepacks: {folders: [./ours]}\n")
    given = ("store_url=https://shop.invalid", "consumer_key=ck_1", "consumer_secret=cs_1")
    run(
        "connections", "add", "woocommerce", "--merchant", "Ann", "--name", "main",
        *(part for one in given for part in ("--set", one)),
    )  # fmt: skip

    first = run("connections", "rulepack", "1")
    looked = run("connections", "rulepack", "1", "2026.11", "--preview")
    (preview,) = run("connections", "rulepack", "1", "2026.11", "--preview", "--json").lines
    (pinned,) = run("connections", "rulepack", "1", "2026.11", "--json").lines
    (back,) = run("connections", "rulepack", "1", "--back", "--json").lines
    (follows,) = run("connections", "rulepack", "1", "newest", "--json").lines

    assert "Connection 1 is judged by 2099.12 (follows the newest)." in first.out
    assert "0 newly fail, 0 newly pass of 0 records, from woocommerce@2099.12 to woocommerce@2026.11." in looked.out
    assert [(one["rule"], one["change"]) for one in preview["rules"]] == [("currency.code", "added")]
    assert (pinned["pinned"], pinned["in_force"], pinned["before"]) == ("2026.11", "2026.11", "2099.12")
    assert (back["pinned"], back["in_force"], back["before"]) == ("2099.12", "2099.12", "2026.11")
    assert (follows["pinned"], follows["in_force"]) == (None, "2099.12")
    assert run("connections", "rulepack", "1", "1999.01").code == 2
    assert run("connections", "rulepack", "1", "2026.11", "--back").code == 2
    assert run("connections", "rulepack", "9").code == 2
