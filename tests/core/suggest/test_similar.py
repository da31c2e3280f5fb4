"""What was learned for a similar cause is proposed at a discount, and only where it can mean the same."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.corrections import apply
from core.knowledge.signature import Signature
from core.model.corrections import Program, Safety, Source
from core.store.auto_rules import AutoRuleRow
from core.store.similar import Taught
from core.suggest.similar import MOST, nearby, propose

MINE = Signature(channel="ebay", rule="title.spaces", field="title", shape="double_spaces")
AMAZON = msgspec.structs.replace(MINE, channel="amazon")
SPACES: Program = ({"trim": {}}, {"collapse_spaces": {}})
TITLES = {"amazon": "Amazon"}
RECORD = {"title": " Enamel  kettle ", "brand": " Alder  & Finch"}


def learned(program: Program = SPACES, approvals: int = 11, rejections: int = 1, **values: Any) -> AutoRuleRow:
    """Return a learned correction."""
    fields: dict[str, Any] = {
        "auto_rule_id": "a", "pattern_id": "p", "program": program, "program_hash": apply.program_hash(program),
        "safety": Safety.SAFE, "threshold": 0.8, "success_rate": 1.0, "applications": 0, "approvals": approvals,
        "rejections": rejections, "confidence": 0.9, "is_active": True, "off_reason": None,
    }  # fmt: skip
    return AutoRuleRow(**fields | values)


def taught(signature: Signature, *rules: AutoRuleRow) -> Taught:
    """Return a pattern that has learned."""
    return Taught(pattern_id="p", merchant=1, signature=signature, title="t", rules=rules or (learned(),))


def test_a_correction_of_a_similar_cause_is_proposed_with_its_evidence() -> None:
    near = nearby(MINE, [taught(AMAZON)], TITLES)

    [one] = propose(near, (), RECORD, "title", Safety.SAFE)

    assert one.source is Source.LEARNED
    assert one.changes[0].after == "Enamel kettle"
    assert one.evidence == ("11 of 12 decisions on a similar cause (Amazon, title.spaces) approved it.",)
    assert one.confidence == pytest.approx(0.9 * 0.7)


def test_the_farther_the_less_it_is_worth() -> None:
    brand = msgspec.structs.replace(AMAZON, rule="brand.spaces", field="brand")

    [near], [far] = (nearby(MINE, [taught(other)], TITLES) for other in (AMAZON, brand))

    assert far.confidence < near.confidence < 0.9


@pytest.mark.parametrize(
    "other", [MINE, Signature(channel="amazon", rule="price.decimals", field="price", shape="integer")]
)
def test_neither_the_cause_itself_nor_one_out_of_reach_tells_anything(other: Signature) -> None:
    assert nearby(MINE, [taught(other)], TITLES) == []


def test_what_people_decided_on_here_is_not_taken_from_elsewhere() -> None:
    near = nearby(MINE, [taught(AMAZON)], TITLES)

    assert propose(near, {apply.program_hash(SPACES)}, RECORD, "title", Safety.SAFE) == []


def test_of_one_correction_the_nearest_cause_speaks_and_there_are_few() -> None:
    french = msgspec.structs.replace(MINE, context={"locale": "fr"})
    others = [learned(({"shorten_at_word": {"limit": limit}},), confidence=0.8) for limit in range(20, 30)]

    near = nearby(MINE, [taught(AMAZON), taught(french), taught(french, *others)], TITLES)

    assert len(near) == MOST
    assert [one.distance for one in near if one.rule.program == SPACES] == [pytest.approx(0.025)]


@pytest.mark.parametrize(
    ("change", "approvals", "carried"),
    [
        ({"channel": "amazon"}, 2, 1),
        ({"channel": "amazon"}, 1, 0),  # one person's constant is no rule
        ({"rule": "title.placeholder"}, 9, 0),  # another rule asks for another value
    ],
)
def test_a_constant_carries_only_within_its_rule(change: dict[str, str], approvals: int, carried: int) -> None:
    constant = learned(({"set_value": {"to": "Alder"}},), approvals=approvals, safety=Safety.REVIEW)

    near = nearby(MINE, [taught(msgspec.structs.replace(MINE, **change), constant)], TITLES)

    assert len(near) == carried


def test_what_holds_values_of_records_stays_with_fields_of_the_same_name() -> None:
    table = learned(({"map_value": {"mapping": {"Rd": "Red"}}},), safety=Safety.REVIEW)
    brand = msgspec.structs.replace(MINE, rule="brand.spaces", field="brand")
    variant = msgspec.structs.replace(MINE, rule="variant.title.spaces", field="variants.title")

    assert nearby(MINE, [taught(brand, table)], TITLES) == []
    assert len(nearby(MINE, [taught(variant, table)], TITLES)) == 1


@pytest.mark.parametrize(
    ("program", "there", "own", "here"),
    [
        (SPACES, Safety.SAFE, Safety.SAFE, Safety.SAFE),
        (SPACES, Safety.REVIEW, Safety.SAFE, Safety.REVIEW),
        (SPACES, Safety.SAFE, Safety.DISPLAY, Safety.DISPLAY),
        (({"strip_html": {}},), Safety.SAFE, None, Safety.REVIEW),  # a rule elsewhere called it safe; its steps do not
    ],
)
def test_it_is_never_less_careful_than_there_or_than_its_steps(
    program: Program, there: Safety, own: Safety | None, here: Safety
) -> None:
    near = nearby(MINE, [taught(AMAZON, learned(program, safety=there))], TITLES)

    [one] = propose(near, (), {"title": " <b>Enamel</b>  kettle"}, "title", own)

    assert one.safety is here
