"""`marketwright knowledge` from a shell: tried on the past, written, taken over."""

from __future__ import annotations

import asyncio
import json
import stat
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from config.settings import Settings
from config.wiring import opened_database
from core.store import merchants
from core.store.tables import AutoCorrectionRule, IssuePattern


@pytest.fixture
def installed(run, tmp_path: Path):
    """Return the command line of an installation with one merchant."""

    async def add() -> None:
        async with opened_database(Settings(data_dir=str(tmp_path / "marketwright-data"))):
            await merchants.create("Alder & Finch", datetime.now(UTC))

    asyncio.run(add())
    return run


def test_a_backtest_is_one_json_object(installed) -> None:
    outcome = installed("knowledge", "backtest", "--threshold", "0.7", "--json")

    assert outcome.code == 0
    assert json.loads(outcome.out)["trial"]["applied"] == 0


def test_the_metrics_are_one_json_object_each(installed) -> None:
    outcome = installed("knowledge", "metrics", "--json")

    assert [line["name"] for line in outcome.lines][:2] == ["issue_detection_rate", "auto_correction_rate"]
    assert [line["at_most"] for line in outcome.lines][:1] == [50.0]


def test_a_threshold_beyond_one_is_wrong_use(installed) -> None:
    assert installed("knowledge", "backtest", "--threshold", "2").code == 2


def test_what_is_exported_is_signed_by_a_key_of_ones_own_and_comes_back(installed, tmp_path: Path) -> None:
    made = installed("knowledge", "export", "--output", "ours.json")
    taken = installed("knowledge", "import", "ours.json", "--dry-run")

    (key,) = (tmp_path / "marketwright-data/keys").glob("*.signing")
    assert (made.code, taken.code) == (0, 0)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert json.loads((tmp_path / "ours.json").read_text())["schema"] == 1
    assert "0 corrections would be added" in taken.out


def test_a_document_that_is_none_ends_with_1(installed, tmp_path: Path) -> None:
    (tmp_path / "wrong.json").write_text("{}")

    outcome = installed("knowledge", "import", "wrong.json")

    assert (outcome.code, outcome.out) == (1, "")
    assert "no knowledge that we understand" in outcome.err


@pytest.fixture
def rule(installed, tmp_path: Path) -> str:
    """Return the id of an auto rule that switched itself off and did nothing."""
    identity = uuid.uuid4()

    async def add() -> None:
        now = datetime.now(UTC)
        async with opened_database(Settings(data_dir=str(tmp_path / "marketwright-data"))):
            pattern = IssuePattern(
                marketplace_name="shopify", issue_type="price.decimals", issue_description="Price without decimals",
                pattern_signature="{}", last_seen_at=now, merchant=1, signature_hash="0" * 64, created_at=now,
            )  # fmt: skip
            await IssuePattern.insert(pattern)
            await AutoCorrectionRule.insert(
                AutoCorrectionRule(
                    auto_rule_id=identity,
                    pattern_id=pattern.pattern_id,
                    correction_logic="[]",
                    created_at=now,
                    confidence_threshold=Decimal("0.80"),
                    program_hash="1" * 64,
                    safety="safe",
                    is_active=False,
                    success_rate=Decimal(60),
                    off_reason="Its success rate fell to 60%, below 80%.",
                )
            )

    asyncio.run(add())
    return str(identity)


def test_what_a_rule_did_is_shown_and_not_undone_without_yes(installed, rule: str) -> None:
    told = installed("knowledge", "undo", "--rule", rule, "--since", "2026-11-20", "--json")

    assert (told.code, told.lines[0]["undo_id"], told.lines[0]["count"]) == (0, None, 0)
    assert told.lines[0]["scope"]["since"] == "2026-11-20T00:00:00Z"


def test_an_undo_of_nothing_says_so(installed, rule: str) -> None:
    outcome = installed("knowledge", "undo", "--rule", rule, "--yes")

    assert (outcome.code, "nothing left to undo" in outcome.err) == (1, True)


def test_a_rule_that_nobody_knows_is_wrong_use(installed) -> None:
    assert installed("knowledge", "undo", "--rule", str(uuid.uuid4())).code == 2
    assert installed("knowledge", "start-anew", "none").code == 2


def test_a_rule_is_started_anew(installed, rule: str, tmp_path: Path) -> None:
    outcome = installed("knowledge", "start-anew", rule)

    async def read() -> dict[str, object]:
        async with opened_database(Settings(data_dir=str(tmp_path / "marketwright-data"))):
            row = await AutoCorrectionRule.select().first()
        return dict(row)

    found = asyncio.run(read())
    assert outcome.code == 0
    assert (found["is_active"], found["success_rate"], found["off_reason"]) == (True, Decimal(100), None)
