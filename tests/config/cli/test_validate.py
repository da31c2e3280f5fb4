"""`marketwright validate`: issues of a file, a line each, without a database."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.cli.validate import key_file, lines_of, pack_of
from core.model.records import RecordKind
from marketwright.testing import catalogue

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

    assert {"record": "K-2", "rule": "price.required"}.items() <= outcome.lines[-1].items() or any(
        line["record"] == "K-2" for line in outcome.lines
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--channel", "nowhere", "-"), "There is no rulepack nowhere; there are common"),
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


def test_records_are_compared_with_each_other_when_asked(run: Run, tmp_path: Path) -> None:
    records = [
        {**GOOD, "title": "Enamel kettle", "external_id": "1"},
        {**GOOD, "title": "Enamel pot", "external_id": "2", "sku": " k-1"},
        {**GOOD, "title": "Lid", "external_id": "3", "sku": "K-3", "attributes": {"parent_sku": "K-9"}},
    ]
    name = written(tmp_path, "r.json", json.dumps(records))

    alone = run("validate", "--channel", "woocommerce", name, "--json")
    together = run("validate", "--channel", "woocommerce", "--across", name, "--json")

    added = together.lines[len(alone.lines) :]
    assert together.lines[: len(alone.lines)] == alone.lines
    assert [(line["rule"], line["record"], line["message"]) for line in added] == [
        ("sku.duplicate", "K-1", "The SKU “K-1” is also that of another product: 2."),
        ("sku.duplicate", " k-1", "The SKU “ k-1” is also that of another product: 1."),
        ("variant.orphan", "K-3", "No product has the SKU “K-9”, which is named as this variant's parent."),
    ]
    assert (alone.code, together.code) == (0, 1)


def test_comparing_a_large_file_takes_bounded_memory(run: Run, tmp_path: Path) -> None:
    size = 8_000
    with (tmp_path / "r.ndjson").open("w", encoding="utf-8") as file:
        for number in range(size):
            file.write(json.dumps({"sku": f"K-{number // 2 if number < 20 else number}", "title": "T" * 200}) + "\n")
    pack, counts = pack_of("common"), Counter[str]()
    tracemalloc.start()

    with (tmp_path / "r.ndjson").open() as stream, key_file(pack, RecordKind.PRODUCT, wanted=True) as keys:
        rules = Counter(
            line["rule"] for line in lines_of(stream, "r.ndjson", pack, RecordKind.PRODUCT, None, counts, keys)
        )

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (rules["sku.duplicate"], rules["title.duplicate"]) == (20, size)
    assert peak < 6_000_000


def test_a_file_is_compared_as_its_records_are_in_memory(tmp_path: Path) -> None:
    pack, products = pack_of("common"), [product.record for product in catalogue(1, 300)]
    products += [{"sku": 7}, {"sku": "\ud800"}, {"sku": "7", "variants": [{"gtin": products[0]["gtin"]}]}, {"title": 3}]
    expected = Counter(
        (violation.rule, violation.field, violation.message)
        for several in pack.across.together([(RecordKind.PRODUCT, record) for record in products])
        for violation in several
    )

    with key_file(pack, RecordKind.PRODUCT, wanted=True) as keys:
        assert keys is not None
        for place, record in enumerate(products):
            keys.add(place, record, str(place))
        found = Counter((it.rule, it.field, it.message) for _, it in keys.violations())

    assert found == expected
    assert len(found) >= 6
