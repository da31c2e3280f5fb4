"""Knowledge carried from one installation to another: what goes, what is refused, what it may do there."""

from __future__ import annotations

import msgspec
import pytest

from core.corrections import apply
from core.errors import BadSignature, Malformed, Refused
from core.knowledge.gate import decide
from core.knowledge.signature import Signature
from core.knowledge.transfer import fingerprint
from core.model.corrections import Mode, Safety
from core.model.people import Actor, Role
from core.model.tuning import KnowledgeManagement
from core.review import transfer
from core.store import auto_rules, carried
from core.store.rows import to_json
from core.store.standings import standing_of
from core.store.tables import AuditEntry
from core.suggest import learned

OURS, THEIRS = b"o" * 32, b"t" * 32
ANN = Actor(user=1, name="ann", role=Role.ADMIN)
NOTATION = ({"decimal_places": {"places": 2}},)
CONSTANT = ({"set_value": {"to": "Secret brand of ours"}},)


async def teach(shop, merchant, program, field="price", **values):
    signature = Signature(channel="shopify", rule="price.decimals", field=field, shape="integer")
    pattern = await shop.pattern(
        merchant, pattern_signature=to_json(signature), signature_hash=signature.hash(), fix_safety="safe"
    )
    given = {"correction_logic": to_json(program), "program_hash": apply.program_hash(program), "approvals": 4}
    await shop.rule(pattern, **given | values)
    return str(pattern)


@pytest.fixture
async def exported(context, shop, merchant):
    """Return the document of a merchant with a notation that travels and a constant that stays."""
    await teach(shop, merchant, NOTATION)
    await teach(shop, merchant, CONSTANT, field="brand")
    return await transfer.export(context, ANN, merchant, OURS)


def signed_anew(text, seed, change):
    """Return a document changed and signed by whoever holds the key `seed`, in whatever shape."""
    import base64

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(seed)
    found = msgspec.json.decode(text) | {
        "signature": "",
        "key": base64.b64encode(private.public_key().public_bytes_raw()).decode(),
    }
    change(found)
    plain = msgspec.json.encode(found, order="sorted")
    found["signature"] = base64.b64encode(private.sign(plain)).decode()
    return msgspec.json.encode(found)


async def test_corrections_and_counts_go_and_values_of_records_stay(exported):
    assert (exported.patterns, exported.rules, exported.left_out) == (1, 1, 1)
    assert b"Secret brand" not in exported.text
    assert b"decimal_places" in exported.text


async def test_a_dry_run_says_what_would_change_and_changes_nothing(context, shop, exported):
    other = await shop.merchant("Birch & Wren")

    found = await transfer.take_over(context, ANN, other, exported.text, seed=OURS)

    assert [(one.what, one.is_new_pattern, one.approvals) for one in found] == [("added", True, 4)]
    assert await carried.known(other) == {}


async def test_what_is_taken_over_is_proposed_and_waits_for_people_here(context, shop, exported):
    other = await shop.merchant("Birch & Wren")

    await transfer.take_over(context, ANN, other, exported.text, seed=OURS, dry_run=False)
    again = await transfer.take_over(context, ANN, other, exported.text, seed=OURS)

    assert [one.what for one in again] == ["known"]
    ((pattern_hash, programs),) = (await carried.known(other)).items()
    assert programs == {apply.program_hash(NOTATION)}
    pattern = await context_pattern(other, pattern_hash)
    (rule,) = await auto_rules.of_pattern(pattern)
    (proposal,) = learned.propose([rule], {"price": "10"}, "price")
    assert (rule.approvals, rule.carried_approvals, rule.confidence) == (0, 4, 0.0)
    assert (proposal.confidence, proposal.evidence) == (
        0.5,
        ("4 of 4 decisions in another installation approved it.",),
    )


async def context_pattern(merchant, pattern_hash):
    from core.store.tables import IssuePattern

    row = (
        await IssuePattern.select()
        .where((IssuePattern.merchant == merchant) & (IssuePattern.signature_hash == pattern_hash))
        .first()
    )
    return str(row["pattern_id"])


async def test_both_ways_are_written_in_the_audit_log(context, shop, exported):
    other = await shop.merchant("Birch & Wren")
    await transfer.take_over(context, ANN, other, exported.text, seed=OURS, dry_run=False)

    rows = await AuditEntry.select().order_by(AuditEntry.id)

    assert [(row["action"], row["actor"], row["merchant"] == other) for row in rows] == [
        ("knowledge.export", "ann", False),
        ("knowledge.import", "ann", True),
    ]


async def test_a_key_nobody_knows_is_refused_unless_it_is_named(context, shop, exported):
    other = await shop.merchant("Birch & Wren")

    with pytest.raises(Refused, match=fingerprint(OURS)):
        await transfer.take_over(context, ANN, other, exported.text, seed=THEIRS)
    found = await transfer.take_over(context, ANN, other, exported.text, seed=THEIRS, trusted=[fingerprint(OURS)])

    assert len(found) == 1


