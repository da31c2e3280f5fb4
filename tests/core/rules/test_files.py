"""Files of records, whole and broken."""

from __future__ import annotations

import io

import pytest

from core.errors import Malformed
from core.model.records import RecordKind
from core.rules.files import issue_line, read_records, reference


def entries(text, **options):
    return [
        (place, found.where if isinstance(found, Malformed) else found)
        for place, found in read_records(io.StringIO(text), **options)
    ]


def test_a_broken_line_of_ndjson_is_named_and_the_rest_goes_on():
    text = '{"sku": "A"}\n{"sku": \n\n[1]\n{"sku": NaN}\n{"sku": "B"}\n'

    assert entries(text) == [
        (1, {"sku": "A"}), (2, "line 2"), (4, "line 4"), (5, "line 5"), (6, {"sku": "B"})
    ]  # fmt: skip


def test_a_json_array_goes_on_at_the_next_line_that_begins_an_object():
    text = '\ufeff[\n {"sku": "A"},\n {"sku": B},\n 5,\n {"sku": "C"}\n]'

    assert entries(text) == [(1, {"sku": "A"}), (2, "line 3"), (3, {"sku": "C"})]


@pytest.mark.parametrize("text", ['{"sku": "A"}', '\n{\n "sku": "A"\n}', '[{"sku": "A"}]'])
def test_json_is_one_object_or_an_array(text):
    assert entries(text) == [(1, {"sku": "A"})]


def test_one_object_a_line_is_read_so_under_any_name():
    assert entries('{"sku": "A"}\n{"sku": "B"}\n', name="catalogue.json") == [(1, {"sku": "A"}), (2, {"sku": "B"})]


def test_csv_columns_are_dotted_names():
    text = 'sku;weight.value;variants.0.sku;variants.1.sku;tags;title\nA;1.5;A-1;A-2;"[""x""]";\n'

    assert entries(text, name="catalogue.csv") == [
        (2, {"sku": "A", "weight": {"value": "1.5"}, "variants": [{"sku": "A-1"}, {"sku": "A-2"}], "tags": ["x"]})
    ]


def test_broken_rows_of_csv_are_named_and_the_rest_goes_on():
    text = 'sku,title,colour\nA,Kettle,red\nB,x,y,z\nC,"a "b" c",x\n\nD,"two\nlines",\n'

    assert entries(text) == [
        (1, "line 1"), (2, {"sku": "A", "title": "Kettle"}), (3, "line 3"), (4, "line 4"),
        (7, {"sku": "D", "title": "two\nlines"}),
    ]  # fmt: skip


def test_columns_that_contradict_each_other_are_named():
    assert entries("sku,weight,weight.value\nA,1,2\n") == [(2, "line 2")]


@pytest.mark.parametrize("text", ["", "\n\n", "[" * 5_000, '{"a":' * 5_000, "sku\n\ud800\n", '{"a": "\ud800"}'])
def test_no_text_makes_reading_raise(text):
    assert isinstance(entries(text), list)


def test_an_issue_line_has_exactly_the_documented_keys(library):
    record = {"sku": "KTL-1", "title": "Kettle", "price": "10"}
    (violation,) = [
        found
        for found in library.pack("woocommerce").evaluate(RecordKind.PRODUCT, record)
        if found.rule == "price.decimals"
    ]

    assert issue_line(reference(1, record), violation) == {
        "record": "KTL-1",
        "rule": "price.decimals",
        "category": "format_validation",
        "severity": "warning",
        "field": "price",
        "message": "The price “10” is not written with 2 decimals.",
        "fix": [{"decimal_places": {"places": 2}}],
    }


def test_a_record_is_named_by_what_it_has():
    assert reference(3, {"sku": " ", "external_id": 17}) == "17"
    assert reference(3, {"number": "#1001"}) == "#1001"
    assert reference(3, {}) == "#3"
