"""Where an issue belongs follows from its natural signature, its facts and what people grouped."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from core.knowledge.grouping import (
    By,
    Condition,
    Facts,
    Grouping,
    How,
    Kind,
    Placed,
    by_source,
    facts_of,
    leads_back,
    meets,
    part_of,
    place,
    reached,
    spoken,
)
from core.knowledge.signature import PART, Signature
from core.model.records import RecordKind

SPACES = Signature(channel="ebay", rule="title.spaces", field="title", shape="double_spaces")
EDGES = msgspec.structs.replace(SPACES, shape="edge_spaces")
BRAND = Signature(channel="ebay", rule="brand.known", field="brand", shape="text", context={"category": "Kitchen"})
KETTLE: Facts = {By.CATEGORY: "Kitchen > Kettles", By.LOCALE: "fr_FR", By.CONNECTION: "7", By.VALUE: "Enamel  kettle"}


def split(number: int, source: Signature, by: By, value: str | None, how: How = How.IS) -> Grouping:
    condition = Condition(by=by, how=how, value=value)
    return Grouping(id=number, kind=Kind.SPLIT, source_hash=source.hash(), condition=condition)


def merge(number: int, source: Signature, target: Signature) -> Grouping:
    return Grouping(id=number, kind=Kind.MERGE, source_hash=source.hash(), target=target, title="Spaces")


def placed(natural: Signature, *groupings: Grouping, facts: Facts = KETTLE) -> Placed:
    return place(by_source(groupings), natural, lambda: facts)


def named(name: str, whole: Signature = SPACES) -> Signature:
    return msgspec.structs.replace(whole, context={**whole.context, PART: name})


def test_without_a_grouping_an_issue_stays_where_it_is_by_nature() -> None:
    assert placed(SPACES) == Placed(signature=SPACES)
    assert placed(SPACES, merge(1, EDGES, BRAND)) == Placed(signature=SPACES)


def test_a_merge_leads_to_its_target_and_remembers_where_from() -> None:
    found = placed(EDGES, merge(1, EDGES, SPACES))

    assert found == Placed(signature=SPACES, natural_hash=EDGES.hash(), title="Spaces")


@pytest.mark.parametrize(
    ("by", "how", "value", "part"),
    [
        (By.CATEGORY, How.IS, "kitchen", "category is kitchen"),
        (By.CATEGORY, How.IS, "Kitchen/Kettles", "category is Kitchen/Kettles"),
        (By.CATEGORY, How.IS, "Kit", None),  # a level is whole
        (By.CATEGORY, How.STARTS, "Kit", "category starts Kit"),
        (By.LOCALE, How.IS, "fr-fr", "locale is fr-fr"),
        (By.LOCALE, How.IS, "fr", None),
        (By.CONNECTION, How.IS, "7", "connection is 7"),
        (By.CONNECTION, How.IS, "77", None),
        (By.VALUE, How.CONTAINS, "KETTLE", "value contains KETTLE"),
        (By.BRAND, How.IS, "Alder", None),  # unknown stays
        (By.CATEGORY, How.IS, None, "category is Kitchen"),
    ],
)
def test_a_split_takes_what_meets_its_condition(by: By, how: How, value: str | None, part: str | None) -> None:
    found = placed(SPACES, split(3, SPACES, by, value, how))

    assert found.signature == (SPACES if part is None else named(part))
    assert found.split_by == (None if part is None else 3)


def test_each_category_by_itself_goes_one_level_deeper_than_the_signature() -> None:
    found = placed(BRAND, split(1, BRAND, By.CATEGORY, None))

    assert found.signature == named("category is Kitchen > Kettles", BRAND)


def test_of_several_splits_the_oldest_goes_first_and_a_part_may_be_split_again() -> None:
    french, kitchen = split(2, SPACES, By.LOCALE, "fr_FR"), split(5, SPACES, By.CATEGORY, "Kitchen")
    inner = split(9, named("locale is fr_FR"), By.CATEGORY, "Kitchen")

    assert placed(SPACES, kitchen, french).signature == named("locale is fr_FR")
    assert placed(SPACES, kitchen, french, inner).signature == named("locale is fr_FR; category is Kitchen")


def test_what_is_merged_is_split_as_the_target_is() -> None:
    found = placed(EDGES, merge(1, EDGES, SPACES), split(2, SPACES, By.CATEGORY, "Kitchen"))

    assert found.signature == named("category is Kitchen")
    assert found.natural_hash == EDGES.hash()


def test_the_order_in_which_groupings_are_given_does_not_matter() -> None:
    several = [merge(1, EDGES, SPACES), split(2, SPACES, By.LOCALE, "fr_FR"), split(3, SPACES, By.CATEGORY, "Kitchen")]

    found = {placed(EDGES, *order).signature.hash() for order in itertools.permutations(several)}

    assert found == {named("locale is fr_FR").hash()}


def test_a_circle_ends_all_the_same() -> None:
    back = merge(2, named("category is Kitchen"), SPACES)

    found = placed(SPACES, split(1, SPACES, By.CATEGORY, "Kitchen"), back)

    assert found.signature == named("category is Kitchen")


def test_a_way_back_is_found_before_it_closes() -> None:
    edges = {"a": {"b"}, "b": {"c", "d"}}

    assert leads_back(edges, "a", "a")
    assert leads_back(edges, "d", "a")
    assert not leads_back(edges, "a", "d")
    assert reached(edges, ["b"]) == {"b", "c", "d"}


def test_facts_are_asked_for_only_where_they_matter() -> None:
    def never() -> Facts:
        raise AssertionError

    assert place(by_source([merge(1, EDGES, SPACES)]), SPACES, never).signature == SPACES


def test_of_an_order_nothing_that_people_wrote_is_a_fact() -> None:
    order = {"locale": "fr", "brand": "Alder", "buyer": {"name": "Ada"}}

    found = facts_of(RecordKind.ORDER, 7, "text", "Ada Lovelace", order)

    assert found == {By.CONNECTION: "7", By.SHAPE: "text"}


def test_facts_of_a_product_are_texts_of_a_bounded_length() -> None:
    record = {"category": " Kitchen ", "locale": "", "brand": ["Alder"], "product_type": "x" * 999}

    found = facts_of(RecordKind.PRODUCT, 7, "integer", 12, record)

    assert found[By.CATEGORY] == "Kitchen"
    assert found[By.VALUE] == "12"
    assert By.LOCALE not in found
    assert By.BRAND not in found
    assert len(found[By.PRODUCT_TYPE]) == 200


def test_a_condition_is_spoken_as_its_part_is_named() -> None:
    assert spoken(Condition(by=By.PRODUCT_TYPE, value="Lamp")) == "product type is Lamp"
    assert spoken(Condition(by=By.LOCALE)) == "each locale by itself"
    assert part_of(SPACES, "locale is fr").context == {PART: "locale is fr"}
    assert meets(Condition(by=By.VALUE, how=How.STARTS, value="en"), "Enamel")
