"""Another correction tried on what a merchant's people decided, as far as the records of then are known."""

from __future__ import annotations

import pytest

from core import review
from core.errors import NotFound, Refused
from core.knowledge.backtest import Trial
from core.knowledge.tally import Produced
from core.model.people import Actor, Role
from core.store import past_values
from core.store.rows import to_json

UPPER = ({"trim": {}}, {"change_case": {"to": "upper"}})
TRIM = ({"trim": {}},)
SKU = ({"copy_field": {"field": "sku"}},)


def actor(merchant):
    return Actor(user=1, name="ann", role=Role.ADMIN, merchant=merchant)


class Past:
    """Decisions on titles, each kept with what was proposed and what was chosen."""

    def __init__(self, shop, merchant):
        self.shop, self.merchant = shop, merchant

    async def begin(self):
        self.connection = await self.shop.connection(self.merchant)
        self.pattern = await self.shop.pattern(self.merchant)
        await self.shop.rule(self.pattern, program_hash="p", safety="safe", confidence_threshold=0.8)
        return self

    async def decide(self, before, after, verdict="approved", field="title", now=None, **values):
        """Add a decision; the record holds `now` by now, what was chosen where that is not said."""
        record = await self.shop.record(self.merchant, self.connection, **{field: after if now is None else now})
        issue = await self.shop.issue(self.merchant, self.connection, record, self.pattern, field=field)
        changes = [{"field": field, "before": before, "after": after}]
        given = {
            "human_decision": verdict,
            "suggested_hash": "p",
            "final_hash": None if verdict == "rejected" else "p",
            "issue_data": to_json({"record": record, "field": field, "actual": before, "rule": "r"}),
            "ai_suggestion": to_json({"program": [], "changes": changes}),
            "final_solution": None if verdict == "rejected" else to_json({"program": [], "changes": changes}),
        }
        return await self.shop.decision(issue, self.pattern, **given | values)

    async def tried(self, context, program, **numbers):
        return await review.backtest(context, actor(self.merchant), Trial(program=program, **numbers))


@pytest.fixture
async def past(shop, context, merchant):
    return await Past(shop, merchant).begin()


async def test_a_program_that_gives_what_people_chose_would_have_applied_the_rest(context, past):
    for number in range(6):
        await past.decide(f" a{number}", f"a{number}")

    found = await past.tried(context, TRIM)

    assert found.sentence == "Remove spaces at both ends."
    assert found.produced == Produced(agreed=6)
    assert (found.trial.applied, found.trial.stood) == (3, 3)


async def test_what_a_person_chose_otherwise_and_refused_is_told_apart(context, past):
    for number in range(5):
        await past.decide(f" a{number}", f"A{number}")
    await past.decide(" b", "b", "modified")
    await past.decide(" c", "C", "rejected", now=" c")
    await past.decide(" d", "d", "rejected", now=" d")

    found = await past.tried(context, UPPER, gate="documented", threshold=0.5)

    assert found.produced == Produced(agreed=5, differed=1, refused=1, not_known=1)
    assert (found.trial.applied, found.trial.stood, found.trial.changed, found.trial.rejected) == (4, 2, 1, 1)
    assert found.patterns[0].produced == found.channels[0].produced == found.produced


async def test_a_program_that_changes_content_needs_its_certificate_here_too(context, past):
    for number in range(8):
        await past.decide(f" a{number}", f"A{number}")

    assert (await past.tried(context, UPPER)).trial.applied == 0
    assert (await past.tried(context, UPPER, gate="documented")).trial.applied == 5


async def test_two_people_are_asked_for_in_the_trial(context, past):
    for number in range(8):
        await past.decide(f" a{number}", f"a{number}", by="ann" if number < 5 else "bob")

    assert (await past.tried(context, TRIM, min_reviewers=2)).trial.applied == 2


async def test_other_fields_are_read_only_where_the_record_still_is_what_it_was(context, past):
    await past.decide("", "KTL-1", now="KTL-1")
    await past.decide("", "Alder", now="")
    await past.decide("", "KTL-1", now="Somebody else's edit")

    seen = await past_values.seen(past.merchant, str(past.pattern))
    found = await past.tried(context, SKU)

    assert sorted(one.is_whole for one in seen.values()) == [False, True, True]
    assert found.produced == Produced(agreed=1, differed=1, not_known=1)


async def test_of_an_order_nothing_is_kept_to_try_on(context, shop, past):
    await past.decide("x", "y", issue_data=to_json({"record": 1, "field": "title"}),
                      ai_suggestion=to_json({"changes": []}), final_solution=to_json({"changes": []}))  # fmt: skip

    assert (await past.tried(context, TRIM)).produced == Produced(not_known=1)


async def test_a_value_deep_in_a_list_is_tried_without_its_record(context, shop, past):
    field = "variants.2.gtin"
    changes = [{"field": field, "before": " 40", "after": "40"}]
    for _ in range(2):
        await past.decide(
            " 40", "40", issue_data=to_json({"record": 999_999, "field": field}),
            ai_suggestion=to_json({"changes": changes}), final_solution=to_json({"changes": changes}),
        )  # fmt: skip

    assert (await past.tried(context, TRIM)).produced == Produced(agreed=2)


async def test_a_correction_that_applied_itself_is_tried_where_it_would_have_given_the_same(context, shop, past):
    for value in (" a", " b"):
        record = await shop.record(past.merchant, past.connection, title=value)
        issue = await shop.issue(past.merchant, past.connection, record, past.pattern)
        changes = to_json([{"field": "title", "before": value, "after": value.strip()}])
        await shop.application(
            past.merchant, past.connection, record, issue, past.pattern, changes=changes, program_hash="p"
        )

    assert (await past.tried(context, TRIM)).produced == Produced(agreed=2)
    assert (await past.tried(context, UPPER)).produced == Produced(not_known=2)


async def test_another_merchants_records_are_never_tried_on(context, shop, past):
    await past.decide(" a", "a")
    other = await Past(shop, await shop.merchant("Birch & Wren")).begin()

    assert (await other.tried(context, TRIM)).produced == Produced()
    assert await past_values.seen(other.merchant, str(past.pattern)) == {}


async def test_a_program_that_is_none_is_refused_and_a_rule_of_others_is_not_there(context, shop, past):
    other = actor(await shop.merchant("Birch & Wren"))
    rule = await shop.rule(past.pattern)

    with pytest.raises(Refused):
        await past.tried(context, ({"no_such_step": {}},))
    with pytest.raises(NotFound):
        await review.program_of(other, str(rule))
    with pytest.raises(NotFound):
        await review.program_of(other, "nonsense")
    assert await review.program_of(actor(past.merchant), str(rule))