async def test_a_changed_document_is_refused(context, merchant, exported):
    changed = exported.text.replace(b'"approvals": 4', b'"approvals": 400')

    assert changed != exported.text
    with pytest.raises(BadSignature):
        await transfer.take_over(context, ANN, merchant, changed, seed=OURS)


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.update(schema=2),
        lambda found: found.update(extra=1),
        lambda found: found["patterns"][0].update(extra=1),
        lambda found: found["patterns"][0].update(channel="nowhere"),
        lambda found: found["patterns"][0]["rules"][0].update(threshold=2),
        lambda found: found["patterns"][0]["rules"][0].update(program=[{"delete_everything": {}}]),
        lambda found: found["patterns"][0]["rules"][0].update(program=[{"set_value": {"to": "x"}}]),
        lambda found: found["patterns"][0]["rules"][0].update(program=[]),
    ],
)
async def test_what_is_not_understood_is_refused_whole(context, merchant, exported, change):
    text = signed_anew(exported.text, OURS, change)

    with pytest.raises(Malformed):
        await transfer.take_over(context, ANN, merchant, text, seed=OURS, dry_run=False)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"schema": 1}', b"\xff", b"[" * 100_000])
async def test_what_is_no_document_is_refused(context, merchant, text):
    with pytest.raises(Malformed):
        await transfer.take_over(context, ANN, merchant, text, seed=OURS)


async def test_another_merchants_knowledge_is_not_exported(context, shop, exported):
    other = await transfer.export(context, ANN, await shop.merchant("Birch & Wren"), OURS)

    assert (other.patterns, other.rules) == (0, 0)


async def test_what_people_elsewhere_approved_counts_neither_as_approvals_nor_as_people_here(context, shop, exported):
    other = await shop.merchant("Birch & Wren")
    await transfer.take_over(context, ANN, other, exported.text, seed=OURS, dry_run=False)
    ((pattern_hash, _),) = (await carried.known(other)).items()
    pattern = await context_pattern(other, pattern_hash)
    (rule,) = await auto_rules.of_pattern(pattern)

    for number in (1, 2, 3):
        gate = decide(await standing_of(rule), Mode.APPLY_AND_PUSH, KnowledgeManagement(min_reviewers=2))
        assert not gate.is_open
        await shop.decision(number, pattern, suggested_hash=rule.program_hash, reviewer=7)

    gate = decide(await standing_of(rule), Mode.APPLY_AND_PUSH, KnowledgeManagement(min_reviewers=2))
    assert gate.blocks[0] == "Approved by one person; two are needed."


async def test_a_document_makes_nothing_less_careful_than_it_is_here(context, shop, exported):
    def careless(found):
        rule = found["patterns"][0]["rules"][0]
        rule.update(program=[{"shorten_at_word": {"limit": 3}}], safety="safe", threshold=0.0)

    other = await shop.merchant("Birch & Wren")
    await transfer.take_over(context, ANN, other, signed_anew(exported.text, OURS, careless), seed=OURS, dry_run=False)

    ((pattern_hash, _),) = (await carried.known(other)).items()
    (rule,) = await auto_rules.of_pattern(await context_pattern(other, pattern_hash))
    assert (rule.safety, rule.threshold) == (Safety.REVIEW, 0.8)


async def test_a_document_taken_over_again_counts_nothing_twice(context, shop, exported):
    other = await shop.merchant("Birch & Wren")
    for _ in range(3):
        found = await transfer.take_over(context, ANN, other, exported.text, seed=OURS, dry_run=False)

    ((pattern_hash, _),) = (await carried.known(other)).items()
    (rule,) = await auto_rules.of_pattern(await context_pattern(other, pattern_hash))
    assert [one.what for one in found] == ["known"]
    assert rule.carried_approvals == 4


async def test_a_step_of_a_later_release_is_refused_by_name(context, shop, exported):
    other = await shop.merchant("Birch & Wren")

    def later(found):
        found["patterns"][0]["rules"][0].update(program=[{"decimal_places": {"places": 2}}, {"weave": {"of": 3}}])

    with pytest.raises(Malformed, match="weave"):
        await transfer.take_over(context, ANN, other, signed_anew(exported.text, OURS, later), seed=OURS, dry_run=False)
    assert await carried.known(other) == {}


async def test_a_brand_list_in_a_program_stays_at_home(context, shop, merchant):
    await teach(shop, merchant, ({"brand_from_title": {"brands": ["Secret brand of ours"]}},), field="brand")

    made = await transfer.export(context, ANN, merchant, OURS)

    assert (made.rules, made.left_out) == (0, 1)
    assert b"Secret brand" not in made.text
