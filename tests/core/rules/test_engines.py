"""The compiled functions find what the checks find, asked one by one: on plain data, on structs, from JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.corrections import paths
from core.corrections.arguments import parameters
from core.model.records import FIELDS, RecordKind
from core.rules import pack as packs
from core.rules.checks import CHECKS
from core.rules.compile import compile_rules
from core.rules.evaluate import compile_pack
from core.rules.pack import Condition, Rule
from core.rules.parse import parse
from marketwright.testing import catalogue

PRODUCT = RecordKind.PRODUCT
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.integers(10**18, 10**21), st.integers(10**29, 10**31),
    st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8),
    st.sampled_from(
        ["10", "10.50", "11,95", "0.00", "-3", "", " ", " x ", "x  y", "<b>x</b>", "EUR", "eur", "4006381333931", "kg",
         "2026-11-01", "https://a.example/b.jpg", "http://a.example", "active", "draft", "AT", "1010", "ß", "²"]
    ),
)  # fmt: skip
KEYS = [
    "name",
    "url",
    "value",
    "unit",
    "sku",
    "gtin",
    "price",
    "quantity",
    "options",
    "country",
    "postal_code",
    "width",
]
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)),
    max_leaves=8,
)
RECORDS = st.sampled_from(list(RecordKind)).flatmap(
    lambda kind: st.tuples(st.just(kind), st.dictionaries(st.sampled_from(FIELDS[kind]), JSON, max_size=14))
)


def asked_one_by_one(rules: tuple[Rule, ...], kind: RecordKind, record: Any) -> set[tuple[str, str]]:
    return {
        (rule.id, path)
        for rule in rules
        if rule.kind is kind
        for path in places(record, paths.parse(rule.field))
        if (rule.when is None or met(rule.when, record, path)) and fails(rule.test, record, path)
    }


def places(record: Any, parts: Any, so_far: str = "") -> Iterator[str]:
    if not parts:
        yield so_far
        return
    (name, each), *rest = parts
    here = f"{so_far}.{name}" if so_far else name
    if not each:
        yield from places(record, rest, here)
        return
    held = paths.get(record, here)
    for index in range(len(held) if isinstance(held, list) else 0):
        yield from places(record, rest, f"{here}.{index}")


def fails(test: packs.Test, record: Any, path: str) -> bool:
    check = CHECKS[test.check]
    value = paths.get(record, paths.bind(test.field, path))
    if value in (None, "") and isinstance(value, str | None) and not check.judges_missing:
        return False
    given_arguments = dict(test.arguments)
    for parameter in parameters(check.function):
        if parameter.is_field and given_arguments[parameter.name] is not None:
            other = paths.bind(given_arguments[parameter.name], path)
            given_arguments[parameter.name] = paths.get(record, other)
    return not check.function(value, **given_arguments)


def met(condition: Condition, record: Any, path: str) -> bool:
    if isinstance(condition, packs.Test):
        value = paths.get(record, paths.bind(condition.field, path))
        is_missing = value is None or value == ""
        return not fails(condition, record, path) and (CHECKS[condition.check].judges_missing or not is_missing)
    parts = [met(part, record, path) for part in condition.parts]
    return {"all": all(parts), "any": any(parts), "not": not parts[0]}[condition.joined]


def by_plain_data(pack: Any, kind: RecordKind, record: Any) -> set[tuple[str, str]]:
    found: list[Any] = []
    compile_rules(pack.alone, kind)(record, found.append)
    return {(pack.alone[place].id, path) for place, path, _, _ in found}


def names(violations: list[Any]) -> set[tuple[str, str]]:
    return {(one.rule, one.field) for one in violations}


@settings(max_examples=150, derandomize=True, deadline=None)
@given(RECORDS)
def test_every_way_of_judging_finds_what_the_checks_find_one_by_one(library, kind_and_record):
    kind, record = kind_and_record
    data = msgspec.json.encode(record)

    for channel in library.channels():
        pack = library.pack(channel).latest
        expected = asked_one_by_one(pack.alone, kind, record)
        as_decoded = asked_one_by_one(pack.alone, kind, msgspec.json.decode(data))

        assert names(pack.evaluate(kind, record)) == expected
        assert names(pack.evaluate_json(kind, data)) == as_decoded


@settings(max_examples=30, derandomize=True, deadline=None)
@given(RECORDS)
def test_plain_data_is_judged_as_structs_are(library, kind_and_record):
    kind, record = kind_and_record
    pack = library.pack("shopify").latest

    assert by_plain_data(pack, kind, record) == names(pack.evaluate(kind, record))


FIELDS_OF_ALL_KINDS = [
    "title", "price", "quantity", "gtin", "images", "images[]", "images[].url", "images[].width", "variants",
    "variants[].sku", "variants[].price", "variants[].options", "tags", "tags[]", "weight", "weight.value",
    "attributes.x", "attributes.x[].y", "options[].values", "policies.return", "bullets[]", "shipping.countries",
]  # fmt: skip


@st.composite
def packs_of_anything(draw):
    fields = draw(st.lists(st.sampled_from(FIELDS_OF_ALL_KINDS), min_size=1, max_size=6))
    rules = ["rulepack: demo\nversion: 2026.11\nrules:\n"]
    for number, field in enumerate(fields):
        name = draw(st.sampled_from(sorted(CHECKS)))
        when = draw(st.sampled_from(["", "{field: status, one_of: [active]}", f"{{field: '{field}', required: true}}"]))
        rules.append(
            f"  - {{id: r{number}, title: A, kind: product, category: format_validation, severity: error,\n"
            f"     field: '{field}', check: {{{name}: ARGUMENTS_OF_{name}}}, message: '{{actual}} {{value}}',\n"
            f"     source: t, {f'when: {when}, ' if when else ''}cases: [{{fail: {{}}}}]}}\n"
        )
    return "".join(rules)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(text=packs_of_anything(), record=st.dictionaries(st.sampled_from(FIELDS[PRODUCT]), JSON, max_size=14))
def test_any_pack_judges_any_record_as_its_checks_do_and_never_raises(check_arguments, text, record):
    for name in CHECKS:
        written = msgspec.json.encode(check_arguments.get(name) or True).decode()
        text = text.replace(f"ARGUMENTS_OF_{name}}}", f"{written}}}")
    pack = compile_pack(parse(text, "demo.yaml"))
    data = msgspec.json.encode(record)

    violations = pack.evaluate(PRODUCT, record)

    assert names(violations) == asked_one_by_one(pack.rules, PRODUCT, record) == by_plain_data(pack, PRODUCT, record)
    assert all(isinstance(one.message, str) for one in violations)
    assert names(pack.evaluate_json(PRODUCT, data)) == asked_one_by_one(pack.rules, PRODUCT, msgspec.json.decode(data))


def test_a_catalogue_is_judged_alike_from_json_and_from_plain_data(library):
    for channel in library.channels():
        pack = library.pack(channel).latest
        for product in catalogue(3, 120):
            record = msgspec.json.decode(msgspec.json.encode(product.record))
            expected = asked_one_by_one(pack.alone, PRODUCT, record)

            assert names(pack.evaluate(PRODUCT, record)) == expected
            assert pack.evaluate_json(PRODUCT, msgspec.json.encode(record)) == pack.evaluate(PRODUCT, record)


def test_values_are_told_as_they_stand_in_the_record(one_rule):
    pack = one_rule("variants", "{unique_within: {key: sku}}")
    record = {"variants": [{"sku": "A", "more": 1}, {"sku": "A"}]}

    assert pack.evaluate(PRODUCT, record)[0].actual == record["variants"]
    assert pack.evaluate_json(PRODUCT, msgspec.json.encode(record))[0].actual == record["variants"]


def test_a_list_whose_items_are_judged_as_a_whole_is_searched_by_key_too():
    text = """rulepack: demo
