"""Programs carried out, undone, described, checked and named."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.corrections import apply
from core.errors import NotFound, Refused
from core.model.corrections import Change

LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
)
RECORDS = st.dictionaries(st.sampled_from(["title", "variants", "a"]), VALUES, max_size=3)


def _without_none(value):
    if isinstance(value, dict):
        return {key: _without_none(held) for key, held in value.items() if held is not None}
    return [_without_none(item) for item in value] if isinstance(value, list) else value


def test_a_change_of_an_item_is_made_and_undone_and_the_record_is_not_touched():
    record = {"variants": [{"gtin": "1"}, {"gtin": "40-06381333931"}]}

    changes = apply.run(({"normalise_gtin": {}},), record, "variants.1.gtin")
    after = apply.patch(record, changes)

    assert after == {"variants": [{"gtin": "1"}, {"gtin": "4006381333931"}]}
    assert apply.patch(after, apply.revert(changes)) == record
    assert record["variants"][1]["gtin"] == "40-06381333931"


def test_what_is_missing_on_the_way_is_created_and_removed_again():
    change = Change(field="weight.value", before=None, after="1")

    assert apply.patch({}, [change]) == {"weight": {"value": "1"}}
    assert apply.patch({"weight": {"value": "1"}}, apply.revert([change])) == {"weight": {}}
    assert apply.patch({}, [Change(field="images.0.url", before=None, after="x")]) == {"images": [{"url": "x"}]}


@pytest.mark.parametrize("field", ["variants.2.sku", "variants.x", "title.a"])
def test_a_place_that_the_record_does_not_have_is_not_found(field):
    with pytest.raises(NotFound):
        apply.patch({"title": "a", "variants": [{}]}, [Change(field=field, before=None, after=1)])


def test_several_items_are_removed_without_shifting_each_other():
    changes = [Change(field=f"tags.{place}", before="x", after=None) for place in (0, 2)]

    assert apply.patch({"tags": ["a", "b", "c"]}, changes) == {"tags": ["b"]}


@settings(derandomize=True, deadline=None)
@given(before=RECORDS, after=RECORDS)
def test_a_difference_turns_one_record_into_the_other(before, after):
    changes = apply.diff(before, after)

    assert apply.same(_without_none(apply.patch(before, changes)), _without_none(after)) or any(
        None in _items(value) for value in (before, after)
    )


def _items(value):
    if isinstance(value, dict):
        return [found for held in value.values() for found in _items(held)]
    if isinstance(value, list):
        return [found for item in value for found in (*_items(item), item) if found is None or item is None]
    return []


def test_a_difference_names_the_fields_by_their_paths():
    before = {"title": "a", "variants": [{"sku": "1", "price": "1"}], "tags": ["x"], "attributes": {"a.b": 1}}
    after = {"title": "a", "variants": [{"sku": "1", "price": "2"}], "tags": ["x", "y"], "attributes": {"a.b": 2}}

    assert [change.field for change in apply.diff(before, after)] == ["attributes", "tags", "variants.0.price"]


def test_a_step_reads_the_fields_of_its_own_item():
    record = {"variants": [{"sku": "A"}, {"sku": "B", "mpn": ""}]}

    assert apply.run(({"copy_field": {"field": "variants[].sku"}},), record, "variants.1.mpn")[0].after == "B"
    assert apply.run(({"copy_field": {"field": "variants[].sku"}},), record, "mpn") == ()


def test_a_program_is_one_readable_sentence():
    program = apply.normalise(["trim", {"shorten_at_word": 80}, {"map_value": {"mapping": {"KG": "kg"}}}])

    assert apply.describe(program) == (
        "Remove spaces at both ends, then cut after the last whole word within 80 characters,"
        " then look the value up in a table: “KG” → “kg”."
    )
    assert apply.describe(({"a_step_of_tomorrow": {}},)) == "A step of tomorrow."
    assert apply.describe(()) == "Change nothing."


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ([{"explode": {}}], "no step 'explode'"),
        ([{"trim": {"hard": True}}], "unknown argument 'hard'"),
        ([{"shorten_at_word": {}}], "argument 'limit' is missing"),
        ([{"change_case": {"to": "camel"}}], "one of upper, lower, title, sentence is wanted"),
        ([{"regex_replace": {"pattern": "(", "replacement": ""}}], "not a regular expression"),
        ([{"regex_replace": {"pattern": "a", "replacement": "\\1"}}], "names group 1"),
        ([{"trim": {}, "strip_html": {}}], "one name with its arguments"),
        ([{"trim": {}}] * 13, "at most 12 steps"),
        ("trim", "a list of at most"),
    ],
)
def test_a_program_that_cannot_run_is_refused_with_the_reason(program, reason):
    with pytest.raises(Refused, match=reason):
        apply.check(program)


def test_programs_that_do_the_same_have_the_same_name():
    name = apply.program_hash

    assert name(({"decimal_places": {}},)) == name(({"decimal_places": {"places": 2}},))
    assert name(({"decimal_places": {"places": 3}},)) != name(({"decimal_places": {"places": 2}},))
    assert name(({"trim": {}}, {"collapse_spaces": {}})) != name(({"collapse_spaces": {}}, {"trim": {}}))
    assert name(({"of_tomorrow": {"b": 1, "a": 2}},)) == name(({"of_tomorrow": {"a": 2, "b": 1}},))
    assert len(name(())) == 64
