"""`marketwright knowledge` from a shell: tried on the past, written, taken over."""

from __future__ import annotations

import asyncio
import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from config.wiring import opened_database
from core.store import merchants


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


@pytest.mark.parametrize("text", ["- trim:\n- change_case: {to: upper}\n", '[{"trim": {}}, {"change_case": "upper"}]'])
def test_a_program_is_tried_from_a_file_of_yaml_or_json(installed, tmp_path: Path, text: str) -> None:
    (tmp_path / "program").write_text(text)

    outcome = installed("knowledge", "backtest", "--program", "program", "--min-reviewers", "2", "--json")

    assert json.loads(outcome.out)["sentence"] == "Remove spaces at both ends, then write in upper case."


@pytest.mark.parametrize("text", ["trim", "[]", "- no_such_step: {}", "- {trim: {}", "- [1]"])
def test_a_file_that_holds_no_program_ends_with_1(installed, tmp_path: Path, text: str) -> None:
    (tmp_path / "program").write_text(text)

    assert installed("knowledge", "backtest", "--program", "program").code == 1


def test_a_program_and_a_rule_together_are_wrong_use(installed, tmp_path: Path) -> None:
    (tmp_path / "program").write_text("- trim: {}")

    assert installed("knowledge", "backtest", "--program", "program", "--auto-rule", "x").code == 2


def test_a_merchant_receives_what_others_share_and_an_unknown_pattern_is_not_shared(installed) -> None:
    on = installed("knowledge", "receive", "--merchant", "Alder & Finch", "--on")
    nobody = installed("knowledge", "receive", "--merchant", "Nobody", "--on")
    shared = installed("knowledge", "share", "5a8f5f1e-3c8d-4f6b-9a55-0c2f3b1d7e90")

    assert on.out == "What others share is proposed to Alder & Finch.\n"
    assert (on.code, "no merchant named Nobody" in nobody.err) == (0, True)
    assert "no such pattern" in shared.err
