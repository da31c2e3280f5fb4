"""Shared corrections: by the opt-in of both sides, without records, at a discount, and never past a gate."""

from __future__ import annotations

import msgspec
import pytest

from core import review
from core.corrections import apply
from core.errors import NotFound, Refused
from core.knowledge.signature import Signature
from core.knowledge.transfer import writes_values
from core.model.corrections import Mode, Safety, Source
from core.model.people import Actor, Role
from core.review.learn import gate_of
from core.store import auto_rules, shared
from core.store.rows import to_json
from core.store.tables import AuditEntry, AutoCorrectionRule, IssuePattern
from core.suggest import shared as elsewhere

NOTATION = ({"decimal_places": {"places": 2}},)
CONSTANT = ({"set_value": {"to": "Secret brand of ours"}},)
SIGNATURE = Signature(channel="shopify", rule="price.decimals", field="price", shape="integer")


def admin(merchant, role=Role.ADMIN):
    return Actor(user=1, name="ann", role=role, merchant=merchant)


async def cause(shop, merchant, *programs, **values):
    """Write the cause for a merchant, with what it has learned."""
    pattern = await shop.pattern(
        merchant, pattern_signature=to_json(SIGNATURE), signature_hash=SIGNATURE.hash(), fix_safety="safe"
    )
    for program in programs:
        given = {"correction_logic": to_json(program), "program_hash": apply.program_hash(program), "approvals": 4}
        await shop.rule(pattern, **given | values)
    return str(pattern)


@pytest.fixture
async def two(shop, merchant):
    """Return two merchants with the same cause: one has learned a notation and a constant, the other nothing."""
    other = await shop.merchant("Birch & Wren")
    return merchant, await cause(shop, merchant, NOTATION, CONSTANT), other, await cause(shop, other)


async def test_both_sides_have_to_want_it(context, two):
    ours, taught, theirs, bare = two

    alone = await shared.offered_to(bare)
    await review.receive(context, admin(theirs), receives=True)
    unshared = await shared.offered_to(bare)
    made = await review.share(context, admin(ours), taught)
    offered = await shared.offered_to(bare)

    assert (alone, unshared) == ([], [])
    assert (made.shared, made.left_out) == (1, 1)
    assert [(one.program, one.approvals, one.merchants) for one in offered] == [(NOTATION, 4, 1)]


async def test_what_is_taken_back_or_no_longer_wanted_is_not_offered(context, two):
    ours, taught, theirs, bare = two
    await review.receive(context, admin(theirs), receives=True)
    await review.share(context, admin(ours), taught)

    await review.receive(context, admin(theirs), receives=False)
    refused = await shared.offered_to(bare)
    await review.receive(context, admin(theirs), receives=True)
    number = await review.unshare(context, admin(ours), taught)

    assert refused == []
    assert number == 1
    assert await shared.offered_to(bare) == []


async def test_counts_and_the_program_travel_and_nothing_that_is_the_merchants(context, two):
    ours, taught, theirs, bare = two
    await review.receive(context, admin(theirs), receives=True)
    await review.share(context, admin(ours), taught)

    (offered,) = await shared.offered_to(bare)
    (proposal,) = elsewhere.propose([offered], [], {"price": "10"}, "price", Safety.SAFE)

    assert set(offered.__struct_fields__) == {
        "program", "program_hash", "safety", "approvals", "rejections", "merchants",
    }  # fmt: skip
    assert (proposal.source, proposal.confidence) == (Source.LEARNED, 0.5)
    assert proposal.evidence == ("Shared by another merchant: 4 of 4 decisions there approved it.",)


async def test_what_several_merchants_share_is_counted_together(context, shop, two):
    ours, taught, theirs, bare = two
    third = await shop.merchant("Cedar")
    more = await cause(shop, third, NOTATION, approvals=2, rejections=1, safety="review")
    await review.receive(context, admin(theirs), receives=True)
    await review.share(context, admin(ours), taught)
    await review.share(context, admin(third), more)

    (offered,) = await shared.offered_to(bare)

    assert (offered.approvals, offered.rejections, offered.merchants, offered.safety) == (6, 1, 2, Safety.REVIEW)
    assert elsewhere.evidence(offered) == "Shared by 2 other merchants: 6 of 7 decisions there approved it."


async def test_what_is_shared_opens_no_gate_and_moves_nothing_of_the_other_merchant(context, shop, two):
    ours, taught, theirs, bare = two
    await AutoCorrectionRule.update({AutoCorrectionRule.approvals: 500}, force=True)
    await review.receive(context, admin(theirs), receives=True)
    await review.share(context, admin(ours), taught)
    now = context.clock()

    rule = await auto_rules.ensure(bare, NOTATION, apply.program_hash(NOTATION), Safety.SAFE, 0.8, now)
    gate = await gate_of(context, rule, Mode.APPLY_AND_PUSH)

    assert not gate.is_open
    assert gate.missing == 3
    row = await IssuePattern.select().where(IssuePattern.pattern_id == bare).first()
    assert (row["confidence"], row["phase"]) == (0.6, "detected")


