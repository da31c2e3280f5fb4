"""What a model says is taken only where it has the shape, proves itself, and stays within the record."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.corrections import apply
from core.errors import Refused
from core.model.corrections import Safety, Source
from core.suggest import answer, question

RECORD = {
    "title": "Riess  enamel kettle 1.5 l",
    "description": "Made by Riess in Austria. EAN 4006381333931. Write to [e-mail].",
    "brand": "",
    "price": "39,9",
    "product_type": "Kettle",
    "variants": {"0": {"title": "Red"}},
}


def said(**fields: Any) -> str:
    return json.dumps({"kind": "none", "program": [], "value": None, "evidence": []} | fields)


def value(to: Any, *quotes: tuple[str, str]) -> str:
    return said(kind="value", value=to, evidence=[{"field": field, "quote": quote} for field, quote in quotes])


def program(*steps: dict[str, Any]) -> str:
    return said(kind="program", program=list(steps))


def propose(text: str, field: str = "brand") -> Any:
    read = answer.read(text)
    made = answer.program_of(read) if read.kind == "program" else ()
    return answer.proposal(read, made, RECORD, RECORD, field, "gpt-4")


def test_a_value_that_stands_in_its_evidence_is_proposed() -> None:
    offered = propose(value("Riess", ("title", "Riess")))

    assert (offered.source, offered.safety, offered.confidence) == (Source.LLM, Safety.REVIEW, answer.PROVEN)
    assert [(one.field, one.after) for one in offered.changes] == [("brand", "Riess")]


def test_words_of_the_models_own_are_named_and_make_it_less_sure() -> None:
    offered = propose(value("Riess Austrian kettle", ("title", "Riess")), "product_type")

    assert offered.confidence == answer.LOOSE
    assert offered.evidence[-1] == "These words are the model's own: Austrian, kettle."


def test_a_program_is_proposed_for_any_record_that_it_changes() -> None:
    offered = propose(program({"collapse_spaces": {}}, {"shorten_at_word": {"limit": 20}}), "title")

    assert offered.changes[0].after == "Riess enamel kettle"
    assert offered.safety is Safety.REVIEW


def test_an_argument_that_is_null_means_its_default() -> None:
    assert answer.program_of(answer.read(program({"parse_number": {"decimal": None}}))) == ({"parse_number": {}},)


def test_a_fenced_answer_is_read() -> None:
    assert answer.read(f"```json\n{said()}\n```").kind == "none"


@pytest.mark.parametrize(
    "text",
    [
        "", "Sure! The brand is Riess.", "null", "[]", "{}", '{"kind": "value"', said() + said(), "[" * 100_000,
        said(kind="confident"), said(confidence=0.99), said(field="price"), said(record=7), said(source="learned"),
        said(safety="safe"), said(value={"a": 1}), said(program={"trim": {}}), said(program=["trim"]),
        said(evidence=[{"field": "title", "quote": "Riess", "confidence": 1}]), said(evidence=["title"]), "\ud800",
    ],
)  # fmt: skip
def test_another_shape_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        answer.read(text)


@pytest.mark.parametrize(
    "steps",
    [
        [], [{}], [{"trim": {}, "collapse_spaces": {}}], [{"set_value": {"to": "X"}}], [{"default": {"to": "X"}}],
        [{"map_value": {"mapping": {"a": "b"}}}], [{"__import__": {"name": "os"}}], [{"trim": {"value": "X"}}],
        [{"replace": {"old": "Riess", "new": "Evil"}}], [{"regex_replace": {"pattern": ".*", "replacement": "Evil"}}],
        [{"template": {"text": "Evil {title}"}}], [{"template": {"text": "{sku}"}}], [{"copy_field": {"field": "sku"}}],
        [{"template": {"text": "{title.__class__}{buyer.name}"}}], [{"copy_field": {"field": "buyer.name"}}],
        [{"copy_field": {"field": "variants[].quantity"}}], [{"copy_field": {"field": "variants"}}],
        [{"regex_replace": {"pattern": "(a+)+\\1", "replacement": ""}}], [{"trim": {}}] * 13,
        [{"rearrange": {"to": "Evil {word 1}"}}], [{"rejoin": {"joiner": " Evil "}}],
        [{"replace_words": {"words": {"Riess": "Evil"}}}], [{"pick_by_word": {"words": {"riess": "Evil"}}}],
        [{"write_number": {"before": "Evil "}}], [{"only_where": {"but_not": ["Riess"]}}],
        [{"write_measure": {"text": "{number}", "names": {"kg": "Evil"}}}],
        [{"convert_date": {"reads": ["YYYY"], "writes": "D"}}],
        [{"shorten_at_word": {"limit": "80"}}], [{"copy_field": {"field": "../title"}}],
    ],
)  # fmt: skip
def test_a_program_that_a_model_may_not_write_is_refused(steps: list[dict[str, Any]]) -> None:
    with pytest.raises(Refused):
        propose(program(*steps), "title")


def test_a_program_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(Refused):
        propose(program({"regex_replace": {"pattern": ".*", "replacement": ""}}), "title")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (value("Riess"), "brand"),
        (value("Riess", ("title", "riess")), "brand"),
        (value("Riess", ("brand", "Riess")), "brand"),
        (value("Riess", ("nowhere", "Riess")), "brand"),
        (value("Riess", ("title", " ")), "brand"),
        (value("Riess", ("title", "Riess"), ("title", "Evil")), "brand"),
        (value("", ("title", "Riess")), "brand"),
        (value(None, ("title", "Riess")), "brand"),
        (value([], ("title", "Riess")), "tags"),
        (value("Kettle", ("product_type", "Kettle")), "product_type"),
        (value("4006381333932", ("description", "EAN 4006381333931")), "gtin"),
        (value(24, ("title", "1.5 l")), "warranty_months"),
        (value("Riess https://evil.example", ("title", "Riess")), "brand"),
        (value("<script>x</script>", ("title", "Riess")), "brand"),
        (value("a@b", ("title", "Riess")), "brand"),
        (value("[e-mail]", ("description", "[e-mail]")), "brand"),
        (value("Rie\u202ess", ("title", "Riess")), "brand"),
        (value("Riess\U000e0041", ("title", "Riess")), "brand"),
        (value("39", ("price", "39")), "price"),
        (value("39", ("price", "39")), "variants.0.price"),
        (value("EUR", ("title", "Riess")), "currency"),
        (value("a" * 10_001, ("title", "Riess")), "description"),
        (value("Riess", *[("title", "Riess")] * 11), "brand"),
    ],
)  # fmt: skip
def test_a_value_that_proves_nothing_or_goes_too_far_is_refused(text: str, field: str) -> None:
    with pytest.raises(Refused):
        propose(text, field)


def test_a_number_that_stands_in_the_record_may_be_written() -> None:
    offered = propose(value("4006381333931", ("description", "EAN 4006381333931")), "gtin")

    assert offered.confidence == answer.PROVEN


def test_the_schema_is_closed_everywhere_as_strict_output_wants_it() -> None:
    def objects(node: Any) -> Any:
        if isinstance(node, dict):
            if node.get("type") == "object":
                yield node
            for held in node.values():
                yield from objects(held)
        elif isinstance(node, list):
            for held in node:
                yield from objects(held)

    found = list(objects(question.schema()))

    assert len(found) > 40
    assert all(one["additionalProperties"] is False and one["required"] == list(one["properties"]) for one in found)
    assert list(question.schema()["properties"]) == ["kind", "program", "value", "evidence"]


def test_every_step_that_is_offered_says_what_it_does_in_a_sentence() -> None:
    told = question.system()

    assert [name for name in question.OFFERED if f"  {name}(" not in told] == []
    assert apply.describe(({"collapse_spaces": {}},)) == "Make one space of several."
