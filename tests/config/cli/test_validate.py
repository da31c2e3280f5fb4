"""`marketwright validate`: issues of a file, a line each, without a database."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
GOOD = {
    "sku": "K-1", "title": "Enamel kettle, 1.5 l", "price": "24.90", "currency": "EUR", "status": "publish",
}  # fmt: skip
BAD = {**GOOD, "sku": "K-2", "price": None}
KEYS = {"record", "rule", "category", "severity", "field", "message", "fix"}


def written(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r.json", json.dumps([GOOD, BAD])),
        ("r.ndjson", f"{json.dumps(GOOD)}\n{json.dumps(BAD)}\n"),
        ("r.csv", "sku,title,price,currency,status\nK-1,Enamel kettle,24.90,EUR,publish\nK-2,Kettle,,EUR,publish\n"),
    ],
)
def test_each_format_gives_the_same_error(run: Run, tmp_path: Path, name: str, text: str) -> None:
    outcome = run("validate", "--channel", "woocommerce", written(tmp_path, name, text), "--json")

    errors = [line for line in outcome.lines if line["severity"] == "error"]
    assert outcome.code == 1
    assert [(line["record"], line["rule"], line["field"]) for line in errors] == [("K-2", "price.required", "price")]
    assert all(set(line) == KEYS for line in outcome.lines)


def test_a_broken_line_is_reported_and_the_rest_is_checked(run: Run, tmp_path: Path) -> None:
    text = f"{json.dumps(GOOD)}\n{{broken\n{json.dumps(BAD)}\n"

    outcome = run("validate", "--channel", "woocommerce", written(tmp_path, "r.ndjson", text), "--json")

    errors = [(line["record"], line["rule"]) for line in outcome.lines if line["severity"] == "error"]
    assert errors == [("line 2", "file.unreadable"), ("K-2", "price.required")]


def test_warnings_alone_end_with_0(run: Run) -> None:
    outcome = run("validate", "--channel", "woocommerce", "-", text=json.dumps(GOOD))

    assert outcome.code == 0
    assert "1 records, 0 errors" in outcome.out


def test_bytes_that_are_not_text_do_not_stop_the_check(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.ndjson").write_bytes(b'{"sku": "\xff\xfe"}\n' + json.dumps(BAD).encode())

    outcome = run("validate", "--channel", "woocommerce", "r.ndjson", "--json")

    assert ("K-2", "price.required") in [(line["record"], line["rule"]) for line in outcome.lines]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--channel", "nowhere", "-"), "There is no rulepack nowhere; there are "),
        (("--channel", "woocommerce@1999.01", "-"), "There is no rulepack woocommerce@1999.01"),
        (("--channel", "woocommerce", "absent.json"), "does not exist"),
        (("-",), "Missing option '--channel'"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_is_wrong(run: Run, arguments: tuple[str, ...], said: str) -> None:
    outcome = run("validate", *arguments, text="{}")

    assert outcome.code == 2
    assert said in outcome.err


def test_a_table_of_people_names_the_fix(run: Run) -> None:
    outcome = run("validate", "--channel", "woocommerce", "-", text=json.dumps({**GOOD, "price": "24"}))

    assert "price.decimals" in outcome.out
    assert "decimal places" in outcome.out


def test_it_starts_without_server_database_or_queue() -> None:
    heavy = {"aiohttp", "arq", "asyncpg", "litestar", "piccolo", "redis", "rich", "uvicorn"}
    code = f"import sys; import config.cli.validate; print(sorted({heavy!r} & set(sys.modules)))"

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"


def test_a_large_file_is_judged_by_several_processes_in_its_own_order(run: Run, tmp_path: Path) -> None:
    lines = [json.dumps({**GOOD, "sku": f"K-{number}", "description": "x" * 2_000}) for number in range(4_500)]
    lines[4_200] = json.dumps({**BAD, "sku": "K-bad"})
    lines[4_300] = "{broken"
    name = written(tmp_path, "r.ndjson", "\n".join(lines))

    alone = run("validate", "--channel", "woocommerce", name, "--json", "--jobs", "1")
    together = run("validate", "--channel", "woocommerce", name, "--json", "--jobs", "2")

    assert alone.code == together.code == 1
    assert together.out == alone.out
    assert [line["record"] for line in together.lines if line["severity"] == "error"] == ["K-bad", "line 4301"]


def test_messages_come_in_the_language_asked_for(run: Run) -> None:
    outcome = run("validate", "--channel", "prestashop", "-", "--json", "--language", "fr", text=json.dumps(GOOD))

    assert outcome.lines
    assert any("é" in line["message"] for line in outcome.lines)


def test_an_array_that_begins_after_blank_lines_is_read_from_its_beginning(run: Run) -> None:
    outcome = run("validate", "--channel", "woocommerce", "-", "--json", text=f"\n\n[{json.dumps(BAD)},\n1]")

    records = [line["record"] for line in outcome.lines if line["severity"] == "error"]
    assert records == ["K-2", "item 2"]