async def test_a_correction_switched_off_where_it_was_learned_is_not_offered(context, two):
    ours, taught, theirs, bare = two
    await review.receive(context, admin(theirs), receives=True)
    await review.share(context, admin(ours), taught)

    for rule in await auto_rules.of_pattern(taught):
        await review.set_auto_rule(context, admin(ours), rule.auto_rule_id, is_active=False)

    assert await shared.offered_to(bare) == []


async def test_once_people_here_have_decided_their_own_word_counts(context, shop, two):
    ours, taught, theirs, bare = two
    await review.receive(context, admin(theirs), receives=True)
    await review.share(context, admin(ours), taught)
    (offered,) = await shared.offered_to(bare)
    rule = await auto_rules.ensure(bare, NOTATION, apply.program_hash(NOTATION), Safety.SAFE, 0.8, context.clock())
    refused = msgspec.structs.replace(rule, rejections=1)

    assert elsewhere.propose([offered], [rule], {"price": "10"}, "price", Safety.SAFE)
    assert elsewhere.propose([offered], [refused], {"price": "10"}, "price", Safety.SAFE) == []


def test_a_shared_program_is_as_careful_here_as_its_steps_and_the_rules_own_fix_ask():
    claimed = shared.SharedRule(
        program=({"shorten_at_word": {"limit": 3}},), program_hash="x", safety=Safety.SAFE, approvals=9, rejections=0,
        merchants=1,
    )  # fmt: skip

    (content,) = elsewhere.propose([claimed], [], {"title": "one two"}, "title", None)
    (display,) = elsewhere.propose([claimed], [], {"title": "one two"}, "title", Safety.DISPLAY)

    assert (content.safety, display.safety) == (Safety.REVIEW, Safety.DISPLAY)


async def test_sharing_is_for_admins_of_that_merchant_and_stands_in_the_audit_log(context, two):
    ours, taught, theirs, _ = two

    with pytest.raises(Refused):
        await review.share(context, admin(ours, Role.REVIEWER), taught)
    with pytest.raises(NotFound):
        await review.share(context, admin(theirs), taught)
    with pytest.raises(NotFound):
        await review.unshare(context, admin(theirs), taught)
    with pytest.raises(Refused):
        await review.receive(context, admin(theirs, Role.REVIEWER), receives=True)
    with pytest.raises(NotFound):
        await review.receive(context, admin(theirs), merchant=ours, receives=True)
    assert await AuditEntry.count() == 0

    await review.share(context, admin(ours), taught)
    await review.unshare(context, admin(ours), taught)
    await review.receive(context, admin(None), merchant=theirs, receives=True)
    rows = await AuditEntry.select(AuditEntry.action, AuditEntry.merchant).order_by(AuditEntry.id)
    assert [(row["action"], row["merchant"]) for row in rows] == [
        ("pattern.share", ours),
        ("pattern.unshare", ours),
        ("merchant.receives_shared", theirs),
    ]


async def test_a_pattern_that_learned_only_values_of_its_own_shares_nothing(context, shop, merchant):
    constant = await cause(shop, merchant, CONSTANT)

    with pytest.raises(Refused, match="writes values of your own"):
        await review.share(context, admin(merchant), constant)


async def test_those_who_receive_are_looked_at_again(context, queue, two):
    ours, taught, theirs, bare = two
    await review.receive(context, admin(theirs), receives=True)
    await review.share(context, admin(ours), taught)
    await review.unshare(context, admin(ours), taught)

    assert queue.asked == [("suggest_again", (bare,))] * 2


@pytest.mark.parametrize(
    ("program", "holds"),
    [
        (NOTATION, False),
        (CONSTANT, True),
        (({"map_value": {"mapping": {"a": "b"}}},), True),
        (({"regex_replace": {"pattern": "a", "replacement": "b"}},), True),
        (({"brand_from_title": {}},), False),
        (({"brand_from_title": {"brands": ["Alder"]}},), True),
        (({"drop_items": {}},), False),
        (({"drop_items": {"values": [""]}},), False),
        (({"drop_items": {"values": ["Alder"]}},), True),
        (({"convert_unit": {"source": "g", "target": "kg"}},), False),
        (({"convert_unit": {"source": "Alder", "target": "kg"}},), True),
        (({"change_case": {"to": "upper"}},), False),
        (({"shorten_at_word": 80},), False),
        (({"shorten_at_word": {"limit": "Alder"}},), True),
        (({"of_a_later_release": {}},), True),
        (({"copy_field": {"field": "brand"}},), False),
    ],
)
def test_a_program_is_bare_where_none_of_its_arguments_can_hold_a_value(program, holds):
    assert writes_values(program) is holds
