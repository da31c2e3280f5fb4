"""`marketwright validate --across`: the records of a file compared with each other, in bounded memory."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config.cli.validate import together
from config.packaged import RULEPACKS
from core.model.records import RecordKind
from core.rules import Library
from core.store.keyfile import KeyFile
from marketwright.testing import catalogue

Run = Callable[..., Any]
GOOD = {"title": "Enamel kettle", "price": "24.90", "currency": "EUR", "status": "publish"}
RECORDS = [
    {**GOOD, "sku": "K-1", "external_id": "1"},
    {**GOOD, "sku": " k-1", "external_id": "2", "title": "Enamel pot"},
    {**GOOD, "sku": "K-3", "external_id": "3", "title": "Lid", "attributes": {"parent_sku": "K-9"}},
]


def test_records_are_compared_with_each_other_when_asked(run: Run, tmp_path: Path) -> None:
    for name, text in (("r.json", json.dumps(RECORDS)), ("r.ndjson", "\n".join(map(json.dumps, RECORDS)))):
        (tmp_path / name).write_text(text, encoding="utf-8")

        alone = run("validate", "--channel", "woocommerce", name, "--json")
        together = run("validate", "--channel", "woocommerce", "--across", name, "--json")

        added = together.lines[len(alone.lines) :]
        assert together.lines[: len(alone.lines)] == alone.lines
        assert [(line["rule"], line["record"], line["message"]) for line in added] == [
            ("sku.duplicate", "K-1", "The SKU “K-1” is also that of another product: 2."),
            ("sku.duplicate", " k-1", "The SKU “ k-1” is also that of another product: 1."),
            ("variant.orphan", "K-3", "No product has the SKU “K-9”, which is named as this variant's parent."),
        ]
        assert together.code == 1


def test_a_table_counts_what_is_found_between_records(run: Run) -> None:
    outcome = run("validate", "--channel", "common", "--across", "--language", "fr", "-", text=json.dumps(RECORDS))

    assert "3 records, 3 errors" in outcome.out
    assert "aussi celui d'un autre" in " ".join(outcome.out.split())


def test_comparing_a_large_file_takes_bounded_memory(tmp_path: Path) -> None:
    size = 8_000
    with (tmp_path / "r.ndjson").open("w", encoding="utf-8") as file:
        for number in range(size):
            file.write(json.dumps({"sku": f"K-{number // 2 if number < 20 else number}", "title": "T" * 200}) + "\n")
    pack, rules = Library.open([RULEPACKS]).pack("common"), Counter[str]()
    tracemalloc.start()

    with (tmp_path / "r.ndjson").open("rb") as stream:
        for judged in together(stream, b"", "r.ndjson", pack, RecordKind.PRODUCT, None):
            rules.update(json.loads(line)["rule"] for line in judged.issues.splitlines())

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (rules["sku.duplicate"], rules["title.duplicate"]) == (20, size)
    assert peak < 8_000_000


def test_a_file_is_compared_as_its_records_are_in_memory(tmp_path: Path) -> None:
    pack, products = Library.open([RULEPACKS]).pack("common"), [product.record for product in catalogue(1, 300)]
    products += [{"sku": 7}, {"sku": "\ud800"}, {"sku": "7", "variants": [{"gtin": products[0]["gtin"]}]}, {"title": 3}]
    expected = Counter(
        (violation.rule, violation.field, violation.message)
        for several in pack.across.together([(RecordKind.PRODUCT, record) for record in products])
        for violation in several
    )

    with KeyFile(tmp_path / "keys", pack.across, RecordKind.PRODUCT) as keys:
        for place, record in enumerate(products):
            keys.add(place, record, str(place))
        found = Counter((it.rule, it.field, it.message) for _, it in keys.violations())

    assert found == expected
    assert len(found) >= 6
