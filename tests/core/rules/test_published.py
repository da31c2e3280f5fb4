"""Published requirements become rules like those of a pack, or are left out with a reason; nothing raises."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.issues import Category, Severity
from core.model.records import RecordKind
from core.model.requirements import Requirement, RequirementSet
from core.rules import Library, published
from core.rules.checks import CHECKS
from core.rules.editions import MOST, Editions, make
from core.rules.evaluate import CompiledPack, with_rules
from core.rules.published import MOST_RULES, read, sound
from core.rules.reader import RULE_ID

CHECKSUM = "3f9c2d1" + "0" * 57
COMMON = Library.open([Path(__file__).resolve().parents[3] / "rulepacks"]).pack("common")


def one(check: str = "required", field: str = "title", **more: object) -> Requirement:
    return Requirement(**{"label": "Item Name", "check": check, "field": field, "source": "a platform", **more})


def of(*requirements: Requirement) -> RequirementSet:
    return RequirementSet(name="all", requirements=requirements)


def reasons(*requirements: Requirement) -> list[str]:
    return [skipped.reason for skipped in read([of(*requirements)], CHECKSUM).skipped]


def judged(pack: CompiledPack, record: dict[str, object], *requirements: Requirement) -> list[tuple[str, str]]:
    made = make(pack, read([of(*requirements)], CHECKSUM), CHECKSUM)
    found = made.evaluate(RecordKind.PRODUCT, record)
    return [(issue.rule, issue.message) for issue in found if issue.rule.startswith("requirements.")]


def test_a_requirement_judges_records_beside_the_pack(library) -> None:
    pack = library.pack("common")

    found = judged(pack, {"title": "x" * 90}, one("max_length", arguments={"limit": 80}))

    assert found == [("requirements.all.title.max_length", "Item Name has 90 characters; at most 80 are taken.")]


@pytest.mark.parametrize(
    ("record", "counts"),
    [
        ({"product_type": "LUGGAGE", "attributes": {"marketplace_id": "X1"}}, True),
        ({"product_type": "DESK", "attributes": {"marketplace_id": "X1"}}, False),
        ({"product_type": "LUGGAGE", "attributes": {"marketplace_id": "X2"}}, False),
        ({"product_type": "LUGGAGE"}, False),
    ],
)
def test_it_counts_for_its_product_type_and_marketplace_only(library, record, counts) -> None:
    asked = one(field="attributes.color", product_type="LUGGAGE", marketplace="X1")

    assert bool(judged(library.pack("common"), record, asked)) is counts


def test_it_counts_in_its_category_and_those_below(library) -> None:
    asked = one(field="attributes.color", category="Toys", when={"field": "status", "one_of": ["active"]})
    pack = library.pack("common")

    assert judged(pack, {"category": "Toys > Games", "status": "active"}, asked)
    assert not judged(pack, {"category": "Toys > Games", "status": "draft"}, asked)
    assert not judged(pack, {"category": "Garden", "status": "active"}, asked)


def test_ids_are_stable_and_of_the_grammar() -> None:
    requirements = [
        one("max_length", arguments={"limit": 80}, product_type="LUGGAGE"),
        one("max_length", arguments={"limit": 75}, product_type="DESK"),
        one(field="attributes.Größe (EU)", category="Mode > Damen"),
        one(field="attributes.Grösse (EU)", category="Mode > Damen"),
        one("pattern", arguments={"regex": "^a"}),
        one("pattern", arguments={"regex": "b$"}),
        one("pattern", arguments={"regex": "c"}, when={"field": "brand", "required": True}),
        one("items_one_of", "attributes.color", arguments={"values": ["red"]}),
        one("one_of", "attributes.color[]", arguments={"values": ["red"]}),
    ]

    rules = read([of(*requirements)], CHECKSUM).rules

    assert [rule.id for rule in rules][:2] == [
        "requirements.luggage.title.max_length",
        "requirements.desk.title.max_length",
    ]
    assert [rule.id for rule in rules][4:6] == ["requirements.all.title.pattern", "requirements.all.title.pattern_2"]
    assert len({rule.id for rule in rules}) == len(requirements)
    assert all(RULE_ID.fullmatch(rule.id) and len(rule.id) <= 120 for rule in rules)
    again = read([of(*(one for one in requirements[2:4]))], "f" * 64).rules
    assert [rule.id for rule in again] == [rule.id for rule in rules[2:4]]


def test_titles_and_messages_are_made_of_the_label() -> None:
    long = "An attribute whose name goes on for much longer than any line has room"
    requirements = [
        one(product_type="LUGGAGE"),
        one("max_bytes", "brand", arguments={"limit": 4}, label=long, product_type="LUGGAGE"),
        one("one_of", "condition", arguments={"values": ["new"]}, label="{a}\n b"),
        one("min_length", "sku", arguments={"limit": 4}, message="Only {actual}."),
    ]

    rules = read([of(*requirements)], CHECKSUM).rules

    assert [rule.title for rule in rules] == [
        "Item Name missing (LUGGAGE)",
        "An attribute whose name goes on for mu… too long",
        "(a) b not in the list",
        "Item Name too short",
    ]
    assert [rule.category for rule in rules] == [
        Category.REQUIRED_FIELD, Category.MARKETPLACE_RULE, Category.MARKETPLACE_RULE, Category.MARKETPLACE_RULE,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (one("is_nice"), "Unknown check 'is_nice'."),
        (one(field="colour"), "A product has no field colour."),
        (one(field="a..b"), "Not a field path: 'a..b'."),
        (one("max_length"), "Check max_length: argument 'limit' is missing."),
        (one("max_length", arguments={"limit": "80"}), "Check max_length: argument 'limit': a whole number is wanted."),
        (one("max_length", arguments={"limit": 0}), "Its limit leaves nothing."),
        (one("one_of", arguments={"values": []}), "Its list of values is empty."),
        (one("range", "price", arguments={"minimum": 5, "maximum": 4}), "Nothing lies between its own limits."),
        (one("item_count", "tags", arguments={"minimum": 3, "maximum": 2}), "Nothing lies between its own limits."),
        (one(message="{nothing}"), "The message names {nothing}; it may name actual, field, value."),
        (one(source=" "), "It does not say where it is published."),
        (one(when={"field": "title"}), "A condition names its field and at least one check."),
        (one(when={"all": []}), "'all' takes a list of 1 to 20 conditions."),
    ],
)
def test_what_is_no_rule_has_its_reason(asked, reason) -> None:
    assert reasons(asked) == [reason]


def test_an_expression_that_would_not_run_in_linear_time_is_left_out() -> None:
    found = reasons(one("pattern", arguments={"regex": "(?!x)y"}), one("pattern", arguments={"regex": r"(a)\1"}))

    assert all("linear time" in reason for reason in found)
    assert len(found) == 2


def test_what_the_pack_says_already_is_not_said_twice(library) -> None:
    pack = library.pack("woocommerce")
    said = [
        one("one_of", "status", arguments={"values": ["draft", "pending", "private", "publish", "future", "trash"]}),
        one("max_length", "sku", arguments={"limit": 100}, severity=Severity.WARNING),
        one("max_length", "sku", arguments={"limit": 120}, severity=Severity.WARNING),
    ]
    more = [
        one("one_of", "status", arguments={"values": ["draft"]}),
        one("max_length", "sku", arguments={"limit": 64}),
        one("max_length", "attributes.ean", arguments={"limit": 64}),
    ]

    kept = published.beside(read([of(*said, *more)], CHECKSUM).rules, pack.rules)

    assert [rule.arguments for rule in kept] == [rule.arguments for rule in read([of(*more)], CHECKSUM).rules]


def test_a_check_that_no_item_can_fail_is_no_trouble(library) -> None:
    assert judged(library.pack("common"), {"tags": ["a"]}, one("address_complete", "tags[]")) == []


def test_an_error_is_kept_where_the_pack_only_warns(library) -> None:
    pack = library.pack("common")
    warning = next(rule for rule in pack.rules if rule.severity is Severity.WARNING and rule.when is None)
    asked = one(warning.check, warning.field, arguments=warning.arguments)

    assert len(published.beside(read([of(asked)], CHECKSUM).rules, pack.rules)) == 1


def test_the_edition_tells_what_was_judged_by_and_from_which_day(library) -> None:
    pack = library.pack("common")
    later = one(field="attributes.energy_label", since=date(2027, 3, 1))
    made = with_rules(pack, read([of(one(field="mpn"), later)], CHECKSUM).rules, published.mark(CHECKSUM))

    before, after = made.on(date(2027, 2, 28)), made.on(date(2027, 3, 1))

    assert made.edition == f"{pack.name}+r3f9c2d1"
    assert before.edition == f"{pack.name}+r3f9c2d1"
    assert after.edition == f"{pack.name}+r3f9c2d1+2027-03-01"
    assert len(after.rules) == len(before.rules) + 1


def test_sizes_are_bounded() -> None:
    many = [one("equals", arguments={"to": number}) for number in range(MOST_RULES + 10)]
    fields = [one(field=f"attributes.a{number}") for number in range(MOST_RULES + 10)]

    assert len(read([of(*many)], CHECKSUM).rules) == 20
    found = read([of(*fields)], CHECKSUM)
    assert len(found.rules) == MOST_RULES
    assert found.skipped[-1].what == "the rest"
    assert len(sound(of(*fields)).requirements or ()) == published.MOST_IN_SET
    assert len(sound(of(*many)).skipped) <= published.MOST_SKIPPED


def test_the_least_recently_used_edition_goes_first(library) -> None:
    pack, editions = library.pack("common"), Editions()
    for number in range(MOST):
        editions.keep(pack, str(number), pack)
    editions.get(pack, "0")
    editions.keep(pack, "new", pack)

    assert editions.get(pack, "0") is pack
    assert editions.get(pack, "1") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
CONDITIONS = st.fixed_dictionaries({"field": st.sampled_from(["title", "price", "x"])}) | st.dictionaries(
    st.sampled_from(["all", "any", "not", "field", "one_of", "required"]), JSON, max_size=3
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    label=st.text(max_size=60), field=st.text(max_size=30) | st.sampled_from(["title", "variants[].gtin", "tags[]"]),
    check=st.sampled_from(sorted(CHECKS)) | st.text(max_size=10),
    arguments=st.dictionaries(st.sampled_from(["limit", "values", "regex", "to", "minimum", "maximum", "x"]), JSON),
    when=st.none() | CONDITIONS, message=st.none() | st.text(max_size=30), category=st.none() | st.text(max_size=20),
    record=st.dictionaries(st.sampled_from(["title", "price", "tags", "variants", "category"]), JSON),
)  # fmt: skip
def test_no_requirement_and_no_record_raises(label, field, check, arguments, when, message, category, record) -> None:
    asked = one(check, field, label=label, arguments=arguments, when=when, message=message, category=category)
    kept = sound(of(asked))

    made = make(COMMON, read([kept], CHECKSUM), CHECKSUM)

    assert isinstance(made.evaluate(RecordKind.PRODUCT, record), list)
    assert len(kept.skipped) + len(read([kept], CHECKSUM).rules) == 1