version: 2026.11
rules:
  - {id: a, title: A, kind: product, category: format_validation, severity: error, field: images, message: n,
     source: t, check: {unique_within: {key: url}}, cases: [{fail: {}}]}
  - {id: b, title: B, kind: product, category: format_validation, severity: error, field: "images[]", message: n,
     source: t, check: {longest_side: {minimum: 500}}, cases: [{fail: {}}]}
"""
    pack = compile_pack(parse(text, "demo.yaml"))
    image = {"url": "https://a.example/a.jpg", "width": 100, "height": 100}

    found = names(pack.evaluate(PRODUCT, {"images": [image, image]}))

    assert found == {("a", "images"), ("b", "images.0"), ("b", "images.1")}


@pytest.mark.parametrize("data", [b"[1, 2]", b'"text"', b"null", b"3"])
def test_json_that_is_no_object_has_no_violations(library, data):
    assert library.pack("common").evaluate_json(PRODUCT, data) == []


def test_what_is_no_json_is_refused(library):
    with pytest.raises(msgspec.DecodeError):
        library.pack("common").evaluate_json(PRODUCT, b'{"title": ')


def test_a_sound_amount_is_remembered_and_an_unsound_one_is_not(one_rule):
    pack = one_rule("price", "number")

    verdicts = [bool(pack.evaluate(PRODUCT, {"price": price})) for price in ("10", "1,5", "10", "1,5", "")]

    assert verdicts == [False, True, False, True, False]
